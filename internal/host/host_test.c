#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "process/process.h"
#include "project/endpoint.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STATE_FOLDER "Temp/UnityCliLoop"

/* Starts a server that must refuse, and returns what it said. */
static struct program_end refused(struct serving *serving)
{
    const char *const arguments[] = {ULOOP_PROGRAM, "serve", "--project-path",
                                     serving->project->root, NULL};
    struct program_end end = program_run(arguments, NULL, NULL);
    cr_expect_neq(end.exit_code, 0);
    cr_expect_str_eq(end.out, "");
    return end;
}

static void expect_in_use(struct serving *serving, long pid)
{
    struct program_end end = refused(serving);
    char *named = memory_format("process %ld", pid);
    cr_expect_eq(end.exit_code, 5, "%s", end.err);
    cr_expect(strstr(end.err, named), "%s is not in: %s", named, end.err);
    free(named);
    program_end_clear(&end);
}

Test(host, is_ready_only_when_it_answers)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    cJSON *state = serving_state(serving);
    char *started = process_start_token(program_pid(serving->program));
    cr_expect_str_eq(json_string(state, "phase"), "ready");
    cr_expect_str_eq(json_string(state, "endpoint"), serving->socket);
    cr_expect_eq(json_whole_number(state, "ownerPid", 0), program_pid(serving->program));
    cr_expect_str_eq(json_string(state, "ownerStartedAt"), started);
    serving_expect_alive(serving);
    free(started);
    cJSON_Delete(state);
    serving_stop(serving);
}

Test(host, has_its_socket_in_a_folder_that_is_not_a_link)
{
    struct serving *serving = serving_new();
    struct stat found;
    serving_start(serving, NULL);
    cr_assert_eq(lstat("/tmp/uloop", &found), 0);
    cr_expect(S_ISDIR(found.st_mode));
    cr_assert_eq(lstat(serving->socket, &found), 0);
    cr_expect(S_ISSOCK(found.st_mode));
    serving_stop(serving);
}

static void expect_stopped_by(int number)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    program_signal(serving->program, number);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    cr_expect_eq(end.exit_code, 0);
    cr_expect_neq(access(serving->socket, F_OK), 0);
    program_end_clear(&end);
    cJSON *state = serving_state(serving);
    cr_expect_str_eq(json_string(state, "phase"), "stopped");
    cJSON_Delete(state);
}

Test(host, stops_in_good_order_on_sigint)
{
    expect_stopped_by(SIGINT);
}

Test(host, stops_in_good_order_on_sighup)
{
    expect_stopped_by(SIGHUP);
}

Test(host, can_be_started_again)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    serving_stop(serving);
    serving_start(serving, NULL);
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(host, takes_over_what_a_killed_one_left)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    serving_kill(serving);
    cr_expect_eq(access(serving->socket, F_OK), 0);
    serving_start(serving, NULL);
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(host, refuses_a_project_that_another_host_serves)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    char *before = serving_generation(serving);
    expect_in_use(serving, program_pid(serving->program));
    char *after = serving_generation(serving);
    cr_expect_str_eq(before, after);
    serving_expect_alive(serving);
    serving_stop(serving);
    free(before);
    free(after);
}

/* As `uloop fix` has it for a moment. */
Test(host, begins_as_soon_as_one_who_cleans_up_lets_go_of_the_lock)
{
    struct serving *serving = serving_new();
    const char *path = temp_project_path(serving->project, STATE_FOLDER "/serve.lock");
    int lock = test_lock_hold(path, TEST_LOCK_OURS);
    expect_in_use(serving, getpid());
    const char *const arguments[] = {ULOOP_PROGRAM, "serve", "--project-path",
                                     serving->project->root, NULL};
    serving->program = program_start(arguments, NULL, NULL);
    program_await_error_text(serving->program, "Trying again");
    (void)close(lock);
    program_await_output_text(serving->program, "ready on ");
    serving_stop(serving);
}

/* The state of a host that does not hold the lock any more: it is dying, or its lock was removed.
 */
static struct program *leave_owner(struct serving *serving, const char *phase)
{
    const char *const arguments[] = {"/bin/sleep", "1000", NULL};
    struct program *owner = program_start(arguments, NULL, NULL);
    char *token = process_start_token(program_pid(owner));
    char *state = memory_format("{\"phase\":\"%s\",\"generationId\":\"g\",\"ownerPid\":%d,"
                                "\"ownerStartedAt\":\"%s\"}",
                                phase, (int)program_pid(owner), token);
    temp_project_write(serving->project, STATE_FOLDER "/server-state.json", state);
    free(state);
    free(token);
    return owner;
}

Test(host, begins_when_one_that_is_dying_has_gone)
{
    struct serving *serving = serving_new();
    struct program *owner = leave_owner(serving, "ready");
    const char *const arguments[] = {ULOOP_PROGRAM, "serve", "--project-path",
                                     serving->project->root, NULL};
    serving->program = program_start(arguments, NULL, NULL);
    program_await_error_text(serving->program, "waiting for its end");
    program_signal(owner, SIGKILL);
    program_await_output_text(serving->program, "ready on ");
    serving_stop(serving);
}

