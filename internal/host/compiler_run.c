#include "host/compiler_run.h"

#include "base/memory.h"
#include "host/system.h"

#include <stdlib.h>
#include <string.h>

static void on_handle_closed(uv_handle_t *handle)
{
    struct compiler_run *run = handle->data;
    if (--run->open_handles == 0)
        run->on_done(run->context);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_handle_closed);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    /* The pipe is the stream's first member. */
    struct compiler_stream *stream = (struct compiler_stream *)handle;
    *buffer = uv_buf_init(stream->chunk, sizeof(stream->chunk));
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
    struct compiler_stream *stream = (struct compiler_stream *)handle;
    if (count < 0) {
        close_handle((uv_handle_t *)handle);
    } else if (stream->text.length + (size_t)count <= COMPILER_MOST_OUTPUT) {
        buffer_append(&stream->text, buffer->base, (size_t)count);
    } else {
        /* Read on all the same: a compiler that cannot print would never end. */
        stream->run->truncated = true;
    }
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct compiler_run *run = process->data;
    run->exit_status = status;
    run->exit_signal = signal;
    /* What it left behind must not hold its output open. */
    system_kill_group(process->pid);
    close_handle((uv_handle_t *)process);
}

static void open_stream(struct compiler_run *run, struct compiler_stream *stream, uv_loop_t *loop)
{
    (void)uv_pipe_init(loop, &stream->pipe, 0); /* cannot fail on any system */
    stream->pipe.data = run;
    stream->run = run;
    run->open_handles++;
}

/* Ours, but with messages in English and in UTF-8, whatever the user's language. */
static char **make_environment(void)
{
    static const char *const REPLACED[] = {"LC_ALL", "LANG", "LANGUAGE"};
    uv_env_item_t *items = NULL;
    int count = 0;
    if (uv_os_environ(&items, &count) < 0)
        return NULL;
    char **made = memory_new(((size_t)count + 2) * sizeof(*made));
    size_t taken = 0;
    for (int at = 0; at < count; at++) {
        bool replaced = false;
        for (size_t name = 0; name < sizeof(REPLACED) / sizeof(REPLACED[0]); name++)
            replaced = replaced || strcmp(items[at].name, REPLACED[name]) == 0;
        if (!replaced)
            made[taken++] = memory_format("%s=%s", items[at].name, items[at].value);
    }
    made[taken] = memory_copy_string("LC_ALL=C.UTF-8");
    uv_os_free_environ(items, count);
    return made;
}

static void free_environment(char **environment)
{
    for (char **at = environment; at && *at; at++)
        free(*at);
    free(environment);
}

static void spawn(struct compiler_run *run, uv_loop_t *loop, char **arguments, const char *folder)
{
    char **environment = make_environment();
    uv_stdio_container_t streams[3] = {{.flags = UV_IGNORE}};
    streams[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    streams[1].data.stream = (uv_stream_t *)&run->out.pipe;
    streams[2].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    streams[2].data.stream = (uv_stream_t *)&run->err.pipe;
    uv_process_options_t options = {
        .file = arguments[0],
        .args = arguments,
        .env = environment,
        .cwd = folder,
        .exit_cb = on_ended,
        .stdio = streams,
        .stdio_count = 3,
        /* A group of its own: Ctrl-C is for us to hand on, and the whole group can be ended. */
        .flags = UV_PROCESS_DETACHED | UV_PROCESS_WINDOWS_HIDE,
    };
    run->start_status = uv_spawn(loop, &run->process, &options);
    run->process.data = run;
    run->open_handles++; /* also after a failure: libuv has initialised the handle */
    free_environment(environment);
}

void compiler_run_start(struct compiler_run *run, uv_loop_t *loop, char **arguments,
                        const char *folder, void (*on_done)(void *context), void *context)
{
    run->on_done = on_done;
    run->context = context;
    open_stream(run, &run->out, loop);
    open_stream(run, &run->err, loop);
    spawn(run, loop, arguments, folder);
    int status = run->start_status;
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&run->out.pipe, on_allocate, on_read);
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&run->err.pipe, on_allocate, on_read);
    if (status == 0)
        return;
    if (run->start_status == 0)
        system_kill_group(run->process.pid);
    run->start_status = status;
    close_handle((uv_handle_t *)&run->process);
    close_handle((uv_handle_t *)&run->out.pipe);
    close_handle((uv_handle_t *)&run->err.pipe);
}

void compiler_run_kill(struct compiler_run *run)
{
    if (run->open_handles == 0 || run->killed || run->start_status != 0)
        return;
    run->killed = true;
    if (!uv_is_closing((uv_handle_t *)&run->process))
        system_kill_group(run->process.pid);
    close_handle((uv_handle_t *)&run->out.pipe);
    close_handle((uv_handle_t *)&run->err.pipe);
}

void compiler_run_clear(struct compiler_run *run)
{
    buffer_clear(&run->out.text);
    buffer_clear(&run->err.text);
    *run = (struct compiler_run){0};
}
