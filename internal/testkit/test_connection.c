#include "json/json.h"
#include "json/layout.h"
#include "testkit/test_editor_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the Editor takes in one message. */
#define MOST_PAYLOAD ((size_t)1024 * 1024)

static const char HEADER_NAME[] = "Content-Length: ";

/* The header's length, with the payload's in *payload; 0 while it is incomplete. A client writes
 * exactly one form. */
static size_t read_header(struct slice input, size_t *payload)
{
    size_t name = sizeof(HEADER_NAME) - 1;
    size_t compared = input.length < name ? input.length : name;
    size_t at = name;
    if (memcmp(input.data, HEADER_NAME, compared) != 0)
        testkit_fail("A request begins with \"%.*s\".", (int)compared, input.data);
    *payload = 0;
    while (at < input.length && input.data[at] >= '0' && input.data[at] <= '9' &&
           *payload <= MOST_PAYLOAD)
        *payload = *payload * 10 + (size_t)(input.data[at++] - '0');
    size_t end = input.length < at + 4 ? input.length : at + 4;
    if (at > name && (*payload == 0 || *payload > MOST_PAYLOAD))
        testkit_fail("A request announces a payload of %zu bytes.", *payload);
    if (end > at && (at == name || memcmp(input.data + at, "\r\n\r\n", end - at) != 0))
        testkit_fail("A request's header is not one Content-Length: \"%.*s\".", (int)end,
                     input.data);
    return input.length >= at + 4 ? at + 4 : 0;
}

/* Takes bytes from the socket that were peeked at before. */
static void consume(const struct connection *connection, size_t length)
{
    char ignored[4096];
    while (length > 0) {
        size_t most = length < sizeof(ignored) ? length : sizeof(ignored);
        ssize_t got = recv(connection->watch.descriptor, ignored, most, 0);
        if (got <= 0)
            testkit_fail("Cannot take a request's bytes: %s.", strerror(errno));
        length -= (size_t)got;
    }
}

void testkit_set_up_socket(int descriptor)
{
    if (fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0 || fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0)
        testkit_fail("Cannot set up a socket: %s.", strerror(errno));
}

static void close_descriptor(struct connection *connection)
{
    if (connection->watch.descriptor < 0)
        return;
    watch_stop(&connection->watch);
    (void)close(connection->watch.descriptor);
    connection->watch.descriptor = -1;
}

void connection_close(struct connection *connection)
{
    if (connection->watch.descriptor >= 0 && connection->holds_request)
        consume(connection, 1);
    connection->holds_request = false;
    close_descriptor(connection);
}

/* The client has closed its end. While its request is held our end stays open, for the test to find
 * out. */
static void hang_up(struct connection *connection)
{
    connection->has_hung_up = true;
    if (connection->holds_request)
        watch_stop(&connection->watch);
    else
        close_descriptor(connection);
}

/* Adds what is there to the input, but leaves a frame's last byte in the socket, so that the
 * connection can still be reset. Returns the payload once the frame is whole. */
static struct slice read_input(struct connection *connection)
{
    char chunk[65536];
    struct buffer *input = &connection->input;
    ssize_t got = recv(connection->watch.descriptor, chunk, sizeof(chunk), MSG_PEEK);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return (struct slice){0};
    if (got <= 0) {
        hang_up(connection);
        return (struct slice){0};
    }
    size_t before = input->length;
    size_t payload;
    buffer_append(input, chunk, (size_t)got);
    size_t header = read_header(buffer_slice(input), &payload);
    if (header == 0 || input->length < header + payload) {
        consume(connection, (size_t)got);
        return (struct slice){0};
    }
    if (input->length > header + payload)
        testkit_fail("A client sends on before its request is answered.");
    consume(connection, header + payload - before - 1);
    connection->holds_request = true;
    connection->watch.events = 0;
    return (struct slice){.data = input->data + header, .length = payload};
}

static void handle_event(void *context, short events)
{
    struct connection *connection = context;
    if (connection->holds_request) {
        if (events & (POLLHUP | POLLERR))
            hang_up(connection);
        return;
    }
    struct slice payload = read_input(connection);
    if (payload.data)
        test_editor_take_request(connection, payload);
}

void connection_open(struct test_editor *editor, int descriptor)
{
    struct connection *connection = memory_new(sizeof(*connection));
    testkit_set_up_socket(descriptor);
    *connection = (struct connection){
        .editor = editor,
        .watch = {.descriptor = descriptor,
                  .events = POLLIN,
                  .ready = handle_event,
                  .context = connection},
        .next = editor->connections,
    };
    editor->connections = connection;
    watch_start(&connection->watch);
}

