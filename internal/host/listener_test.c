#include "host/serving_test.h"

#include "base/buffer.h"
#include "json/json.h"
#include "testkit/program.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char PROBE[] = "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1}";

static struct serving *serve(void)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    return serving;
}

/* Bytes that no frame begins with, or that make one that cannot be read on: told, then cut off. */
static void expect_cut_off(struct serving *serving, const char *bytes)
{
    int connection = serving_connect(serving);
    (void)serving_send(connection, bytes, strlen(bytes));
    serving_expect_fault(serving_receive(connection), -32700);
    cr_expect_null(serving_receive(connection));
    (void)close(connection);
}

static void expect_answered(int connection)
{
    cJSON *answer = serving_receive(connection);
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
}

Test(listener, cuts_off_a_client_whose_stream_makes_no_sense)
{
    struct serving *serving = serve();
    expect_cut_off(serving, "GET / HTTP/1.1\r\n\r\n");
    expect_cut_off(serving, "\r\n\r\n");
    expect_cut_off(serving, "Content-Length: -1\r\n\r\n");
    expect_cut_off(serving, "Content-Length: 1x\r\n\r\n");
    expect_cut_off(serving, "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}");
    expect_cut_off(serving, "Content-Length: 99999999999999999999999\r\n\r\n");
    expect_cut_off(serving, "Content-Length: 68157440\r\n\r\n"); /* 65 MiB */
    expect_cut_off(serving, "Content-Length: 7\r\n\r\ngarbage");
    expect_cut_off(serving, "Content-Length: 0\r\n\r\n");
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(listener, cuts_off_a_header_without_end)
{
    struct serving *serving = serve();
    char header[20000];
    memset(header, 'x', sizeof(header));
    int connection = serving_connect(serving);
    (void)serving_send(connection, header, sizeof(header));
    serving_expect_fault(serving_receive(connection), -32700);
    (void)close(connection);
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(listener, cuts_off_deep_nesting)
{
    struct serving *serving = serve();
    char deep[2001] = {0};
    memset(deep, '[', 1000);
    memset(deep + 1000, ']', 1000);
    int connection = serving_connect(serving);
    serving_send_frame(connection, deep);
    serving_expect_fault(serving_receive(connection), -32700);
    serving_await_close(connection);
    (void)close(connection);
    serving_stop(serving);
}

Test(listener, keeps_a_client_whose_request_was_merely_wrong)
{
    struct serving *serving = serve();
    int connection = serving_connect(serving);
    serving_send_frame(connection, "[]");
    serving_expect_fault(serving_receive(connection), -32600);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"no-such\",\"id\":1}");
    serving_expect_fault(serving_receive(connection), -32601);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-logs\",\"id\":1,"
                                   "\"params\":{\"MaxCount\":\"x\"}}");
    serving_expect_fault(serving_receive(connection), -32602);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,"
                                   "\"x-uloop\":{\"expectedProjectRoot\":\"/elsewhere\"}}");
    serving_expect_fault(serving_receive(connection), -32600);
    serving_send_frame(connection, PROBE);
    expect_answered(connection);
    (void)close(connection);
    serving_stop(serving);
}

Test(listener, answers_requests_that_were_sent_at_once_in_their_order)
{
    struct serving *serving = serve();
    struct buffer bytes = {0};
    for (int number = 0; number < 50; number++) {
        char *payload =
            memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":%d}", number);
        buffer_append_format(&bytes, "Content-Length: %zu\r\n\r\n%s", strlen(payload), payload);
        free(payload);
    }
    int connection = serving_connect(serving);
    cr_assert(serving_send(connection, bytes.data, bytes.length));
    for (int number = 0; number < 50; number++) {
        cJSON *answer = serving_receive(connection);
        cr_expect_eq(json_whole_number(answer, "id", -1), number);
        cJSON_Delete(answer);
    }
    buffer_clear(&bytes);
    (void)close(connection);
    serving_stop(serving);
}

