#include "ipc/client_scene_test.h"

#include "base/clock.h"
#include "json/json.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void on_change(void *context)
{
    struct scene *scene = context;
    scene->changes++;
}

static void listen_at(struct scene *scene, const struct sockaddr *address, socklen_t length)
{
    scene->listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(scene->listener, 0);
    cr_assert_eq(bind(scene->listener, address, length), 0);
    cr_assert_eq(listen(scene->listener, 8), 0);
    cr_assert_eq(uv_loop_init(&scene->loop), 0);
    scene->destination.address = scene->address;
}

void scene_open(struct scene *scene)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *scene = (struct scene){0};
    scene->address = memory_copy_string(temp_project_path(temp_folder_new(), "socket"));
    cr_assert_lt(strlen(scene->address), sizeof(address.sun_path));
    strcpy(address.sun_path, scene->address);
    listen_at(scene, (const struct sockaddr *)&address, sizeof(address));
}

void scene_open_tcp(struct scene *scene)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    *scene = (struct scene){0};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listen_at(scene, (const struct sockaddr *)&address, length);
    cr_assert_eq(getsockname(scene->listener, (struct sockaddr *)&address, &length), 0);
    scene->address = memory_format("tcp:127.0.0.1:%d", ntohs(address.sin_port));
    scene->destination.address = scene->address;
}

void scene_close(struct scene *scene)
{
    client_close(scene->client);
    cr_expect_eq(uv_run(&scene->loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&scene->loop), 0);
    (void)close(scene->listener);
    free(scene->address);
}

void run_until(struct scene *scene, bool (*done)(const struct client *client))
{
    uint64_t deadline = clock_after(clock_now_ms(), TESTKIT_LIMIT_MS);
    while (!done(scene->client)) {
        cr_assert_lt(clock_now_ms(), deadline, "phase %d", (int)scene->client->phase);
        (void)uv_run(&scene->loop, UV_RUN_ONCE);
    }
}

bool is_connected_or_not(const struct client *client)
{
    return client->phase != CLIENT_CONNECTING;
}

bool is_settled(const struct client *client)
{
    return client->phase != CLIENT_CONNECTING && client->phase != CLIENT_SENT;
}

void connect_and_send(struct scene *scene)
{
    scene->changes = 0;
    scene->client = client_connect(&scene->loop, &scene->destination, on_change, scene);
    cr_expect_eq(scene->client->phase, CLIENT_CONNECTING);
    cr_expect_eq(scene->changes, 0);
    run_until(scene, is_connected_or_not);
    cr_assert_eq(scene->client->phase, CLIENT_CONNECTED);
    char *params = memory_copy_string("{\"A\":1.50}");
    client_send(scene->client,
                &(struct rpc_request){
                    .method = "run-tests", .params_json = params, .project_root = "/p", .id = 1});
    free(params); /* what was sent is the client's own */
}

/* --- The server's side --- */

/* Lets the loop go on until the descriptor can be read. */
static void await_readable(struct scene *scene, int descriptor)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    uint64_t deadline = clock_after(clock_now_ms(), TESTKIT_LIMIT_MS);
    while (poll(&ready, 1, 1) == 0) {
        cr_assert_lt(clock_now_ms(), deadline);
        (void)uv_run(&scene->loop, UV_RUN_NOWAIT);
    }
}

int take_connection(struct scene *scene)
{
    await_readable(scene, scene->listener);
    int connection = accept(scene->listener, NULL, NULL);
    cr_assert_geq(connection, 0);
    return connection;
}

/* Reads the request whole, and nothing behind it; the caller deletes it. */
cJSON *take_request(struct scene *scene, int connection)
{
    char bytes[4096];
    struct frame_parser parser = {0};
    struct error error = {0};
    enum frame_outcome outcome = FRAME_MORE;
    while (outcome == FRAME_MORE) {
        size_t taken;
        await_readable(scene, connection);
        ssize_t got = recv(connection, bytes, sizeof(bytes), MSG_PEEK);
        cr_assert_gt(got, 0);
        outcome = frame_feed(&parser, (struct slice){.data = bytes, .length = (size_t)got}, &taken,
                             &error);
        cr_assert_eq(recv(connection, bytes, taken, 0), (ssize_t)taken);
    }
    cr_assert_eq(outcome, FRAME_COMPLETE);
    cJSON *request = json_parse(buffer_slice(&parser.payload), NULL);
    cr_assert(request);
    frame_parser_clear(&parser);
    return request;
}

void answer(int connection, const char *payload)
{
    char *frame = memory_format("Content-Length: %zu\r\n\r\n%s", strlen(payload), payload);
    cr_assert_eq(send(connection, frame, strlen(frame), MSG_NOSIGNAL), (ssize_t)strlen(frame));
    free(frame);
}

int64_t version_of(const cJSON *request)
{
    return json_whole_number(json_get(request, "uloop"), "protocolVersion", 0);
}

int open_and_send(struct scene *scene)
{
    scene_open(scene);
    connect_and_send(scene);
    int connection = take_connection(scene);
    cJSON_Delete(take_request(scene, connection));
    return connection;
}

void expect_broken(struct scene *scene, enum error_code code, const char *words)
{
    run_until(scene, is_settled);
    cr_expect_eq(scene->client->phase, CLIENT_BROKEN);
    cr_expect_eq(scene->client->error.code, code);
    cr_expect(strstr(scene->client->error.message, words), "%s", scene->client->error.message);
}
