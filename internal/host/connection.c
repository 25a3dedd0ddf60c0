#include "host/connection.h"

#include "host/request.h"
#include "ipc/peer.h"

#include <limits.h>
#include <stdlib.h>

enum connection_state {
    CONNECTION_READING, /* idle, or in the middle of a frame */
    CONNECTION_WORKING, /* its request is with the server */
    CONNECTION_WRITING, /* the answer is on its way */
    CONNECTION_CLOSING,
};

struct connection {
    uv_pipe_t pipe;
    uv_timer_t timer; /* runs while a frame or an answer is under way */
    uv_write_t writing;
    struct connections *all;
    struct connection *before, *behind;
    enum connection_state state;
    struct frame_parser parser;
    struct buffer rest;           /* came behind the request that is being worked on */
    struct buffer header, answer; /* being written */
    bool then_close;
    int open_handles;
    char chunk[16384];
};

static void list_remove(struct connection *connection)
{
    struct connections *all = connection->all;
    *(connection->before ? &connection->before->behind : &all->first) = connection->behind;
    *(connection->behind ? &connection->behind->before : &all->last) = connection->before;
    connection->before = connection->behind = NULL;
    all->count--;
}

static void list_append(struct connection *connection)
{
    struct connections *all = connection->all;
    connection->before = all->last;
    *(all->last ? &all->last->behind : &all->first) = connection;
    all->last = connection;
    all->count++;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    if (--connection->open_handles > 0)
        return;
    frame_parser_clear(&connection->parser);
    buffer_clear(&connection->rest);
    buffer_clear(&connection->header);
    buffer_clear(&connection->answer);
    free(connection);
}

static void close_connection(struct connection *connection, const char *why)
{
    if (connection->state == CONNECTION_CLOSING)
        return;
    log_trace(connection->all->log, "connection closed: %s", why);
    connection->state = CONNECTION_CLOSING;
    list_remove(connection);
    uv_close((uv_handle_t *)&connection->pipe, on_handle_closed);
    uv_close((uv_handle_t *)&connection->timer, on_handle_closed);
    connection->all->on_closed(connection->all->context, connection);
}

static void on_timeout(uv_timer_t *timer)
{
    close_connection(timer->data, "the client took too long");
}

static void limit_time(struct connection *connection, uint64_t limit_ms)
{
    (void)uv_timer_start(&connection->timer, on_timeout, limit_ms, 0); /* it is not closing */
}

/* What cannot be read on is answered once more, so that the client can see why it is cut off. */
static void refuse_stream(struct connection *connection, struct error *error)
{
    struct rpc_fault fault = {0};
    struct buffer payload = {0};
    rpc_fault_set(&fault, RPC_PARSE_ERROR, NULL, "%s", error->message);
    answer_append_fault(&payload, NULL, &fault);
    rpc_fault_clear(&fault);
    connection->state = CONNECTION_WORKING;
    connection_answer(connection, &payload, true);
}

static void hand_out_request(struct connection *connection)
{
    struct connections *all = connection->all;
    connection->state = CONNECTION_WORKING;
    (void)uv_timer_stop(&connection->timer);
    list_remove(connection);
    list_append(connection);
    all->on_request(all->context, connection, buffer_slice(&connection->parser.payload));
}

/* Takes one request at a time; what lies behind it waits in `rest`. */
static void take_bytes(struct connection *connection, struct slice bytes)
{
    while (connection->state == CONNECTION_READING && bytes.length > 0) {
        size_t taken = 0;
        struct error error = {0};
        enum frame_outcome outcome = frame_feed(&connection->parser, bytes, &taken, &error);
        bytes.data += taken;
        bytes.length -= taken;
        if (outcome == FRAME_COMPLETE)
            hand_out_request(connection);
        else if (outcome == FRAME_INVALID)
            refuse_stream(connection, &error);
        else if (!uv_is_active((uv_handle_t *)&connection->timer))
            limit_time(connection, CONNECTION_FRAME_MS);
        error_clear(&error);
    }
    if (bytes.length > 0 && connection->state != CONNECTION_CLOSING)
        buffer_append(&connection->rest, bytes.data, bytes.length);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *connection = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(connection->chunk, sizeof(connection->chunk));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    if (count < 0) {
        close_connection(connection, uv_strerror((int)count));
        return;
    }
    take_bytes(connection, (struct slice){.data = buffer->base, .length = (size_t)count});
    /* While a request is worked on, what else the client sends waits in the socket. */
    if (connection->state == CONNECTION_WORKING || connection->state == CONNECTION_WRITING)
        (void)uv_read_stop(stream);
}

