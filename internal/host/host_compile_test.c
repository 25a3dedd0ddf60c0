#include "host/serving_test.h"

#include "base/memory.h"
#include "host/compiler.h"
#include "json/json.h"
#include "process/process.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FOLDER "Temp/UnityCliLoop"
#define RESULTS      STATE_FOLDER "/compile-results"
#define OUTPUT       "Library/ScriptAssemblies"

/* A compiler that says when it has come, and waits until the test lets it go on. */
#define GATED_SCRIPT "echo > arrived; read -r opened < gate"

struct gate {
    int arrived, open; /* both ends of both pipes: opening them blocks nobody */
};

static int make_pipe(struct serving *serving, const char *name)
{
    const char *path = temp_project_path(serving->project, name);
    cr_assert_eq(mkfifo(path, 0600), 0);
    int pipe = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(pipe, 0);
    return pipe;
}

static struct serving *serve_gated(struct gate *gate)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, GATED_SCRIPT);
    *gate =
        (struct gate){.arrived = make_pipe(serving, "arrived"), .open = make_pipe(serving, "gate")};
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    return serving;
}

static void await_arrival(const struct gate *gate)
{
    char line;
    struct pollfd arrival = {.fd = gate->arrived, .events = POLLIN};
    cr_assert_eq(poll(&arrival, 1, TESTKIT_LIMIT_MS), 1, "no compiler comes to the gate");
    cr_assert_eq(read(gate->arrived, &line, 1), 1);
}

static void open_gate(const struct gate *gate)
{
    cr_assert_eq(write(gate->open, "\n", 1), 1);
}

static void send_compile(int connection, const char *params)
{
    char *payload = memory_format(
        "{\"jsonrpc\":\"2.0\",\"method\":\"compile\",\"params\":%s,\"id\":1}", params);
    serving_send_frame(connection, payload);
    free(payload);
}

Test(host_compile, goes_through_a_reload_to_a_new_generation)
{
    struct serving *serving = serving_with("");
    char *before = serving_generation(serving);
    int connection = serving_connect(serving);
    send_compile(connection, "{\"WaitForDomainReload\":true,\"RequestId\":\"one\"}");
    cJSON *answer = serving_receive(connection);
    serving_expect_success(cJSON_DetachItemFromObject(answer, "result"),
                           "Compiled 1 of 1 assembly");
    cJSON_Delete(answer);
    serving_await_close(connection); /* dropped by the reload, after the answer */
    serving_await_reload(serving);
    char *after = serving_generation(serving);
    cr_expect_str_neq(before, after);
    cr_expect(temp_project_has(serving->project, OUTPUT "/Assembly-CSharp.dll"));
    cr_expect_not(temp_project_has(serving->project, OUTPUT ".building"));
    serving_expect_alive(serving);
    serving_stop(serving);
    (void)close(connection);
    free(before);
    free(after);
}

Test(host_compile, publishes_every_phase_in_its_order)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_await_reload(serving);
    program_signal(serving->program, SIGTERM);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    static const char *const PHASES[] = {" starting [manual-start] ",
                                         " ready [manual-start] ",
                                         " compiling [compilation-started]",
                                         " ready [manual-start] ",
                                         " reloading [domain-reload-before]",
                                         " recovering [domain-reload-after]",
                                         " ready [server-recovery]",
                                         " stopping [manual-stop]",
                                         " stopped [manual-stop]"};
    const char *at = end.err;
    for (size_t phase = 0; phase < sizeof(PHASES) / sizeof(PHASES[0]); phase++) {
        at = strstr(at, PHASES[phase]);
        cr_assert(at, "%s is missing in: %s", PHASES[phase], end.err);
        at += strlen(PHASES[phase]);
    }
    program_end_clear(&end);
}

