#include "process/process_start.h"

static void ended(uv_process_t *handle, int64_t exit_code, int signal)
{
    struct process_child *child = handle->data;
    child->ended = true;
    child->exit_code = exit_code;
    child->signal = signal;
    child->on_end(child->context);
}

static int start(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                 const char *folder, uv_stdio_container_t streams[3])
{
    const uv_process_options_t options = {
        .exit_cb = ended,
        .file = arguments[0],
        .args = (char **)arguments,
        .cwd = folder,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = streams,
    };
    process_keep_descriptors();
    int status = uv_spawn(loop, &child->handle, &options);
    child->handle.data = child;
    child->pid = status == 0 ? child->handle.pid : 0;
    return status;
}

int process_start_detached(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                           const char *folder, void (*on_end)(void *context), void *context)
{
    uv_stdio_container_t streams[3] = {
        {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    *child = (struct process_child){.on_end = on_end, .context = context};
    return start(child, loop, arguments, folder, streams);
}

int process_start_heard(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                        const char *folder, uv_pipe_t *output, uv_pipe_t *errors,
                        void (*on_end)(void *context), void *context)
{
    const uv_stdio_flags piped = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    uv_stdio_container_t streams[3] = {
        {.flags = UV_IGNORE},
        {.flags = piped, .data.stream = (uv_stream_t *)output},
        {.flags = piped, .data.stream = (uv_stream_t *)errors},
    };
    *child = (struct process_child){.on_end = on_end, .context = context};
    return start(child, loop, arguments, folder, streams);
}