void connection_resume(struct connection *connection)
{
    connection->state = CONNECTION_READING;
}

/* After an answer: first what came already, then what is still to come. */
static void read_on(struct connection *connection)
{
    struct buffer rest = connection->rest;
    connection->rest = (struct buffer){0};
    connection->state = CONNECTION_READING;
    take_bytes(connection, buffer_slice(&rest));
    buffer_clear(&rest);
    if (connection->state != CONNECTION_READING)
        return;
    int status = uv_read_start((uv_stream_t *)&connection->pipe, on_allocate, on_read);
    if (status < 0)
        close_connection(connection, uv_strerror(status));
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;
    struct connections *all = connection->all;
    if (connection->state == CONNECTION_CLOSING)
        return;
    if (status < 0) {
        close_connection(connection, uv_strerror(status));
        return;
    }
    (void)uv_timer_stop(&connection->timer);
    buffer_clear(&connection->header);
    buffer_clear(&connection->answer);
    all->on_answered(all->context, connection);
    if (connection->state == CONNECTION_CLOSING)
        return;
    if (connection->then_close)
        close_connection(connection, "its answer was the last");
    else
        read_on(connection);
}

void connection_answer(struct connection *connection, struct buffer *payload, bool then_close)
{
    connection->state = CONNECTION_WRITING;
    connection->then_close = then_close;
    connection->answer = *payload;
    *payload = (struct buffer){0};
    frame_append_header(&connection->header, connection->answer.length);
    uv_buf_t parts[] = {
        uv_buf_init(connection->header.data, (unsigned int)connection->header.length),
        uv_buf_init(connection->answer.data, (unsigned int)connection->answer.length),
    };
    limit_time(connection, CONNECTION_ANSWER_MS);
    int status = connection->answer.length > FRAME_MOST_PAYLOAD
                     ? UV_EMSGSIZE
                     : uv_write(&connection->writing, (uv_stream_t *)&connection->pipe, parts, 2,
                                on_written);
    if (status < 0)
        close_connection(connection, uv_strerror(status));
}

void connections_init(struct connections *all, uv_loop_t *loop, size_t most, struct log *log)
{
    *all = (struct connections){.loop = loop, .most = most, .log = log};
}

size_t connections_limit(size_t descriptor_limit)
{
    /* The other half is for compilers, files and the system's libraries. */
    size_t half = descriptor_limit / 2;
    if (half < 1)
        return 1;
    return half < CONNECTIONS_MOST ? half : CONNECTIONS_MOST;
}

bool connections_drop_idle(struct connections *all)
{
    struct connection *at = all->first;
    while (at && at->state == CONNECTION_WORKING)
        at = at->behind;
    if (at)
        close_connection(at, "it was idle longest, and another client needs the place");
    return at != NULL;
}

void connections_accept(struct connections *all, uv_stream_t *listener)
{
    struct error error = {0};
    struct connection *connection = memory_new(sizeof(*connection));
    connection->all = all;
    connection->open_handles = 2;
    (void)uv_pipe_init(all->loop, &connection->pipe, 0); /* neither can fail on any system */
    (void)uv_timer_init(all->loop, &connection->timer);
    connection->pipe.data = connection->timer.data = connection->writing.data = connection;
    list_append(connection);
    int status = uv_accept(listener, (uv_stream_t *)&connection->pipe);
    if (status < 0) {
        close_connection(connection, uv_strerror(status));
    } else if (!peer_is_trusted(&connection->pipe, &error)) {
        log_debug(all->log, "connection refused: %s", error.message);
        close_connection(connection, "its peer is not trusted");
    } else {
        if (all->count > all->most)
            (void)connections_drop_idle(all);
        read_on(connection);
    }
    error_clear(&error);
}

void connections_close_all(struct connections *all)
{
    while (all->first)
        close_connection(all->first, "the server closes");
}
