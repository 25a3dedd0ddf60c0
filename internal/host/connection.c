#include "host/connection_parts.h"

#include "host/request.h"
#include "host/system.h"
#include "ipc/token.h"

#include <limits.h>
#include <stdlib.h>

enum {
    MOST_IDLE_BYTES = 64 * 1024,
};

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

void connection_close(struct connection *connection, const char *why)
{
    if (connection->state == CONNECTION_CLOSING)
        return;
    log_trace(connection->all->log, "connection closed: %s", why);
    connection->state = CONNECTION_CLOSING;
    connections_remove(connection);
    uv_close(&connection->stream.handle, on_handle_closed);
    uv_close((uv_handle_t *)&connection->timer, on_handle_closed);
    room_leave(&connection->all->room, &connection->room);
    connection->all->on_closed(connection->all->context, connection);
}

static void on_timeout(uv_timer_t *timer)
{
    connection_close(timer->data, "the client took too long");
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
    connections_remove(connection);
    connections_append(connection);
    connection->is_handing_out = true;
    all->on_request(all->context, connection, buffer_slice(&connection->parser.payload));
    connection->is_handing_out = false;
}

/* The frame goes on: in its time, and if it is a large one as soon as there is room for it. */
static void await_rest(struct connection *connection)
{
    const struct frame_parser *parser = &connection->parser;
    bool is_large = parser->in_payload && parser->payload_length > CONNECTION_LARGE;
    if (is_large && !connection->room.is_held &&
        !room_take(&connection->all->room, &connection->room, parser->payload_length)) {
        connection->state = CONNECTION_WAITING;
        (void)uv_timer_stop(&connection->timer);
    } else if (!uv_is_active((uv_handle_t *)&connection->timer)) {
        limit_time(connection, CONNECTION_FRAME_MS);
    }
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
        else
            await_rest(connection);
        error_clear(&error);
    }
    if (bytes.length > 0 && connection->state != CONNECTION_CLOSING)
        buffer_append(&connection->rest, bytes.data, bytes.length);
}

/* Everybody has one piece in a turn of the loop. libuv would read on while there is more; where it
 * gets nothing to read into, it comes again in the next turn. */
static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *connection = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(connection->all->chunk,
                          connection->had_turn ? 0 : sizeof(connection->all->chunk));
    connection->had_turn = false;
}

/* While a request is worked on, what else the client sends waits in the socket. While it is put
 * off, the next thing to be heard is whether the client has gone: it is not worth reading then. */
static bool is_listened_to(const struct connection *connection)
{
    return connection->state == CONNECTION_READING || connection->state == CONNECTION_CLOSING ||
           (connection->is_put_off && connection->rest.length == 0);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    if (buffer->len == 0 && count == UV_ENOBUFS)
        return; /* until the next turn */
    if (count == UV_EOF && connection->is_put_off && !system_has_hung_up(&connection->stream)) {
        (void)uv_read_stop(stream); /* it will say no more, and waits for its answer */
        return;
    }
    if (count < 0) {
        connection_close(connection, uv_strerror((int)count));
        return;
    }
    connection->had_turn = (size_t)count == buffer->len;
    take_bytes(connection, (struct slice){.data = buffer->base, .length = (size_t)count});
    if (!is_listened_to(connection))
        (void)uv_read_stop(stream);
}

static void start_reading(struct connection *connection)
{
    connection->had_turn = false;
    int status = uv_read_start(&connection->stream.stream, on_allocate, on_read);
    if (status < 0)
        connection_close(connection, uv_strerror(status));
}

static void on_room(struct room_part *part)
{
    struct connection *connection = part->data;
    connection->state = CONNECTION_READING;
    limit_time(connection, CONNECTION_FRAME_MS);
    start_reading(connection);
}

void connection_put_off(struct connection *connection)
{
    connection->is_put_off = true;
}

void connection_take_payload(struct connection *connection, struct buffer *payload)
{
    *payload = connection->parser.payload;
    connection->parser.payload = (struct buffer){0};
}

