/* Starts the host in the background. */

#include "commands/serve_detached.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/path.h"
#include "cli/output.h"
#include "commands/waiting.h"
#include "process/process_end.h"
#include "process/process_start.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_HEARD_BYTES = 64 * 1024, /* of what the host may say on each stream */
    LAST_WORDS_MS = 1000,         /* until all of it has come, once the host has ended */
    END_MS = 10000,               /* that a host may take to end when nobody waits for it */
};

/* --- What the host is started with --- */

/* A command line in the making. */
struct command_line {
    char **items; /* ends with NULL */
    size_t count;
};

static void append(struct command_line *line, char *argument)
{
    line->items = memory_resize(line->items, (line->count + 2) * sizeof(*line->items));
    line->items[line->count++] = argument;
    line->items[line->count] = NULL;
}

static void clear(struct command_line *line)
{
    for (size_t at = 0; at < line->count; at++)
        free(line->items[at]);
    free(line->items);
}

/* Is the option about the start itself, or given anew? */
static bool is_left_out(const char *name)
{
    static const char *const NAMES[] = {"detach", "stop", "status", "timeout", "log-file"};
    for (size_t at = 0; at < sizeof(NAMES) / sizeof(NAMES[0]); at++) {
        if (strcmp(name, NAMES[at]) == 0)
            return true;
    }
    return false;
}

/* Appends an option as it would be typed; one that was not given has nothing to say. */
static void append_option(struct command_line *line, const struct option *option,
                          const void *values)
{
    const void *value = (const char *)values + option->offset;
    switch (option->type) {
    case OPTION_TYPE_FLAG:
        if (*(const bool *)value)
            append(line, memory_format("--%s", option->name));
        break;
    case OPTION_TYPE_SWITCH:
        append(line, memory_format("--%s%s", *(const bool *)value ? "" : "no-", option->name));
        break;
    case OPTION_TYPE_SECONDS: {
        uint64_t value_ms = *(const uint64_t *)value;
        append(line, memory_format("--%s=%" PRIu64 ".%03" PRIu64, option->name, value_ms / 1000,
                                   value_ms % 1000));
        break;
    }
    case OPTION_TYPE_INTEGER:
        append(line, memory_format("--%s=%" PRId64, option->name, *(const int64_t *)value));
        break;
    case OPTION_TYPE_LIST: {
        const struct option_list *list = value;
        for (size_t at = 0; at < list->count; at++)
            append(line, memory_format("--%s=%s", option->name, list->items[at]));
        break;
    }
    default: { /* the others are for tools */
        const char *text = *(const char *const *)value;
        if (text)
            append(line, memory_format("--%s=%s", option->name, text));
        break;
    }
    }
}

/* False with *error when it is not known where this program lies. */
static bool make_command_line(const struct cli *cli, const struct command *command,
                              const void *values, const char *log_file, struct command_line *line,
                              struct error *error)
{
    char program[PROCESS_PROGRAM_SIZE];
    size_t size = sizeof(program);
    int status = uv_exepath(program, &size);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot tell where uloop itself lies: %s.",
                         uv_strerror(status));
    append(line, memory_copy_string(program));
    append(line, memory_copy_string(command->name));
    append(line, memory_format("--project-path=%s", cli->project.root));
    append(line, memory_format("--log-file=%s", log_file));
    if (cli->common.compact)
        append(line, memory_copy_string("--compact"));
    for (const struct option *option = command->options; option->name; option++) {
        if (!is_left_out(option->name))
            append_option(line, option, values);
    }
    return true;
}

/* The log's path where none was named; NULL with *error when it leads elsewhere: a project that
 * came from somebody else must not have us write into the user's other files. The caller frees. */
static char *standard_log_file(const struct project *project, struct error *error)
{
    char *path = project_file(project, SERVE_LOG_FILE);
    char *folder = path_parent(path);
    const char *link = path_is_link(folder) ? folder : path_is_link(path) ? path : NULL;
    if (link) {
        error_set(error, E_SYSTEM, "The log is not written: %s is a symbolic link.", link);
        error_set_next(error, "Remove the link, or name another file with --log-file.");
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}

/* --- The start --- */

/* One of the streams that the host writes to. */
struct ear {
    uv_pipe_t pipe;
    bool is_silent; /* nothing more comes */
    struct buffer heard;
    char chunk[4096];
    struct watch *watch;
};

/* A host that was started. Not to be moved until the wait is closed. */
struct start {
    struct waiting waiting;
    struct process_child child;
    char *token; /* of the child's life; NULL when it was over before a look */
    struct ear out,
        errors; /* "ready on …" comes from the one, the host's own error from the other */
};

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct ear *ear = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(ear->chunk, sizeof(ear->chunk));
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
    struct ear *ear = handle->data;
    if (count < 0) {
        ear->is_silent = true;
        (void)uv_read_stop(handle);
    } else if (ear->heard.length + (size_t)count <= MOST_HEARD_BYTES) {
        buffer_append(&ear->heard, buffer->base, (size_t)count);
    }
    watch_wake(ear->watch);
}

static void open_ear(struct ear *ear, struct watch *watch)
{
    (void)uv_pipe_init(&watch->loop, &ear->pipe, 0); /* cannot fail on any system */
    ear->pipe.data = ear;
    ear->watch = watch;
}

static int listen_to(struct ear *ear)
{
    return uv_read_start((uv_stream_t *)&ear->pipe, on_allocate, on_read);
}