Test(host_compile, restores_the_old_generation_when_nothing_changed)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_await_reload(serving);
    char *before = serving_generation(serving);
    int connection = serving_connect(serving);
    send_compile(connection, "{}");
    cJSON *answer = serving_receive(connection);
    serving_expect_success(cJSON_DetachItemFromObject(answer, "result"), "Nothing changed");
    cJSON_Delete(answer);
    send_compile(connection, "{}"); /* no reload: the connection is still good */
    cJSON_Delete(serving_receive(connection));
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    serving_stop(serving);
    (void)close(connection);
    free(before);
    free(after);
}

Test(host_compile, compiles_again_what_changed_or_was_lost)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1");
    serving_await_reload(serving);
    temp_project_write(serving->project, "Assets/A.cs", "class B {}\n");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1");
    serving_await_reload(serving);
    cr_assert_eq(unlink(temp_project_path(serving->project, OUTPUT "/Assembly-CSharp.dll")), 0);
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1");
    serving_await_reload(serving);
    serving_stop(serving);
}

Test(host_compile, compiles_everything_when_forced)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1 of 1");
    serving_await_reload(serving);
    serving_expect_success(serving_compile(serving, "{\"ForceRecompile\":true}"),
                           "Compiled 1 of 1");
    serving_stop(serving);
}

Test(host_compile, answers_with_errors_and_keeps_the_old_libraries)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, "echo first > \"$out\"");
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_await_reload(serving);
    char *before = serving_generation(serving);
    serving_compiler(serving, "echo second > \"$out\"; "
                              "echo 'Assets/A.cs(3,4): error CS0103: no x' >&2; exit 1");
    serving_expect_error(serving_compile(serving, "{}"), "Assets/A.cs(3,4): error CS0103: no x");
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    cr_expect_str_eq(temp_project_read(serving->project, OUTPUT "/Assembly-CSharp.dll"), "first\n");
    cr_expect_not(temp_project_has(serving->project, OUTPUT ".building"));
    cJSON *logs = serving_call(serving, "get-logs", "{\"LogType\":\"Error\"}");
    cr_expect_eq(json_whole_number(json_get(logs, "result"), "TotalCount", -1), 1);
    cJSON_Delete(logs);
    serving_stop(serving);
    free(before);
    free(after);
}

/* Waits for the rename of a file, and tells whether it was in the folder of results. */
static bool next_rename_is_a_result(int changes, int results)
{
    static char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    static size_t length, at;
    if (at >= length) {
        struct pollfd ready = {.fd = changes, .events = POLLIN};
        cr_assert_eq(poll(&ready, 1, TESTKIT_LIMIT_MS), 1);
        ssize_t got = read(changes, events, sizeof(events));
        cr_assert_gt(got, 0);
        length = (size_t)got;
        at = 0;
    }
    const struct inotify_event *event = (const struct inotify_event *)(events + at);
    at += sizeof(*event) + event->len;
    return event->wd == results;
}

Test(host_compile, stores_the_result_before_compiling_ends)
{
    struct gate gate;
    struct serving *serving = serve_gated(&gate);
    int connection = serving_connect(serving);
    send_compile(connection, "{\"WaitForDomainReload\":true,\"RequestId\":\"a_B-1\"}");
    await_arrival(&gate); /* from here on the state does not change before the compiler ends */
    int changes = inotify_init1(IN_CLOEXEC);
    cr_assert_geq(
        inotify_add_watch(changes, temp_project_path(serving->project, STATE_FOLDER), IN_MOVED_TO),
        0);
    int results =
        inotify_add_watch(changes, temp_project_path(serving->project, RESULTS), IN_MOVED_TO);
    cr_assert_geq(results, 0);
    open_gate(&gate);
    cr_expect(next_rename_is_a_result(changes, results));
    cr_expect_not(next_rename_is_a_result(changes, results));
    cJSON *answer = serving_receive(connection);
    cJSON *stored =
        json_parse(slice_of(temp_project_read(serving->project, RESULTS "/a_B-1.json")), NULL);
    cr_expect(cJSON_Compare(stored, json_get(answer, "result"), true));
    cJSON_Delete(stored);
    cJSON_Delete(answer);
    (void)close(connection);
    (void)close(changes);
    serving_stop(serving);
}

