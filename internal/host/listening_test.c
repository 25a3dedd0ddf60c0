#include "host/listening_test.h"

#include "base/clock.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define FRAME "Content-Length: 2\r\n\r\n{}"

static void on_request(void *context, struct connection *connection, struct slice payload)
{
    struct listening *listening = context;
    struct buffer answer = {0};
    buffer_clear(&listening->asked);
    buffer_append(&listening->asked, payload.data, payload.length);
    if (listening->holds_answers) {
        listening->held = connection;
        return;
    }
    if (listening->answer)
        buffer_append_string(&answer, listening->answer);
    else
        buffer_append(&answer, payload.data, payload.length);
    connection_answer(connection, &answer, false);
}

static void on_answered(void *context, struct connection *connection)
{
    (void)context;
    (void)connection;
}

static void on_closed(void *context, struct connection *connection)
{
    struct listening *listening = context;
    if (listening->held == connection)
        listening->held = NULL;
}

void listening_open(struct listening *listening, size_t most)
{
    struct error error = {0};
    *listening = (struct listening){.address.sun_family = AF_UNIX};
    const char *path = temp_project_path(temp_folder_new(), "folder/socket");
    cr_assert_lt(strlen(path), sizeof(listening->address.sun_path));
    strcpy(listening->address.sun_path, path);
    cr_assert_eq(uv_loop_init(&listening->loop), 0);
    connections_init(&listening->connections, &listening->loop, most, &listening->log);
    listening->connections.on_request = on_request;
    listening->connections.on_answered = on_answered;
    listening->connections.on_closed = on_closed;
    listening->connections.context = listening;
    listening->listener = listener_open(path, false, &listening->connections, &error);
    cr_assert(listening->listener, "%s", error.message);
}

void listening_close(struct listening *listening)
{
    listener_close(listening->listener);
    connections_close_all(&listening->connections);
    cr_expect_eq(uv_run(&listening->loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&listening->loop), 0);
    buffer_clear(&listening->asked);
}

int listening_connect(const struct listening *listening)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(client, 0);
    cr_assert_eq(
        connect(client, (const struct sockaddr *)&listening->address, sizeof(listening->address)),
        0, "%s", strerror(errno));
    return client;
}

int listening_ask(const struct listening *listening)
{
    int client = listening_connect(listening);
    cr_assert_eq(send(client, FRAME, strlen(FRAME), MSG_NOSIGNAL), (ssize_t)strlen(FRAME));
    return client;
}

bool listening_answers(struct listening *listening, int client)
{
    char answer[64] = "";
    struct pollfd ready = {.fd = client, .events = POLLIN};
    uint64_t deadline = clock_after(clock_now_ms(), TESTKIT_LIMIT_MS);
    while (poll(&ready, 1, 1) == 0) {
        cr_assert_lt(clock_now_ms(), deadline, "nothing comes");
        (void)uv_run(&listening->loop, UV_RUN_NOWAIT);
    }
    return recv(client, answer, sizeof(answer) - 1, 0) > 0 && strcmp(answer, FRAME) == 0;
}

void listening_settle(struct listening *listening)
{
    struct pollfd loop = {.fd = uv_backend_fd(&listening->loop), .events = POLLIN};
    do {
        (void)uv_run(&listening->loop, UV_RUN_NOWAIT);
    } while (uv_backend_timeout(&listening->loop) == 0 || poll(&loop, 1, 0) > 0);
}

bool listening_has_dropped(int client)
{
    char byte;
    ssize_t got = recv(client, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return got == 0 || (got < 0 && errno != EAGAIN);
}