Test(host, refuses_a_project_whose_owner_goes_on_without_the_lock)
{
    struct serving *serving = serving_new();
    struct program *owner = leave_owner(serving, "ready");
    struct program_end end = refused(serving);
    cr_expect_eq(end.exit_code, 5, "%s", end.err);
    cr_expect(strstr(end.err, "uloop serve --stop"), "%s", end.err);
    program_end_clear(&end);
    program_signal(owner, SIGKILL);
}

Test(host, begins_at_once_behind_one_that_has_stopped)
{
    struct serving *serving = serving_new();
    struct program *owner = leave_owner(serving, "stopped");
    serving_start(serving, NULL);
    serving_stop(serving);
    program_signal(owner, SIGKILL);
}

/* The lock may be gone with Temp; the endpoint is not. */
Test(host, refuses_a_project_whose_endpoint_answers)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    cr_assert_eq(unlink(temp_project_path(serving->project, STATE_FOLDER "/serve.lock")), 0);
    cr_assert_eq(unlink(temp_project_path(serving->project, STATE_FOLDER "/server-state.json")), 0);
    cr_assert_eq(unlink(temp_project_path(serving->project, STATE_FOLDER "/server-state.json.bak")),
                 0);
    expect_in_use(serving, program_pid(serving->program));
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(host, refuses_a_project_that_an_editor_has_open)
{
    struct serving *serving = serving_new();
    struct program *unity = program_start_fake_unity(serving->project->root);
    expect_in_use(serving, program_pid(unity));
    cr_expect_not(temp_project_has(serving->project, STATE_FOLDER "/server-state.json"));
}

Test(host, finds_the_editor_behind_the_state_of_a_dead_host)
{
    struct serving *serving = serving_new();
    serving_start(serving, NULL);
    serving_kill(serving);
    struct program *unity = program_start_fake_unity(serving->project->root);
    expect_in_use(serving, program_pid(unity));
}

static void expect_link_refused(const char *folder)
{
    struct serving *serving = serving_new();
    struct temp_project *elsewhere = temp_folder_new();
    const char *path = temp_project_path(serving->project, folder);
    (void)rmdir(path);
    cr_assert_eq(symlink(elsewhere->root, path), 0);
    struct program_end end = refused(serving);
    cr_expect_eq(end.exit_code, 7, "%s", end.err);
    cr_expect(strstr(end.err, path) && strstr(end.err, "is a symbolic link"), "%s", end.err);
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    program_end_clear(&end);
}

Test(host, refuses_a_project_whose_folder_of_states_or_results_is_a_link)
{
    expect_link_refused(STATE_FOLDER);
    expect_link_refused(STATE_FOLDER "/compile-results");
}

Test(host, serves_a_project_whose_temp_and_library_are_links)
{
    struct serving *serving = serving_new();
    struct temp_project *elsewhere = temp_folder_new();
    const char *compiler = serving_compiler(serving, "");
    cr_assert_eq(
        rename(temp_project_path(serving->project, "Temp"), temp_project_path(elsewhere, "Temp")),
        0);
    cr_assert_eq(
        symlink(temp_project_path(elsewhere, "Temp"), temp_project_path(serving->project, "Temp")),
        0);
    cr_assert_eq(symlink(temp_project_make_folder(elsewhere, "Library"),
                         temp_project_path(serving->project, "Library")),
                 0);
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    serving_expect_success(
        serving_compile(serving, "{\"WaitForDomainReload\":true,\"RequestId\":\"one\"}"), "");
    cr_expect(temp_project_has(elsewhere, "Library/ScriptAssemblies/Assembly-CSharp.dll"));
    serving_stop(serving);
}

Test(host, leaves_alone_what_is_no_socket)
{
    struct serving *serving = serving_new();
    FILE *file = fopen(serving->socket, "w");
    if (!file) {
        cr_assert(mkdir("/tmp/uloop", 0700) == 0 || errno == EEXIST); /* another test's */
        file = fopen(serving->socket, "w");
    }
    cr_assert(file);
    (void)fclose(file);
    struct program_end end = refused(serving);
    cr_expect(strstr(end.err, "is no socket"), "%s", end.err);
    cr_expect_eq(access(serving->socket, F_OK), 0);
    program_end_clear(&end);
}

Test(host, says_that_a_reference_is_not_there)
{
    struct serving *serving = serving_new();
    const char *const arguments[] = {
        ULOOP_PROGRAM, "serve", "--project-path", serving->project->root, "--reference",
        "none.dll",    NULL};
    struct program_end end = program_run(arguments, NULL, NULL);
    cr_expect_eq(end.exit_code, 2);
    cr_expect(strstr(end.err, "none.dll"), "%s", end.err);
    cr_expect_not(temp_project_has(serving->project, STATE_FOLDER "/server-state.json"));
    program_end_clear(&end);
}

Test(host, reports_a_state_that_cannot_be_written)
{
    struct serving *serving = serving_new();
    temp_project_make_folder(serving->project, STATE_FOLDER "/server-state.json.tmp.write/x");
    struct program_end end = refused(serving);
    cr_expect_eq(end.exit_code, 7);
    cr_expect(strstr(end.err, "server-state.json.tmp.write"), "%s", end.err);
    cr_expect_neq(access(serving->socket, F_OK), 0);
    program_end_clear(&end);
}