Test(host_compile, stores_nothing_unless_asked)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{\"RequestId\":\"one\"}"), "Compiled");
    cr_expect_not(temp_project_has(serving->project, RESULTS "/one.json"));
    serving_stop(serving);
}

Test(host_compile, refuses_request_ids_that_lead_elsewhere)
{
    struct serving *serving = serving_with("");
    static const char *const IDS[] = {"\"../evil\"",   "\"a/b\"", "\"\"",       "\"a.b\"",
                                      "\"a\\u0000b\"", "7",       "\"\\u00e4\""};
    char *before = serving_generation(serving);
    for (size_t at = 0; at < sizeof(IDS) / sizeof(IDS[0]); at++) {
        char *params = memory_format("{\"WaitForDomainReload\":true,\"RequestId\":%s}", IDS[at]);
        serving_expect_fault(serving_call(serving, "compile", params), -32602);
        free(params);
    }
    char longest[10001] = {0};
    memset(longest, 'a', sizeof(longest) - 1);
    char *params = memory_format("{\"WaitForDomainReload\":true,\"RequestId\":\"%s\"}", longest);
    serving_expect_fault(serving_call(serving, "compile", params), -32602);
    serving_expect_fault(serving_call(serving, "compile", "{\"WaitForDomainReload\":true}"),
                         -32602);
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    cr_expect_not(temp_project_has(serving->project, RESULTS));
    cr_expect_not(temp_project_has(serving->project, STATE_FOLDER "/evil.json"));
    serving_stop(serving);
    free(params);
    free(before);
    free(after);
}

Test(host_compile, does_not_begin_when_the_results_folder_is_a_link)
{
    struct serving *serving = serving_with("");
    struct temp_project *elsewhere = temp_folder_new();
    char *before = serving_generation(serving);
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(serving->project, RESULTS)), 0);
    serving_expect_fault(
        serving_call(serving, "compile", "{\"WaitForDomainReload\":true,\"RequestId\":\"a\"}"),
        -32603);
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    serving_stop(serving);
    free(before);
    free(after);
}

static void expect_busy(cJSON *answer, const char *requested)
{
    const cJSON *data = json_get(json_get(answer, "error"), "data");
    cr_expect_str_eq(json_string(data, "type"), "server_busy");
    cr_expect_str_eq(json_string(data, "runningToolName"), "compile");
    cr_expect_str_eq(json_string(data, "requestedToolName"), requested);
    cr_expect(json_string(data, "message"));
    serving_expect_fault(answer, -32603);
}

Test(host_compile, keeps_other_tools_out_but_answers_probes)
{
    struct gate gate;
    struct serving *serving = serve_gated(&gate);
    int connection = serving_connect(serving);
    send_compile(connection, "{}");
    serving_await(serving, "compiling", "compilation-started");
    expect_busy(serving_call(serving, "get-logs", "{}"), "get-logs");
    expect_busy(serving_call(serving, "compile", "{}"), "compile");
    serving_expect_alive(serving);
    open_gate(&gate);
    cJSON *answer = serving_receive(connection);
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
    serving_await_reload(serving);
    cJSON_Delete(serving_call(serving, "get-logs", "{}"));
    serving_stop(serving);
    (void)close(connection);
}

Test(host_compile, goes_on_when_its_client_leaves)
{
    struct gate gate;
    struct serving *serving = serve_gated(&gate);
    int connection = serving_connect(serving);
    send_compile(connection, "{\"WaitForDomainReload\":true,\"RequestId\":\"left\"}");
    serving_await(serving, "compiling", "compilation-started");
    (void)close(connection);
    open_gate(&gate);
    serving_await_reload(serving);
    cr_expect(temp_project_has(serving->project, RESULTS "/left.json"));
    serving_stop(serving);
}

