/*
 * A server whose socket is taken away from outside, as cleaners of temporary files do. The server
 * runs in the test's own loop where its pauses are to be other ones than the program's.
 */

#include "host/server_parts.h"
#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void remove_socket(struct serving *serving)
{
    cr_assert_eq(unlink(serving->socket), 0);
}

Test(recovery, listens_again_after_the_socket_was_removed)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    int connection = serving_connect(serving);
    for (int i = 0; i < 3; i++) {
        remove_socket(serving);
        serving_await_reload(serving);
        serving_expect_alive(serving);
    }
    /* Whoever was connected has lost nothing. */
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1}");
    cJSON *answer = serving_receive(connection);
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
    cJSON *state = serving_state(serving);
    cr_expect_str_eq(json_string(state, "reason"), "server-recovery");
    cJSON_Delete(state);
    program_await_error_text(serving->program, "recovering [server-recovery]");
    serving_stop(serving);
    (void)close(connection);
}

Test(recovery, listens_again_when_another_file_has_the_name_of_the_socket)
{
    struct serving *serving = serving_new();
    char *aside = memory_format("%s.aside", serving->socket);
    serving_start(serving, NULL);
    cr_assert_eq(rename(serving->socket, aside), 0);
    serving_await_reload(serving);
    serving_expect_alive(serving);
    serving_stop(serving);
    cr_assert_eq(unlink(aside), 0);
    free(aside);
}

/* A server that compiles, and goes on when the gate is opened. */
struct compiling {
    struct serving *serving;
    int gate;
    int connection; /* of the client whose compile it is */
};

static struct compiling start_compiling(const char *script)
{
    struct compiling compiling = {.serving = serving_new()};
    char *gated = memory_format("read -r opened < gate\n%s", script);
    const char *compiler = serving_compiler(compiling.serving, gated);
    const char *path = temp_project_path(compiling.serving->project, "gate");
    cr_assert_eq(mkfifo(path, 0600), 0);
    compiling.gate = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(compiling.gate, 0);
    serving_start(compiling.serving, (const char *const[]){"--compiler", compiler, NULL});
    compiling.connection = serving_connect(compiling.serving);
    serving_send_frame(compiling.connection,
                       "{\"jsonrpc\":\"2.0\",\"method\":\"compile\",\"id\":1}");
    serving_await(compiling.serving, "compiling", "compilation-started");
    free(gated);
    return compiling;
}

static cJSON *end_compiling(struct compiling *compiling)
{
    cr_assert_eq(write(compiling->gate, "\n", 1), 1);
    cJSON *answer = serving_receive(compiling->connection);
    cJSON *result = cJSON_DetachItemFromObject(answer, "result");
    cJSON_Delete(answer);
    (void)close(compiling->connection);
    (void)close(compiling->gate);
    return result;
}

/* Removes the socket, and returns when another one is there and answers. */
static void disturb(struct compiling *compiling)
{
    remove_socket(compiling->serving);
    serving_await(compiling->serving, "recovering", "server-recovery");
    program_await_error_text(compiling->serving->program, "The compile goes on.");
    serving_expect_alive(compiling->serving);
    cJSON *state = serving_state(compiling->serving);
    cr_expect_str_eq(json_string(state, "phase"), "recovering", "a compile still runs");
    cJSON_Delete(state);
}

/* The program ends, and its log has these phases in this order, and no other `ready`. */
static void expect_phases(struct serving *serving, const char *const *phases)
{
    program_signal(serving->program, SIGTERM);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    const char *at = end.err;
    for (; *phases; phases++) {
        const char *found = strstr(at, *phases);
        const char *ready = strstr(at, " ready [");
        cr_assert(found, "%s is missing in: %s", *phases, end.err);
        cr_expect(!ready || ready >= found, "ready before %s in: %s", *phases, end.err);
        at = found + strlen(*phases);
    }
    program_end_clear(&end);
}

Test(recovery, loads_a_compile_that_went_on_before_it_says_ready)
{
    struct compiling compiling = start_compiling("");
    struct serving *serving = compiling.serving;
    disturb(&compiling);
    serving_expect_success(end_compiling(&compiling), "Compiled 1");
    serving_await_reload(serving);
    serving_expect_alive(serving);
    expect_phases(serving, (const char *const[]){" ready [manual-start]", " compiling [",
                                                 " recovering [server-recovery]",
                                                 " reloading [domain-reload-before]",
                                                 " recovering [domain-reload-after]",
                                                 " ready [server-recovery]", " stopping [", NULL});
}

