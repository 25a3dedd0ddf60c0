#include "host/acceptor.h"

/* How many clients the system lets wait to be accepted; it may cap this. */
enum {
    BACKLOG = 4096,
};

/* Which part of all clients may be new ones that had no turn yet: there may be a port beside the
 * socket, so twice this must be well below the whole. */
enum {
    PART_AT_ONCE = 8,
};

static void on_turn(uv_timer_t *timer)
{
    struct acceptor *acceptor = timer->data;
    acceptor->accepted = 0;
    connections_accept(acceptor->connections, &acceptor->stream.stream);
}

/*
 * A crowd must not push a client out of its place whose request has come but was not read yet: now
 * and then the next one waits. libuv holds it, and goes on listening when it has been taken.
 */
static void admit(struct acceptor *acceptor)
{
    if ((size_t)acceptor->accepted++ < acceptor->connections->most / PART_AT_ONCE)
        connections_accept(acceptor->connections, &acceptor->stream.stream);
    else
        (void)uv_timer_start(&acceptor->turn, on_turn, 0, 0); /* it is not closing */
}

/*
 * libuv goes on after a client's reset; with no descriptor left it accepts on one that it keeps for
 * this, to turn the client away. What it still reports is one client's affair too. It tries again
 * at once, as long as a client waits: room is made for it, and where there is none to be made the
 * system gets a moment.
 */
static void on_connection(uv_stream_t *stream, int status)
{
    struct acceptor *acceptor = stream->data;
    if (status == 0) {
        admit(acceptor);
        return;
    }
    char reason[128]; /* uv_strerror() leaks where it does not know the error */
    log_debug(acceptor->connections->log, "a client could not be accepted: %s",
              uv_strerror_r(status, reason, sizeof(reason)));
    if (!connections_drop_idle(acceptor->connections))
        uv_sleep(1);
}

void acceptor_init(struct acceptor *acceptor, struct connections *connections, bool is_tcp)
{
    *acceptor = (struct acceptor){.connections = connections, .open_handles = 2};
    ipc_stream_init(&acceptor->stream, connections->loop, is_tcp);
    (void)uv_timer_init(connections->loop, &acceptor->turn); /* cannot fail */
    acceptor->stream.handle.data = acceptor->turn.data = acceptor;
}

int acceptor_listen(struct acceptor *acceptor)
{
    return uv_listen(&acceptor->stream.stream, BACKLOG, on_connection);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct acceptor *acceptor = handle->data;
    if (--acceptor->open_handles == 0)
        acceptor->on_closed(acceptor->context);
}

void acceptor_close(struct acceptor *acceptor, void (*on_closed)(void *context), void *context)
{
    acceptor->on_closed = on_closed;
    acceptor->context = context;
    uv_close(&acceptor->stream.handle, on_handle_closed);
    uv_close((uv_handle_t *)&acceptor->turn, on_handle_closed);
}