static bool start_host(struct start *start, char *const *arguments, struct error *error)
{
    struct watch *watch = &start->waiting.wait.watch;
    char folder[PROCESS_PROGRAM_SIZE];
    size_t size = sizeof(folder);
    int status = uv_cwd(folder, &size); /* what was typed is relative to it */
    open_ear(&start->out, watch);
    open_ear(&start->errors, watch);
    if (status == 0)
        status = process_start_heard(&start->child, &watch->loop, arguments, folder,
                                     &start->out.pipe, &start->errors.pipe, watch_wake, watch);
    if (status == 0)
        status = listen_to(&start->out);
    if (status == 0)
        status = listen_to(&start->errors);
    if (status != 0)
        return error_set(error, E_SYSTEM, "Cannot start the host: %s.", uv_strerror(status));
    start->token = process_start_token(start->child.pid);
    return true;
}

/* Has the host said, in its one line, that it is ready? */
static bool is_ready(const struct start *start)
{
    const struct buffer *heard = &start->out.heard;
    return heard->length > 0 && memchr(heard->data, '\n', heard->length);
}

/* False when it has ended, with *error set when it is late or Ctrl-C came. */
static bool await_ready(struct start *start, uint64_t timeout_ms, struct error *error)
{
    struct waiting *waiting = &start->waiting;
    uint64_t deadline = clock_after(clock_now_ms(), timeout_ms);
    while (!start->child.ended) {
        if (is_ready(start))
            return true;
        if (clock_now_ms() >= deadline)
            return error_set(error, E_READY_TIMEOUT,
                             "The host was not ready within %g s, and was ended.",
                             (double)timeout_ms / 1000);
        waiting->wait.listener.waiting(waiting->wait.listener.context, "the host's start");
        if (!wait_sleep(&waiting->wait, deadline, error))
            return false;
    }
    return false;
}

/* Tells why the host ended: in its own words where it had any. */
static int tell_end(struct cli *cli, struct start *start, struct error *error)
{
    const struct process_child *child = &start->child;
    uint64_t until = clock_after(clock_now_ms(), LAST_WORDS_MS);
    while (!start->errors.is_silent && clock_now_ms() < until)
        watch_next(&start->waiting.wait.watch, until);
    if (start->errors.heard.length > 0 && child->signal == 0 && child->exit_code != 0) {
        cli->has_failed = true;
        spinner_clear(&cli->spinner);
        /* Where standard error cannot be written, the exit code is all that is left to tell. */
        (void)fwrite(start->errors.heard.data, 1, start->errors.heard.length, cli->err);
        (void)fflush(cli->err);
        return (int)child->exit_code;
    }
    if (child->signal == 0 && child->exit_code == 0) {
        error_set(error, E_STOPPED,
                  "The host (process %" PRId64 ") was stopped before it was ready.", child->pid);
        error_set_next(error, "Start it again, if nobody wanted it to be stopped.");
    } else if (child->signal != 0)
        error_set(error, E_SYSTEM,
                  "The host (process %" PRId64 ") was ended by signal %d before it was ready.",
                  child->pid, child->signal);
    else
        error_set(error, E_SYSTEM,
                  "The host (process %" PRId64 ") ended with exit code %" PRId64
                  " before it was ready.",
                  child->pid, child->exit_code);
    return -1;
}

/* Ends a host that nobody waits for any more; when this returns, it leaves nothing behind. */
static void end_host(struct start *start)
{
    uint64_t until = clock_after(clock_now_ms(), END_MS);
    if (start->token)
        (void)process_end(start->child.pid, start->token, PROCESS_ASK);
    while (!start->child.ended && clock_now_ms() < until)
        watch_next(&start->waiting.wait.watch, until);
    if (!start->child.ended && start->token)
        (void)process_end(start->child.pid, start->token, PROCESS_KILL);
}

/* The exit code; -1 with *error set, which is still to be told. */
static int run_start(struct cli *cli, struct start *start, uint64_t timeout_ms, const char *log,
                     struct error *error)
{
    if (!await_ready(start, timeout_ms, error)) {
        if (error->code == E_NONE)
            return tell_end(cli, start, error);
        end_host(start);
        return -1;
    }
    spinner_clear(&cli->spinner);
    char *text = memory_format("%sprocess %" PRId64 ", log %s\n", start->out.heard.data,
                               start->child.pid, log);
    int exit_code = output_text(cli, slice_of(text));
    free(text);
    return exit_code;
}

/* As run_start(). */
static int start_and_wait(struct cli *cli, char *const *arguments, uint64_t timeout_ms,
                          const char *log, struct error *error)
{
    struct start *start = memory_new(sizeof(*start));
    int exit_code = -1;
    if (waiting_open(&start->waiting, cli, error)) {
        if (start_host(start, arguments, error))
            exit_code = run_start(cli, start, timeout_ms, log, error);
        waiting_close(&start->waiting);
    }
    if (exit_code < 0)
        error_add_detail(error, "log", log);
    free(start->token);
    buffer_clear(&start->out.heard);
    buffer_clear(&start->errors.heard);
    free(start);
    return exit_code;
}

int serve_detach(struct cli *cli, const struct command *command, const void *values,
                 const char *log_file, uint64_t timeout_ms)
{
    struct error error = {0};
    struct command_line line = {0};
    int exit_code = -1;
    char *log = log_file ? memory_copy_string(log_file) : standard_log_file(&cli->project, &error);
    if (log && make_command_line(cli, command, values, log, &line, &error))
        exit_code = start_and_wait(cli, line.items, timeout_ms, log, &error);
    clear(&line);
    free(log);
    return exit_code < 0 ? cli_fail(cli, &error) : exit_code;
}