Test(recovery, says_ready_when_a_compile_that_went_on_has_failed)
{
    struct compiling compiling = start_compiling("echo 'Assets/A.cs(1,1): error CS1: x'; exit 1");
    struct serving *serving = compiling.serving;
    disturb(&compiling);
    serving_expect_error(end_compiling(&compiling), "error CS1: x");
    serving_await_reload(serving);
    serving_expect_error(
        (serving_compiler(serving, "echo 'Assets/A.cs(1,1): error CS2: y'; exit 1"),
         serving_compile(serving, "{}")),
        "error CS2: y");
    serving_stop(serving);
}

/* A server in the test's own loop. */
struct local {
    struct serving *serving;
    struct project project;
    struct log log;
    struct host_recovery recovery;
    struct host_options options;
    struct server_place place;
    uv_loop_t loop;
    uv_timer_t limit;
    struct server *server;
    int ready; /* how often it was */
    bool ended;
    enum error_code code; /* why */
    char *message;
};

static void on_ready(void *context)
{
    struct local *local = context;
    local->ready++;
}

static void on_ended(void *context, const struct error *fault)
{
    struct local *local = context;
    local->ended = true;
    local->code = fault ? fault->code : E_NONE;
    local->message = memory_copy_string(fault ? fault->message : "");
}

static void on_limit(uv_timer_t *timer)
{
    struct local *local = timer->data;
    testkit_fail("the server stays in %s", phase_name(local->server->lifecycle.now.phase));
}

static void start_local(struct local *local, struct host_recovery recovery, const char *compiler)
{
    struct error error = {0};
    const struct server_events events = {on_ready, on_ended, local};
    *local = (struct local){.serving = serving_new(), .recovery = recovery};
    cr_assert(project_open(local->serving->project->root, &local->project, &error));
    local->options = (struct host_options){
        .project = &local->project,
        .compiler = {.program = compiler ? serving_compiler(local->serving, compiler) : NULL},
        .compile_timeout_ms = TESTKIT_LIMIT_MS,
        .log = &local->log,
        .recovery = &local->recovery,
    };
    local->place = (struct server_place){.socket = local->serving->socket, .is_shared = true};
    cr_assert_eq(uv_loop_init(&local->loop), 0);
    (void)uv_timer_init(&local->loop, &local->limit);
    local->limit.data = local;
    (void)uv_timer_start(&local->limit, on_limit, TESTKIT_LIMIT_MS, 0);
    local->server = server_start(&local->loop, &local->options, &local->place, &events, &error);
    cr_assert(local->server, "%s", error.message);
    while (local->ready == 0)
        (void)uv_run(&local->loop, UV_RUN_ONCE);
}

static void run_to_end(struct local *local)
{
    while (!local->ended)
        (void)uv_run(&local->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&local->limit, NULL);
    (void)uv_run(&local->loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&local->loop), 0);
    server_free(local->server);
}

static void end_local(struct local *local)
{
    free(local->message);
    project_clear(&local->project);
}

static void expect_state(struct local *local, const char *phase, const char *reason,
                         const char *last_error)
{
    cJSON *state = serving_state(local->serving);
    cr_expect_str_eq(json_string(state, "phase"), phase);
    cr_expect_str_eq(json_string(state, "reason"), reason);
    if (last_error)
        cr_expect_str_eq(json_string(state, "lastError"), last_error);
    else
        cr_expect(cJSON_IsNull(json_get(state, "lastError")));
    cJSON_Delete(state);
}

/* Removes the socket, and puts a socket of the test's own in its place. */
static int take_place(struct local *local)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    remove_socket(local->serving);
    memcpy(address.sun_path, local->serving->socket, strlen(local->serving->socket));
    cr_assert_eq(bind(other, (const struct sockaddr *)&address, sizeof(address)), 0);
    return other;
}

#define NO_PAUSE ((struct host_recovery){.pause_ms = {1, 1, 1}, .look_ms = 3600000})

