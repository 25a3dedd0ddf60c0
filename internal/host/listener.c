#include "host/listener.h"

#include "base/memory.h"
#include "base/path.h"
#include "host/system.h"

#include <stdlib.h>

/* How many clients the system lets wait to be accepted; it may cap this. */
enum {
    BACKLOG = 4096,
};

/* How many clients are accepted before those that are there already have their turn. */
enum {
    ACCEPTED_AT_ONCE = 16,
};

struct listener {
    uv_pipe_t pipe;
    uv_timer_t turn; /* runs while a client waits to be accepted in the next turn of the loop */
    int accepted;    /* since the last such turn */
    struct connections *connections;
    int open_handles;
};

static void on_turn(uv_timer_t *timer)
{
    struct listener *listener = timer->data;
    listener->accepted = 0;
    connections_accept(listener->connections, (uv_stream_t *)&listener->pipe);
}

/*
 * A crowd must not push a client out of its place whose request has come but was not read yet: now
 * and then the next one waits. libuv holds it, and goes on listening when it has been taken.
 */
static void admit(struct listener *listener)
{
    if (listener->accepted++ < ACCEPTED_AT_ONCE)
        connections_accept(listener->connections, (uv_stream_t *)&listener->pipe);
    else
        (void)uv_timer_start(&listener->turn, on_turn, 0, 0); /* it is not closing */
}

/*
 * libuv goes on after a client's reset; with no descriptor left it accepts on one that it keeps for
 * this, to turn the client away. What it still reports is one client's affair too: the listener is
 * never stopped by it.
 */
static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    if (status == 0) {
        admit(listener);
        return;
    }
    log_debug(listener->connections->log, "a client could not be accepted: %s",
              uv_strerror(status));
    (void)connections_drop_idle(listener->connections);
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    if (--listener->open_handles == 0)
        free(listener);
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
    (void)uv_pipe_init(connections->loop, &listener->pipe, 0); /* neither can fail on any system */
    (void)uv_timer_init(connections->loop, &listener->turn);
    listener->pipe.data = listener->turn.data = listener;
    listener->open_handles = 2;
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
    if (!listener)
        return;
    uv_close((uv_handle_t *)&listener->pipe, on_closed);
    uv_close((uv_handle_t *)&listener->turn, on_closed);
}