void connection_take_up(struct connection *connection)
{
    connection->is_put_off = false;
    (void)uv_read_stop(&connection->stream.stream);
    room_leave(&connection->all->room, &connection->room);
}

/* Idle clients do not keep the room that their largest message took. */
static void give_room_back(struct connection *connection)
{
    struct buffer *payload = &connection->parser.payload;
    if (payload->capacity > MOST_IDLE_BYTES)
        buffer_clear(payload);
    room_leave(&connection->all->room, &connection->room);
}

/* After an answer: first what came already, then what is still to come. */
static void read_on(struct connection *connection)
{
    struct buffer rest = connection->rest;
    give_room_back(connection);
    connection->rest = (struct buffer){0};
    connection->state = CONNECTION_READING;
    take_bytes(connection, buffer_slice(&rest));
    buffer_clear(&rest);
    if (connection->state == CONNECTION_READING)
        start_reading(connection);
}

void connection_resume(struct connection *connection)
{
    if (connection->is_handing_out)
        connection->state = CONNECTION_READING; /* whoever hands out goes on */
    else
        read_on(connection);
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;
    struct connections *all = connection->all;
    if (connection->state == CONNECTION_CLOSING)
        return;
    if (status < 0) {
        connection_close(connection, uv_strerror(status));
        return;
    }
    (void)uv_timer_stop(&connection->timer);
    buffer_clear(&connection->header);
    buffer_clear(&connection->answer);
    all->on_answered(all->context, connection);
    if (connection->state == CONNECTION_CLOSING)
        return;
    if (connection->then_close)
        connection_close(connection, "its answer was the last");
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
    int status =
        connection->answer.length > FRAME_MOST_PAYLOAD
            ? UV_EMSGSIZE
            : uv_write(&connection->writing, &connection->stream.stream, parts, 2, on_written);
    if (status < 0)
        connection_close(connection, uv_strerror(status));
}

/* A frame that is on its way while the request is worked on. */
struct progress {
    uv_write_t writing;
    struct buffer frame;
};

static void on_progress_written(uv_write_t *request, int status)
{
    struct progress *progress = request->data;
    struct connection *connection = request->handle->data;
    buffer_clear(&progress->frame);
    free(progress);
    if (status < 0 && connection->state != CONNECTION_CLOSING)
        connection_close(connection, uv_strerror(status));
}

void connection_send_progress(struct connection *connection, const struct buffer *payload)
{
    if (uv_stream_get_write_queue_size(&connection->stream.stream) > 0)
        return; /* the one before was not taken yet */
    struct progress *progress = memory_new(sizeof(*progress));
    progress->writing.data = progress;
    frame_append_header(&progress->frame, payload->length);
    buffer_append(&progress->frame, payload->data, payload->length);
    uv_buf_t bytes = uv_buf_init(progress->frame.data, (unsigned int)progress->frame.length);
    int status =
        uv_write(&progress->writing, &connection->stream.stream, &bytes, 1, on_progress_written);
    if (status == 0)
        return;
    buffer_clear(&progress->frame);
    free(progress); /* the answer will tell that the client is gone */
}

struct connection *connection_new(struct connections *all, bool is_tcp)
{
    struct connection *connection = memory_new(sizeof(*connection));
    connection->all = all;
    connection->open_handles = 2;
    ipc_stream_init(&connection->stream, all->loop, is_tcp);
    (void)uv_timer_init(all->loop, &connection->timer); /* cannot fail */
    connection->stream.handle.data = connection->timer.data = connection->writing.data = connection;
    connection->room.on_given = on_room;
    connection->room.data = connection;
    connection->parser.most_payload = is_tcp ? TOKEN_MOST_WITHOUT : 0;
    connections_append(connection);
    return connection;
}

void connection_start(struct connection *connection)
{
    read_on(connection);
}

bool connection_is_tcp(const struct connection *connection)
{
    return ipc_stream_is_tcp(&connection->stream);
}

void connection_trust(struct connection *connection)
{
    connection->parser.most_payload = 0;
}