Test(recovery, gives_up_after_its_last_try_and_says_why)
{
    struct local local;
    start_local(&local, NO_PAUSE, NULL);
    int other = take_place(&local);
    run_to_end(&local);
    cr_expect_eq(local.ready, 1);
    cr_expect_eq(local.code, E_SYSTEM);
    cr_expect(strstr(local.message, "Cannot listen at"), "%s", local.message);
    expect_state(&local, "failed", "server-recovery", local.message);
    cr_expect_eq(access(local.serving->socket, F_OK), 0, "a socket of others was removed");
    (void)close(other);
    end_local(&local);
}

Test(recovery, tries_again_after_a_pause)
{
    struct local local;
    /* The second pause would be longer than the test lasts: it is not to come to it. */
    start_local(&local, (struct host_recovery){{1, 3600000, 3600000}, 3600000}, NULL);
    for (int ready = 1; ready <= 2; ready++) {
        int other = take_place(&local);
        while (local.server->tries == 0)
            (void)uv_run(&local.loop, UV_RUN_ONCE);
        expect_state(&local, "recovering", "server-recovery", NULL);
        remove_socket(local.serving);
        (void)close(other);
        while (local.ready == ready)
            (void)uv_run(&local.loop, UV_RUN_ONCE);
        expect_state(&local, "ready", "server-recovery", NULL);
        cr_expect_eq(local.server->tries, 0);
    }
    server_stop(local.server);
    run_to_end(&local);
    cr_expect_eq(local.code, E_NONE, "%s", local.message);
    cr_expect_neq(access(local.serving->socket, F_OK), 0);
    end_local(&local);
}

Test(recovery, can_be_stopped_during_a_pause)
{
    struct local local;
    start_local(&local, (struct host_recovery){{3600000, 3600000, 3600000}, 3600000}, NULL);
    int other = take_place(&local);
    while (local.server->tries == 0)
        (void)uv_run(&local.loop, UV_RUN_ONCE);
    server_stop(local.server);
    run_to_end(&local);
    cr_expect_eq(local.code, E_NONE, "%s", local.message);
    expect_state(&local, "stopped", "manual-stop", NULL);
    cr_expect_eq(access(local.serving->socket, F_OK), 0, "a socket of others was removed");
    (void)close(other);
    end_local(&local);
}

/* Compiles, and runs the loop until a phase. */
static void compile_until(struct local *local, enum phase phase)
{
    int connection = serving_connect(local->serving);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"compile\"}");
    while (local->server->lifecycle.now.phase != phase)
        (void)uv_run(&local->loop, UV_RUN_ONCE);
    (void)close(connection);
}

Test(recovery, is_stopped_when_another_server_has_the_endpoint_after_a_reload)
{
    struct local local;
    start_local(&local, NO_PAUSE, "");
    compile_until(&local, PHASE_RELOADING);
    int other = take_place(&local);
    run_to_end(&local);
    cr_expect_eq(local.code, E_PROJECT_IN_USE, "%s", local.message);
    expect_state(&local, "stopped", "domain-reload-after-no-server", NULL);
    cr_expect_eq(access(local.serving->socket, F_OK), 0, "a socket of others was removed");
    (void)close(other);
    end_local(&local);
}

Test(recovery, ends_a_compile_when_it_gives_up)
{
    struct local local;
    start_local(&local, NO_PAUSE, "exec sleep 1000");
    compile_until(&local, PHASE_COMPILING);
    int other = take_place(&local);
    run_to_end(&local);
    expect_state(&local, "failed", "server-recovery", local.message);
    (void)close(other);
    end_local(&local);
}

Test(recovery, tries_again_when_the_socket_goes_before_the_probe_was_answered)
{
    struct local local;
    start_local(&local, NO_PAUSE, "");
    compile_until(&local, PHASE_RECOVERING);
    remove_socket(local.serving);
    while (local.ready == 1)
        (void)uv_run(&local.loop, UV_RUN_ONCE);
    expect_state(&local, "ready", "server-recovery", NULL);
    server_stop(local.server);
    run_to_end(&local);
    cr_expect_eq(local.code, E_NONE, "%s", local.message);
    end_local(&local);
}