Test(host_compile, runs_for_a_notification_too)
{
    struct serving *serving = serving_with("");
    int connection = serving_connect(serving);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"compile\"}");
    serving_await_reload(serving);
    serving_await_close(connection); /* by the reload, and not one byte before */
    serving_stop(serving);
    (void)close(connection);
}

Test(host_compile, is_cancelled_by_a_stop)
{
    struct gate gate;
    struct serving *serving = serve_gated(&gate);
    serving_compiler(serving, "echo $$ > pid\n" GATED_SCRIPT);
    int connection = serving_connect(serving);
    send_compile(connection, "{}");
    await_arrival(&gate);
    long pid = strtol(temp_project_read(serving->project, "pid"), NULL, 10);
    serving_stop(serving);
    cr_expect_eq(process_look(pid), PROCESS_GONE);
    cr_expect_not(temp_project_has(serving->project, OUTPUT "/Assembly-CSharp.dll"));
    (void)close(connection);
}

Test(host_compile, is_refused_while_the_state_cannot_be_written)
{
    struct serving *serving = serving_with("");
    const char *obstacle = STATE_FOLDER "/server-state.json.tmp.write";
    char *before = serving_generation(serving);
    temp_project_make_folder(serving->project, obstacle);
    serving_expect_fault(serving_call(serving, "compile", "{}"), -32603);
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    serving_expect_alive(serving);
    cr_assert_eq(rmdir(temp_project_path(serving->project, obstacle)), 0);
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_stop(serving);
    free(before);
    free(after);
}

Test(host_compile, publishes_the_state_as_soon_as_it_can_be_written_again)
{
    struct gate gate;
    struct serving *serving = serve_gated(&gate);
    const char *obstacle = STATE_FOLDER "/server-state.json.tmp.write";
    int connection = serving_connect(serving);
    send_compile(connection, "{}");
    serving_await(serving, "compiling", "compilation-started");
    temp_project_make_folder(serving->project, obstacle);
    open_gate(&gate);
    cJSON *answer = serving_receive(connection);
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
    /* By now nothing is left to happen that would write it anyway. */
    program_await_error_text(serving->program, "ready [server-recovery]");
    serving_expect_alive(serving);
    cr_assert_eq(rmdir(temp_project_path(serving->project, obstacle)), 0);
    serving_await_reload(serving);
    serving_stop(serving);
    (void)close(connection);
}

Test(host_compile, compiles_the_sample_project_with_a_real_compiler)
{
    char *mcs = compiler_search_path("mcs");
    if (!mcs)
        cr_skip_test("mcs is not installed");
    free(mcs);
    struct temp_project *copy = temp_folder_new();
    const char *const arguments[] = {"/bin/cp", "-r", ULOOP_TESTDATA "/projects/hello/.",
                                     copy->root, NULL};
    struct program_end copied = program_run(arguments, NULL, NULL);
    cr_assert_eq(copied.exit_code, 0, "%s", copied.err);
    program_end_clear(&copied);
    struct serving *serving = serving_of(copy);
    serving_start(serving, NULL);
    cJSON *result =
        serving_compile(serving, "{\"WaitForDomainReload\":true,\"RequestId\":\"hello\"}");
    cr_expect_eq(json_whole_number(result, "WarningCount", -1), 0);
    serving_expect_success(result, "Compiled 5 of 5 assemblies");
    cr_expect(temp_project_has(copy, OUTPUT "/Hello.UI.dll"));
    serving_await_reload(serving);
    temp_project_write(copy, "Assets/Core/Broken.cs", "class Broken {\n    int x = \"no\";\n}\n");
    result = serving_compile(serving, "{}");
    const cJSON *error = cJSON_GetArrayItem(json_get(result, "Errors"), 0);
    cr_expect_str_eq(json_string(error, "File"), "Assets/Core/Broken.cs");
    cr_expect_eq(json_whole_number(error, "Line", -1), 2);
    serving_expect_error(result, "error CS0029");
    serving_stop(serving);
}
