/* One request on one connection. */

#include "ipc/client_scene_test.h"

#include "ipc/token.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(client, tells_what_every_generation_wants_to_know)
{
    struct scene scene;
    scene_open(&scene);
    connect_and_send(&scene);
    int connection = take_connection(&scene);
    cJSON *request = take_request(&scene, connection);
    const cJSON *metadata = json_get(request, "uloop");
    cr_expect_str_eq(json_string(metadata, "cliVersion"), "3.0.0");
    cr_expect_str_eq(json_string(metadata, "projectRunnerVersion"), "3.0.0");
    cr_expect_eq(version_of(request), DESTINATION_PROTOCOL_VERSION);
    cr_expect(cJSON_IsTrue(json_get(metadata, "acceptsDispatchAck")));
    cr_expect(cJSON_IsTrue(json_get(metadata, "acceptsHeartbeat")));
    cr_expect_null(json_get(metadata, "token"));
    cJSON_Delete(request);
    answer(connection, FINAL);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    cr_expect(slice_equals(scene.client->result, "{\"Passed\":3}"));
    (void)close(connection);
    scene_close(&scene);
}

Test(client, sends_once_more_with_the_protocol_version_that_is_asked_for)
{
    struct scene scene;
    scene_open(&scene);
    connect_and_send(&scene);
    int first = take_connection(&scene);
    cJSON_Delete(take_request(&scene, first));
    answer(first, REFUSAL("7"));
    int second = take_connection(&scene);
    cJSON *request = take_request(&scene, second);
    cr_expect_eq(version_of(request), 7);
    cr_expect_str_eq(json_string(request, "method"), "run-tests");
    cr_expect_eq(json_whole_number(request, "id", 0), 1);
    cJSON_Delete(request);
    cr_expect_eq(scene.client->phase, CLIENT_SENT);
    answer(second, FINAL);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    client_close(scene.client);
    connect_and_send(&scene); /* the destination remembers */
    int third = take_connection(&scene);
    request = take_request(&scene, third);
    cr_expect_eq(version_of(request), 7);
    cJSON_Delete(request);
    (void)close(first);
    (void)close(second);
    (void)close(third);
    scene_close(&scene);
}

Test(client, tells_of_a_refusal_that_another_version_does_not_mend)
{
    static const char *const REFUSALS[] = {REFUSAL("1"), REFUSAL("0"), REFUSAL("-3"),
                                           REFUSAL("\"7\""), REFUSAL("null")};
    for (size_t at = 0; at < sizeof(REFUSALS) / sizeof(REFUSALS[0]); at++) {
        struct scene scene;
        int connection = open_and_send(&scene);
        answer(connection, REFUSALS[at]);
        run_until(&scene, is_settled);
        cr_expect_eq(scene.client->phase, CLIENT_REFUSED, "%s", REFUSALS[at]);
        cr_expect_eq(scene.client->error.code, E_CLI_UPDATE_REQUIRED);
        (void)close(connection);
        scene_close(&scene);
    }
}

Test(client, does_not_send_a_third_time)
{
    struct scene scene;
    int first = open_and_send(&scene);
    answer(first, REFUSAL("7"));
    int second = take_connection(&scene);
    cJSON_Delete(take_request(&scene, second));
    answer(second, REFUSAL("8"));
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_REFUSED);
    (void)close(first);
    (void)close(second);
    scene_close(&scene);
}

/* Between reading and closing, in the turn of the loop in which the refusal came. */
static void close_in_between(uv_check_t *check)
{
    struct scene *scene = check->data;
    if (!scene->client || !uv_is_closing(&scene->client->stream.handle))
        return;
    client_close(scene->client);
    scene->client = NULL;
    uv_close((uv_handle_t *)check, NULL);
}

Test(client, may_be_closed_while_it_connects_once_more)
{
    struct scene scene;
    uv_check_t check;
    int connection = open_and_send(&scene);
    cr_assert_eq(uv_check_init(&scene.loop, &check), 0);
    check.data = &scene;
    cr_assert_eq(uv_check_start(&check, close_in_between), 0);
    answer(connection, REFUSAL("7"));
    cr_expect_eq(uv_run(&scene.loop, UV_RUN_DEFAULT), 0);
    cr_expect_null(scene.client);
    (void)close(connection);
    scene_close(&scene);
}

