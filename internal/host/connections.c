/* The house: who is let in, and who has to go. */

#include "host/connection_parts.h"

#include "ipc/peer.h"

void connections_remove(struct connection *connection)
{
    struct connections *all = connection->all;
    *(connection->before ? &connection->before->behind : &all->first) = connection->behind;
    *(connection->behind ? &connection->behind->before : &all->last) = connection->before;
    connection->before = connection->behind = NULL;
    all->count--;
}

void connections_append(struct connection *connection)
{
    struct connections *all = connection->all;
    connection->before = all->last;
    *(all->last ? &all->last->behind : &all->first) = connection;
    all->last = connection;
    all->count++;
}

void connections_init(struct connections *all, uv_loop_t *loop, size_t most, struct log *log)
{
    *all = (struct connections){
        .loop = loop, .most = most, .log = log, .room.most = CONNECTIONS_MOST_LARGE_BYTES};
}

size_t connections_limit(size_t descriptor_limit)
{
    /* The other half is for compilers, files and the system's libraries. */
    size_t half = descriptor_limit / 2;
    if (half < 1)
        return 1;
    return half < CONNECTIONS_MOST ? half : CONNECTIONS_MOST;
}

/* Has it begun a frame, and let it lie, that it could have sent at once? */
static bool is_dawdling(const struct connection *connection)
{
    const struct frame_parser *parser = &connection->parser;
    return connection->state == CONNECTION_READING && parser->header_length > 0 &&
           !parser->handed_out && parser->payload_length <= CONNECTION_LARGE;
}

static bool is_idle(const struct connection *connection)
{
    return connection->state == CONNECTION_READING || connection->state == CONNECTION_WAITING;
}

/* Does nothing wait for it but its client? */
static bool is_being_answered(const struct connection *connection)
{
    return connection->state == CONNECTION_WRITING || connection->is_put_off;
}

/* The first that is so, in the order in which they were idle; not `but`. */
static struct connection *first_that(const struct connections *all,
                                     bool (*is)(const struct connection *connection),
                                     const struct connection *but)
{
    struct connection *at = all->first;
    while (at && (at == but || !is(at)))
        at = at->behind;
    return at;
}

/* Whoever dawdles goes first: a client that has just come may have had no turn yet to send. Those
 * who do not take their answers must not keep everybody else out. */
static bool drop_one(struct connections *all, const struct connection *but)
{
    struct connection *victim = first_that(all, is_dawdling, but);
    if (!victim)
        victim = first_that(all, is_idle, but);
    if (!victim)
        victim = first_that(all, is_being_answered, but);
    if (victim)
        connection_close(victim, "another client needs its place");
    return victim != NULL;
}

bool connections_drop_idle(struct connections *all)
{
    return drop_one(all, NULL);
}

/* On TCP the system does not tell whose process connects: there each request has to prove it. */
static bool is_welcome(struct connection *connection, struct error *error)
{
    if (!ipc_stream_is_tcp(&connection->stream))
        return peer_is_trusted(&connection->stream.pipe, error);
    (void)uv_tcp_nodelay(&connection->stream.tcp, 1); /* without it, it is merely slower */
    return true;
}

void connections_accept(struct connections *all, uv_stream_t *listener)
{
    struct error error = {0};
    struct connection *connection = connection_new(all, listener->type == UV_TCP);
    int status = uv_accept(listener, &connection->stream.stream);
    if (status < 0) {
        connection_close(connection, uv_strerror(status));
    } else if (!is_welcome(connection, &error)) {
        log_debug(all->log, "connection refused: %s", error.message);
        connection_close(connection, "its peer is not trusted");
    } else if (all->count > all->most && !drop_one(all, connection)) {
        connection_close(connection, "there is no room for it");
    } else {
        connection_start(connection);
    }
    error_clear(&error);
}

void connections_close_all(struct connections *all)
{
    while (all->first)
        connection_close(all->first, "the server closes");
}
