#include "host/listener.h"

#include "base/memory.h"
#include "base/path.h"
#include "host/system.h"

#include <stdlib.h>

/* How many clients the system lets wait to be accepted; it may cap this. */
enum {
    BACKLOG = 1024,
};

struct listener {
    uv_pipe_t pipe;
    struct connections *connections;
};

/*
 * libuv accepts in a loop and goes on after a client's reset; with no descriptor left it accepts on
 * one that it keeps for this, to turn the client away. What it still reports is one client's affair
 * too: the listener is never stopped by it.
 */
static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    if (status == 0) {
        connections_accept(listener->connections, stream);
        return;
    }
    log_debug(listener->connections->log, "a client could not be accepted: %s",
              uv_strerror(status));
    (void)connections_drop_idle(listener->connections);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct listener *listener_open(const char *address, struct connections *connections,
                               struct error *error)
{
    char *folder = path_parent(address);
    bool prepared = system_prepare_socket_folder(folder, error);
    free(folder);
    if (!prepared)
        return NULL;
    struct listener *listener = memory_new(sizeof(*listener));
    listener->connections = connections;
    (void)uv_pipe_init(connections->loop, &listener->pipe, 0); /* cannot fail on any system */
    listener->pipe.data = listener;
    int status = uv_pipe_bind(&listener->pipe, address);
    if (status == 0)
        status = uv_listen((uv_stream_t *)&listener->pipe, BACKLOG, on_connection);
    if (status == 0)
        return listener;
    error_set(error, E_SYSTEM, "Cannot listen at %s: %s.", address, uv_strerror(status));
    listener_close(listener);
    return NULL;
}

void listener_close(struct listener *listener)
{
    if (listener)
        uv_close((uv_handle_t *)&listener->pipe, on_closed);
}