Test(listener, answers_no_notification)
{
    struct serving *serving = serve();
    int connection = serving_connect(serving);
    for (int number = 0; number < 3; number++) {
        serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\"}");
        serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"no-such\"}");
        serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-logs\","
                                       "\"params\":[]}");
    }
    serving_send_frame(connection, PROBE);
    cJSON *answer = serving_receive(connection);
    cr_expect_eq(json_whole_number(answer, "id", -1), 1);
    cJSON_Delete(answer);
    (void)close(connection);
    serving_stop(serving);
}

/* A client may go at any byte, and without reading what it asked for. */
Test(listener, survives_clients_that_leave_at_every_byte)
{
    struct serving *serving = serve();
    char *frame = memory_format("Content-Length: %zu\r\n\r\n%s", strlen(PROBE), PROBE);
    for (size_t length = 0; length <= strlen(frame); length++) {
        int connection = serving_connect(serving);
        (void)serving_send(connection, frame, length);
        (void)close(connection);
    }
    serving_expect_alive(serving);
    serving_stop(serving);
    free(frame);
}

Test(listener, answers_a_client_that_has_said_all_it_will_say)
{
    struct serving *serving = serve();
    int connection = serving_connect(serving);
    serving_send_frame(connection, PROBE);
    cr_assert_eq(shutdown(connection, SHUT_WR), 0);
    expect_answered(connection);
    serving_await_close(connection);
    (void)close(connection);
    serving_stop(serving);
}

Test(listener, drops_a_client_that_does_not_finish_its_frame)
{
    struct serving *serving = serve();
    int connection = serving_connect(serving);
    cr_assert(serving_send(connection, "Content-Le", 10));
    serving_await_close(connection);
    (void)close(connection);
    serving_stop(serving);
}

Test(listener, drops_whoever_was_idle_longest_when_there_are_too_many)
{
    enum {
        MOST = 256
    };
    struct serving *serving = serve();
    int connections[MOST];
    for (size_t at = 0; at < MOST; at++) {
        connections[at] = serving_connect(serving);
        serving_send_frame(connections[at], PROBE);
        expect_answered(connections[at]);
    }
    serving_send_frame(connections[0], PROBE); /* now the second is the oldest */
    expect_answered(connections[0]);
    serving_expect_alive(serving);
    serving_await_close(connections[1]);
    serving_send_frame(connections[0], PROBE);
    expect_answered(connections[0]);
    for (size_t at = 0; at < MOST; at++)
        (void)close(connections[at]);
    serving_stop(serving);
}

/* Whoever has sent a request is answered, however many came at the same moment. */
Test(listener, answers_every_client_of_a_crowd)
{
    enum {
        CLIENTS = 600
    };
    struct serving *serving = serve();
    int connections[CLIENTS];
    program_stop(serving->program);
    for (size_t at = 0; at < CLIENTS; at++) {
        connections[at] = serving_connect(serving);
        serving_send_frame(connections[at], PROBE);
    }
    program_signal(serving->program, SIGCONT);
    for (size_t at = 0; at < CLIENTS; at++) {
        expect_answered(connections[at]);
        (void)close(connections[at]);
    }
    serving_stop(serving);
}

Test(listener, answers_with_few_descriptors_and_many_clients)
{
    enum {
        CLIENTS = 300
    };
    struct serving *serving = serving_new();
    struct program_limit limit = {.resource = RLIMIT_NOFILE, .value = 64};
    serving_start_limited(serving, NULL, &limit);
    int connections[CLIENTS];
    for (size_t at = 0; at < CLIENTS; at++) {
        connections[at] = serving_connect(serving);
        if (at % 10 == 0)
            serving_expect_alive(serving);
    }
    serving_expect_alive(serving);
    for (size_t at = 0; at < CLIENTS; at++)
        (void)close(connections[at]);
    serving_expect_alive(serving);
    serving_stop(serving);
}
