/* What a server speaks when it is told to be of the second or third generation. */

#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FOLDER "Temp/UnityCliLoop"
#define SENDER                                                                                     \
    "\"uloop\":{\"cliVersion\":\"3.0.0\",\"protocolVersion\":1,\"acceptsDispatchAck\":true,"       \
    "\"acceptsHeartbeat\":true}"

/* A server with a compiler that waits until the test opens the gate. */
struct scene {
    struct serving *serving;
    int gate;
};

static struct scene serve(const char *generation)
{
    struct scene scene = {.serving = serving_new()};
    const char *compiler = serving_compiler(scene.serving, "read -r opened < gate");
    const char *path = temp_project_path(scene.serving->project, "gate");
    cr_assert_eq(mkfifo(path, 0600), 0);
    scene.gate = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(scene.gate, 0);
    if (strcmp(generation, "3") == 0)
        serving_move_socket(scene.serving);
    serving_start(scene.serving, (const char *const[]){"--generation", generation, "--heartbeat",
                                                       "0.02", "--compiler", compiler, NULL});
    return scene;
}

static void open_gate(const struct scene *scene)
{
    cr_assert_eq(write(scene->gate, "\n", 1), 1);
}

static void stop(struct scene *scene)
{
    serving_stop(scene->serving);
    (void)close(scene->gate);
}

static int begin(const struct scene *scene, const char *method, const char *params,
                 const char *sender)
{
    int connection = serving_connect(scene->serving);
    char *payload =
        memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s,\"id\":1,%s}", method,
                      params, sender);
    serving_send_frame(connection, payload);
    free(payload);
    return connection;
}

static cJSON *call(const struct scene *scene, const char *method, const char *params)
{
    int connection = begin(scene, method, params, SENDER);
    cJSON *answer = serving_receive(connection);
    (void)close(connection);
    return answer;
}

static void expect_status(const struct scene *scene, const char *request_id, bool is_ready,
                          bool is_compiling, const char *result_message)
{
    char *params = memory_format("{\"RequestId\":\"%s\"}", request_id);
    cJSON *answer = call(scene, "get-compile-status", params);
    const cJSON *status = json_get(answer, "result");
    const char *message = json_string(json_get(status, "Result"), "Message");
    cr_expect_eq(cJSON_IsTrue(json_get(status, "Ready")), is_ready);
    cr_expect_eq(cJSON_IsTrue(json_get(status, "IsCompiling")), is_compiling);
    cr_expect(cJSON_IsFalse(json_get(status, "IsUpdating")));
    cr_expect(cJSON_IsBool(json_get(status, "IsDomainReloadInProgress")));
    cr_expect_eq(cJSON_IsTrue(json_get(status, "HasResult")), result_message != NULL);
    cr_expect(json_string(status, "Message"));
    if (result_message)
        cr_expect(message && strstr(message, result_message), "%s", message);
    else
        cr_expect(cJSON_IsNull(json_get(status, "Result")));
    cJSON_Delete(answer);
    free(params);
}

/* Blocks until the server has gone through its first reload, which drops the connection. */
static void await_reload(const struct scene *scene, int connection)
{
    serving_await_close(connection);
    (void)close(connection);
    program_await_error_text(scene->serving->program, "ready [server-recovery]");
}

static const char *phase_of(const cJSON *frame)
{
    const char *phase = json_string(json_get(frame, "uloop"), "phase");
    return phase ? phase : "final";
}

static void expect_final(cJSON *frame, const char *message_begin)
{
    cr_expect_str_eq(phase_of(frame), "final");
    serving_expect_success(cJSON_DetachItemFromObject(frame, "result"), message_begin);
    cJSON_Delete(frame);
}

#define COMPILE "{\"WaitForDomainReload\":true,\"RequestId\":\"one\"}"

Test(generation, of_the_second_kind_tells_by_get_compile_status_and_not_by_files)
{
    struct scene scene = serve("2");
    int connection = begin(&scene, "compile", COMPILE, "\"uloop\":{}");
    expect_status(&scene, "one", false, true, NULL);
    open_gate(&scene);
    expect_final(serving_receive(connection), "Compiled 1 of 1");
    await_reload(&scene, connection);
    expect_status(&scene, "one", true, false, "Compiled 1 of 1");
    expect_status(&scene, "another", true, false, NULL);
    cr_expect_not(temp_project_has(scene.serving->project, STATE_FOLDER "/server-state.json"));
    cr_expect_not(temp_project_has(scene.serving->project, STATE_FOLDER "/compile-results"));
    stop(&scene);
    cr_expect_not(temp_project_has(scene.serving->project, STATE_FOLDER "/server-state.json"));
}

Test(generation, of_the_second_kind_removes_the_state_that_one_of_the_first_left)
{
    struct scene scene = serve("1");
    serving_stop(scene.serving);
    cr_assert(temp_project_has(scene.serving->project, STATE_FOLDER "/server-state.json"));
    serving_start(scene.serving, (const char *const[]){"--generation", "2", NULL});
    cr_expect_not(temp_project_has(scene.serving->project, STATE_FOLDER "/server-state.json"));
    cr_expect_not(temp_project_has(scene.serving->project, STATE_FOLDER "/server-state.json.bak"));
    stop(&scene);
}