bool test_request_send_raw(struct test_request *request, const void *bytes, size_t length)
{
    int descriptor = request->connection->watch.descriptor;
    if (descriptor < 0)
        testkit_fail("The test answers %s on a connection that it closed.", request->method);
    for (const char *at = bytes; length > 0;) {
        ssize_t put = send(descriptor, at, length, 0);
        if (put >= 0) {
            at += put;
            length -= (size_t)put;
        } else if (errno == EAGAIN) {
            wait_writable(descriptor, "a client to read its answer");
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return false;
        } else if (errno != EINTR) {
            testkit_fail("Cannot send an answer: %s.", strerror(errno));
        }
    }
    return true;
}

bool test_request_send_frame(struct test_request *request, const char *json)
{
    char *frame = memory_format("Content-Length: %zu\r\n\r\n%s", strlen(json), json);
    bool is_sent = test_request_send_raw(request, frame, strlen(frame));
    free(frame);
    return is_sent;
}

/* Sends a frame that is not final: its result and what it says under "uloop". */
static void send_ahead(struct test_request *request, const char *result, const char *phase,
                       const char *number, const char *value)
{
    char *id = json_print(request->id);
    char *frame = memory_format("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"%s\":true},"
                                "\"uloop\":{\"phase\":\"%s\",\"%s\":%s}}",
                                id, result, phase, number, value);
    if (!test_request_send_frame(request, frame))
        testkit_fail("The client of %s went away before its answer.", request->method);
    free(frame);
    free(id);
}

void test_request_acknowledge(struct test_request *request, const char *interval_seconds)
{
    send_ahead(request, "accepted", "accepted", "heartbeatIntervalSeconds", interval_seconds);
}

void test_request_beat(struct test_request *request, const char *stall_seconds)
{
    send_ahead(request, "alive", "heartbeat", "mainThreadStallSeconds", stall_seconds);
}

/* Sends the final answer, whose one member beside the envelope is given as text. False when the
 * client has gone away. */
static bool finish(struct test_request *request, const char *member)
{
    struct connection *connection = request->connection;
    if (!connection->holds_request)
        testkit_fail("The test answers %s a second time.", request->method);
    if (!request->id)
        testkit_fail("The test answers %s, which is a notification.", request->method);
    /* The connection is ready for another request before the client can know of the answer. */
    consume(connection, 1);
    connection->holds_request = false;
    connection->input.length = 0;
    connection->watch.events = POLLIN;
    char *id = json_print(request->id);
    char *answer = memory_format("{\"jsonrpc\":\"2.0\",\"id\":%s,%s}", id, member);
    bool is_sent = test_request_send_frame(request, answer);
    free(answer);
    free(id);
    return is_sent;
}

bool test_request_try_answer(struct test_request *request, const char *result_json)
{
    char *member = memory_format("\"result\":%s", result_json);
    bool is_sent = finish(request, member);
    free(member);
    return is_sent;
}

void test_request_answer(struct test_request *request, const char *result_json)
{
    if (!test_request_try_answer(request, result_json))
        testkit_fail("The client of %s went away before its answer.", request->method);
}

void test_request_error(struct test_request *request, int code, const char *message,
                        const char *data_json)
{
    struct buffer member = {0};
    buffer_append_format(&member, "\"error\":{\"code\":%d,\"message\":", code);
    json_quote(&member, message);
    if (data_json)
        buffer_append_format(&member, ",\"data\":%s", data_json);
    buffer_append_char(&member, '}');
    if (!finish(request, member.data))
        testkit_fail("The client of %s went away before its answer.", request->method);
    buffer_clear(&member);
}

void test_request_close(struct test_request *request)
{
    connection_close(request->connection);
}

void test_request_reset(struct test_request *request)
{
    if (request->connection->watch.descriptor < 0 || !request->connection->holds_request)
        testkit_fail("The test resets the connection of %s too late.", request->method);
    close_descriptor(request->connection);
}

static bool has_hung_up(void *context)
{
    const struct connection *connection = context;
    return connection->has_hung_up;
}

void test_request_await_close(struct test_request *request)
{
    wait_until(&(struct awaited){.done = has_hung_up, .context = request->connection},
               "the client of %s to hang up", request->method);
}