Test(client, tells_of_a_server_that_is_gone_when_it_connects_once_more)
{
    struct scene scene;
    int connection = open_and_send(&scene);
    cr_assert_eq(unlink(scene.address), 0);
    answer(connection, REFUSAL("7"));
    expect_broken(&scene, E_DISCONNECTED, "lost");
    (void)close(connection);
    scene_close(&scene);
}

Test(client, sends_its_token_over_loopback_tcp)
{
    struct scene scene;
    scene_open_tcp(&scene);
    scene.destination.token = TOKEN;
    connect_and_send(&scene);
    int connection = take_connection(&scene);
    cJSON *request = take_request(&scene, connection);
    cr_expect_str_eq(json_string(json_get(request, "uloop"), "token"), TOKEN);
    cJSON_Delete(request);
    answer(connection,
           "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32600,\"message\":\"m\","
           "\"data\":{\"type\":\"unauthorized\",\"message\":\"The token is wrong.\"}}}");
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_REFUSED);
    cr_expect_eq(scene.client->error.code, E_ENDPOINT_DENIED);
    cr_expect_str_eq(scene.client->error.message, "The token is wrong.");
    (void)close(connection);
    scene_close(&scene);
}

/* The server knows it by its first request, and takes a large one then. */
Test(client, introduces_itself_before_a_large_request_over_loopback_tcp)
{
    struct scene scene;
    scene_open_tcp(&scene);
    scene.destination.token = TOKEN;
    char *params = memory_format("{\"Code\":\"%0*d\"}", (int)TOKEN_MOST_WITHOUT, 0);
    scene.client = client_connect(&scene.loop, &scene.destination, on_change, &scene);
    run_until(&scene, is_connected_or_not);
    client_send(scene.client, &(struct rpc_request){.method = "execute-dynamic-code",
                                                    .params_json = params,
                                                    .project_root = "/p",
                                                    .id = 1});
    int connection = take_connection(&scene);
    cJSON *request = take_request(&scene, connection);
    cr_expect_str_eq(json_string(request, "method"), "get-version");
    cr_expect_str_eq(json_string(json_get(request, "uloop"), "token"), TOKEN);
    cJSON_Delete(request);
    answer(connection, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"Ver\":\"1\"}}");
    request = take_request(&scene, connection);
    cr_expect_str_eq(json_string(request, "method"), "execute-dynamic-code");
    cr_expect_str_eq(json_string(json_get(request, "uloop"), "token"), TOKEN);
    cJSON_Delete(request);
    answer(connection, FINAL);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    cr_expect(slice_equals(scene.client->result, "{\"Passed\":3}"));
    free(params);
    (void)close(connection);
    scene_close(&scene);
}

static void expect_unreached(struct scene *scene, int status)
{
    scene->client = client_connect(&scene->loop, &scene->destination, on_change, scene);
    cr_expect_eq(scene->changes, 0, "it is told of a failure before it has the client");
    run_until(scene, is_connected_or_not);
    cr_expect_eq(scene->client->phase, CLIENT_UNREACHED);
    cr_expect_eq(scene->client->status, status, "%s", uv_strerror(scene->client->status));
}

Test(client, tells_that_nobody_listens)
{
    struct scene scene;
    scene_open(&scene);
    cr_assert_eq(unlink(scene.address), 0);
    expect_unreached(&scene, UV_ENOENT);
    scene_close(&scene);
    scene_open_tcp(&scene);
    cr_assert_eq(shutdown(scene.listener, SHUT_RDWR), 0);
    expect_unreached(&scene, UV_ECONNREFUSED);
    scene_close(&scene);
}

Test(client, goes_nowhere_but_to_loopback)
{
    struct scene scene;
    scene_open(&scene);
    scene.destination.address = "tcp:10.0.0.1:1";
    expect_unreached(&scene, UV_EINVAL);
    scene_close(&scene);
}