Test(generation, of_the_second_kind_acknowledges_a_tool_to_who_accepts_it)
{
    struct scene scene = serve("2");
    int connection = begin(&scene, "get-logs", "{}", SENDER);
    cJSON *ack = serving_receive(connection);
    cr_expect_str_eq(phase_of(ack), "accepted");
    cr_expect(cJSON_IsTrue(json_get(json_get(ack, "result"), "accepted")));
    cr_expect_null(json_get(json_get(ack, "uloop"), "heartbeatIntervalSeconds"),
                   "none come, so none are promised");
    cJSON_Delete(ack);
    cJSON *answer = serving_receive(connection);
    cr_expect_str_eq(phase_of(answer), "final");
    cJSON_Delete(answer);
    (void)close(connection);
    connection = begin(&scene, "get-logs", "{}", "\"uloop\":{\"acceptsDispatchAck\":false}");
    answer = serving_receive(connection);
    cr_expect_str_eq(phase_of(answer), "final");
    cJSON_Delete(answer);
    (void)close(connection);
    stop(&scene);
}

Test(generation, of_the_second_kind_acknowledges_nothing_that_it_refuses)
{
    struct scene scene = serve("2");
    int connection = begin(&scene, "compile", "{}", "\"uloop\":{}");
    serving_expect_fault(call(&scene, "get-logs", "{}"), -32603); /* busy */
    serving_expect_fault(call(&scene, "get-logs", "{\"MaxCount\":\"x\"}"), -32602);
    serving_expect_fault(call(&scene, "no-such", "{}"), -32601);
    open_gate(&scene);
    cJSON_Delete(serving_receive(connection));
    await_reload(&scene, connection);
    stop(&scene);
}

Test(generation, of_the_third_kind_beats_while_a_tool_runs)
{
    struct scene scene = serve("3");
    int connection = begin(&scene, "compile", COMPILE, SENDER);
    cJSON *ack = serving_receive(connection);
    cr_expect_str_eq(phase_of(ack), "accepted");
    cr_expect_eq(cJSON_GetNumberValue(json_get(json_get(ack, "uloop"), "heartbeatIntervalSeconds")),
                 0.02);
    cJSON_Delete(ack);
    for (int beat = 0; beat < 5; beat++) {
        cJSON *frame = serving_receive(connection);
        cr_expect_str_eq(phase_of(frame), "heartbeat");
        cr_expect(cJSON_IsTrue(json_get(json_get(frame, "result"), "alive")));
        cr_expect_eq(json_whole_number(json_get(frame, "uloop"), "mainThreadStallSeconds", -1), 0);
        cr_expect_eq(json_whole_number(frame, "id", -1), 1);
        cJSON_Delete(frame);
    }
    open_gate(&scene);
    cJSON *frame = serving_receive(connection);
    while (strcmp(phase_of(frame), "heartbeat") == 0) {
        cJSON_Delete(frame);
        frame = serving_receive(connection);
    }
    expect_final(frame, "Compiled 1 of 1");
    await_reload(&scene, connection);
    expect_status(&scene, "one", true, false, "Compiled 1 of 1");
    stop(&scene);
}

Test(generation, of_the_third_kind_goes_on_when_the_client_it_beats_for_leaves)
{
    struct scene scene = serve("3");
    int watcher = serving_connect(scene.serving);
    int connection = begin(&scene, "compile", COMPILE, SENDER);
    cJSON_Delete(serving_receive(connection));
    cJSON_Delete(serving_receive(connection)); /* the first beat */
    (void)close(connection);
    expect_status(&scene, "one", false, true, NULL);
    open_gate(&scene);
    await_reload(&scene, watcher);
    expect_status(&scene, "one", true, false, "Compiled 1 of 1");
    stop(&scene);
}

Test(generation, of_the_third_kind_wants_its_own_protocol_version)
{
    static const char *const SENDERS[] = {
        "\"uloop\":{}",
        "\"uloop\":{\"cliVersion\":\"3.0.0\",\"protocolVersion\":2}",
        "\"uloop\":{\"protocolVersion\":\"1\"}",
        "\"uloop\":{\"protocolVersion\":-1}",
        "\"uloop\":{\"protocolVersion\":1000000000000000000000}",
        "\"other\":1",
    };
    struct scene scene = serve("3");
    for (size_t at = 0; at < sizeof(SENDERS) / sizeof(SENDERS[0]); at++) {
        int connection = begin(&scene, "get-version", "{}", SENDERS[at]);
        cJSON *answer = serving_receive(connection);
        const cJSON *data = json_get(json_get(answer, "error"), "data");
        cr_expect_str_eq(json_string(data, "type"), "cli_update_required", "%s", SENDERS[at]);
        cr_expect_eq(json_whole_number(data, "requiredProtocolVersion", 0), 1);
        cr_expect(json_get(data, "currentProtocolVersion"));
        serving_expect_fault(answer, -32603);
        (void)close(connection);
    }
    cJSON *answer = call(&scene, "get-version", "{}");
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
    stop(&scene);
}

Test(generation, of_the_third_kind_has_its_socket_in_a_folder_of_its_user)
{
    struct scene scene = serve("3");
    struct stat found;
    char *folder = memory_format("/tmp/uloop-%lu", (unsigned long)geteuid());
    cr_expect_eq(strncmp(scene.serving->socket, folder, strlen(folder)), 0);
    cr_assert_eq(lstat(folder, &found), 0);
    cr_expect(S_ISDIR(found.st_mode));
    cr_expect_eq(found.st_mode & 07777, 0700U);
    cr_expect_eq(found.st_uid, geteuid());
    stop(&scene);
    free(folder);
}

Test(generation, of_the_first_kind_neither_acknowledges_nor_beats)
{
    struct scene scene = serve("1");
    int connection = begin(&scene, "compile", COMPILE, SENDER);
    serving_await(scene.serving, "compiling", "compilation-started");
    expect_status(&scene, "one", false, true, NULL);
    open_gate(&scene);
    expect_final(serving_receive(connection), "Compiled 1 of 1");
    await_reload(&scene, connection);
    serving_await_reload(scene.serving);
    cr_expect(temp_project_has(scene.serving->project, STATE_FOLDER "/compile-results/one.json"));
    stop(&scene);
}
