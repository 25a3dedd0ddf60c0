#include "process/process_start.h"

static void ended(uv_process_t *handle, int64_t exit_code, int signal)
{
    struct process_child *child = handle->data;
    child->ended = true;
    child->exit_code = exit_code;
    child->signal = signal;
    child->on_end(child->context);
}

int process_start_detached(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                           const char *folder, void (*on_end)(void *context), void *context)
{
    return process_start_heard(child, loop, arguments, folder, NULL, on_end, context);
}

int process_start_heard(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                        const char *folder, uv_pipe_t *errors, void (*on_end)(void *context),
                        void *context)
{
    uv_stdio_container_t streams[] = {
        {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    if (errors) {
        streams[2].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        streams[2].data.stream = (uv_stream_t *)errors;
    }
    const uv_process_options_t options = {
        .exit_cb = ended,
        .file = arguments[0],
        .args = (char **)arguments,
        .cwd = folder,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = sizeof(streams) / sizeof(streams[0]),
        .stdio = streams,
    };
    *child = (struct process_child){.on_end = on_end, .context = context};
    process_keep_descriptors();
    int status = uv_spawn(loop, &child->handle, &options);
    child->handle.data = child;
    child->pid = status == 0 ? child->handle.pid : 0;
    return status;
}
