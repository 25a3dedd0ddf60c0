#ifndef ULOOP_IPC_STREAM_H
#define ULOOP_IPC_STREAM_H

#include <stdbool.h>
#include <uv.h>

/* A socket or pipe, or a TCP connection: one of libuv's handles, by whichever of its names fits. */
union ipc_stream {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
};

/* Makes the handle; opens nothing yet. */
static inline void ipc_stream_init(union ipc_stream *stream, uv_loop_t *loop, bool is_tcp)
{
    if (is_tcp)
        (void)uv_tcp_init(loop, &stream->tcp); /* neither can fail on any system */
    else
        (void)uv_pipe_init(loop, &stream->pipe, 0);
}

static inline bool ipc_stream_is_tcp(const union ipc_stream *stream)
{
    return stream->handle.type == UV_TCP;
}

#endif
