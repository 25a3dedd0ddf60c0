/* What a command does with every state of the Editor, which the test plays. */

#include "editor_scene.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const BUSY_PHASES[] = {"starting", "compiling", "reloading", "recovering",
                                          "stopping"};
#define BUSY_COUNT (sizeof(BUSY_PHASES) / sizeof(BUSY_PHASES[0]))

static struct program *start_tool(const struct editor_scene *scene)
{
    return start_uloop(scene->project, "get-hierarchy", NULL, NULL);
}

/* Answers the one request that must be dispatched now, and expects the command to succeed. */
static void expect_dispatch(struct editor_scene *scene, struct program *uloop)
{
    struct test_request *request = test_editor_accept(scene->editor);
    cr_assert_str_eq(request->method, "get-hierarchy");
    test_request_answer(request, "{\"Objects\":[]}");
    expect_end(program_wait(uloop), 0, "\"Objects\": []");
    cr_assert_eq(test_editor_dispatched(scene->editor), (size_t)1);
}

Test(readiness, refuses_every_busy_state_whose_owner_is_gone)
{
    for (size_t i = 0; i < BUSY_COUNT; i++) {
        struct editor_scene scene = editor_scene_new_without_owner();
        test_editor_publish(scene.editor, BUSY_PHASES[i], TEST_GENERATION_A, "test");
        struct program *uloop = start_tool(&scene);
        expect_end(program_wait(uloop), 3, "stale recovery state file says Unity is still busy");
        editor_scene_free(&scene);
    }
}

Test(readiness, tells_the_stale_state_apart_by_its_details_and_says_uloop_fix)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_A, "domain-reload-before");
    struct program_end end = program_run(
        (const char *const[]){ULOOP_PROGRAM, "get-hierarchy", NULL}, scene.project->root, NULL);
    cJSON *envelope = cJSON_Parse(end.err);
    const cJSON *error = cJSON_GetObjectItem(envelope, "error");
    cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(error, "errorCode")),
                     "UNITY_NOT_REACHABLE");
    cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(error, "phase")), "connection");
    const char *next =
        cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(error, "nextActions"), 0));
    cr_assert_not_null(strstr(next, "uloop fix"));
    const cJSON *details = cJSON_GetObjectItem(error, "details");
    cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(details, "phase")), "reloading");
    cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(details, "reason")),
                     "domain-reload-before");
    cJSON_Delete(envelope);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(readiness, is_not_misled_by_an_editor_instance_file_whose_process_is_dead_or_another)
{
    struct temp_project *elsewhere = temp_project_new();
    struct program *other = program_start_fake_unity(elsewhere->root);
    const pid_t pids[] = {999999999, getpid(), program_pid(other)};
    for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
        struct editor_scene scene = editor_scene_new_without_owner();
        char instance[64];
        (void)snprintf(instance, sizeof(instance), "{\"process_id\":%d}", (int)pids[i]);
        temp_project_write(scene.project, "Library/EditorInstance.json", instance);
        test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
        expect_end(program_wait(start_tool(&scene)), 3, "stale recovery state");
        editor_scene_free(&scene);
    }
    program_free(other);
    temp_project_free(elsewhere);
}

Test(readiness, dispatches_in_a_busy_state_whose_owner_was_missed_but_whose_endpoint_answers)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    test_editor_listen(scene.editor);
    expect_dispatch(&scene, start_tool(&scene));
    cr_assert_eq(test_editor_probed(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}

Test(readiness, waits_through_every_busy_phase_and_dispatches_when_ready_comes)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, BUSY_PHASES[0], TEST_GENERATION_A, "test");
    struct program *uloop = start_tool(&scene);
    for (size_t i = 0; i < BUSY_COUNT; i++) {
        char seen[64];
        test_editor_publish(scene.editor, BUSY_PHASES[i], TEST_GENERATION_A, "test");
        (void)snprintf(seen, sizeof(seen), "state busy %s", BUSY_PHASES[i]);
        program_await_error_text(uloop, seen);
        cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)0);
    }
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "server-recovery");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, ends_when_the_owner_dies_during_the_wait)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "owner alive");
    editor_scene_kill_owner(&scene);
    program_await_error_text(uloop, "exited"); /* the event, not the next look */
    expect_end(program_wait(uloop), 3, "stale recovery state");
    editor_scene_free(&scene);
}

Test(readiness, ends_when_the_server_fails_or_stops_during_the_wait)
{
    static const struct {
        const char *phase, *reason, *words;
    } ENDS[] = {{"failed", "domain-reload-rollback", "reports that its server failed"},
                {"stopped", "editor-quitting", "is stopped (editor-quitting)"},
                {"stopped", "manual-stop", "is stopped (manual-stop)"}};
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        struct editor_scene scene = editor_scene_new();
        test_editor_publish(scene.editor, "reloading", TEST_GENERATION_A, "domain-reload-before");
        struct program *uloop = start_tool(&scene);
        program_await_error_text(uloop, "owner alive");
        test_editor_publish(scene.editor, ENDS[i].phase, TEST_GENERATION_B, ENDS[i].reason);
        expect_end(program_wait(uloop), 3, ENDS[i].words);
        editor_scene_free(&scene);
    }
}

Test(readiness, puts_the_reason_of_a_failure_into_a_sentence_of_its_own)
{
    static const char *const REASONS[][2] = {
        {"\"The probe timed out.\"", "server failed: The probe timed out.\""},
        {"\"No answer. \\n\"", "server failed: No answer.\""},
        {"\"...\"", "server failed: it gives no reason.\""},
        {"null", "server failed: it gives no reason.\""}};
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++) {
        struct editor_scene scene = editor_scene_new();
        char members[64];
        (void)snprintf(members, sizeof(members), "{\"lastError\":%s}", REASONS[i][0]);
        test_editor_publish_with(scene.editor, "failed", TEST_GENERATION_A, NULL, members);
        expect_end(program_wait(start_tool(&scene)), 3, REASONS[i][1]);
        editor_scene_free(&scene);
    }
}

Test(readiness, gives_a_server_that_was_found_stopped_a_moment_to_start_again)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "stopped", TEST_GENERATION_A, "editor-quitting");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "state stopped");
    test_editor_publish(scene.editor, "starting", TEST_GENERATION_B, "manual-start");
    program_await_error_text(uloop, "state busy starting");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "manual-start");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, ends_when_a_stopped_server_does_not_start_again)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "stopped", TEST_GENERATION_A, "editor-quitting");
    expect_end(program_wait(start_tool(&scene)), 3, "is stopped");
    editor_scene_free(&scene);
}

Test(readiness, refuses_a_server_stopped_by_hand_without_waiting)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "stopped", TEST_GENERATION_A, "manual-stop");
    struct program_end end = program_wait(start_tool(&scene));
    cr_assert_eq(end.exit_code, 3);
    cr_assert_null(strstr(end.err, ": wait"), "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(readiness, refuses_a_ready_state_at_once_when_nothing_listens_and_nobody_lives)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    struct program_end end = program_wait(start_tool(&scene));
    cr_assert_eq(end.exit_code, 3);
    cr_assert_null(strstr(end.err, ": retry"), "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(readiness, tries_again_while_a_living_editor_refuses)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    test_editor_stop_listening(scene.editor, false);
    struct program *uloop = start_tool(&scene);
    /* The pauses before this one, 50, 100, 200 and 400 ms, are over. */
    program_await_error_text(uloop, "connecting again in 800 ms");
    test_editor_listen(scene.editor);
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, waits_when_the_state_turns_busy_between_preflight_and_connect)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "no such file"); /* it wanted to dispatch */
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_listen(scene.editor);
    program_await_error_text(uloop, "state busy reloading");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)0);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, follows_the_state_when_temp_is_deleted_and_made_again)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "owner alive");
    test_editor_delete_state(scene.editor);
    cr_assert_eq(rmdir(temp_project_path(scene.project, "Temp/UnityCliLoop")), 0);
    cr_assert_eq(rmdir(temp_project_path(scene.project, "Temp")), 0);
    program_await_error_text(uloop, "state absent");
    temp_project_make_folder(scene.project, "Temp/UnityCliLoop");
    test_editor_publish(scene.editor, "recovering", TEST_GENERATION_B, "domain-reload-after");
    program_await_error_text(uloop, "state busy recovering");
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "server-recovery");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, notices_a_ready_that_was_published_while_it_was_stopped)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "owner alive");
    program_stop(uloop);
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "server-recovery");
    program_signal(uloop, SIGCONT);
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, cares_for_no_wall_clock)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish_with(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started",
                             "{\"updatedAt\":\"2099-01-01T00:00:00.0000000Z\"}");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "owner alive");
    test_editor_listen(scene.editor);
    test_editor_publish_with(scene.editor, "ready", TEST_GENERATION_A, "server-recovery",
                             "{\"updatedAt\":\"1999-01-01T00:00:00.0000000Z\"}");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, gives_up_at_its_timeout)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    expect_end(run_uloop(scene.project, "get-hierarchy", "--timeout", "0.05"), 4,
               "did not become ready in time");
    editor_scene_free(&scene);
}

Test(readiness, interrupted_while_waiting_exits_130)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "owner alive");
    program_signal(uloop, SIGINT);
    expect_end(program_wait(uloop), 130, "Interrupted");
    editor_scene_free(&scene);
}

Test(readiness, reads_a_half_written_state_again_until_it_is_whole)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    temp_project_write(scene.project, "Temp/UnityCliLoop/server-state.json", "{\"phase\":\"rea");
    struct program *uloop = start_tool(&scene);
    program_await_error_text(uloop, "not what an Editor writes");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    expect_dispatch(&scene, uloop);
    editor_scene_free(&scene);
}

Test(readiness, refuses_a_state_that_stays_unreadable_and_names_the_file)
{
    struct editor_scene scene = editor_scene_new();
    temp_project_write(scene.project, "Temp/UnityCliLoop/server-state.json", "[]");
    expect_end(program_wait(start_tool(&scene)), 3, "server-state.json");
    editor_scene_free(&scene);
}

Test(readiness, asks_the_endpoint_in_a_phase_it_does_not_know)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "defragmenting", TEST_GENERATION_A, "test");
    expect_dispatch(&scene, start_tool(&scene));
    cr_assert_eq(test_editor_probed(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}

Test(readiness, says_that_the_system_denies_the_socket)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    cr_assert_eq(chmod(test_editor_socket(scene.editor), 0600), 0);
    cr_assert_eq(chmod(scene.project->root, 0755), 0);
    struct program_end end = program_run_with(&(struct program_setup){
        .arguments = (const char *const[]){ULOOP_PROGRAM, "get-hierarchy", NULL},
        .folder = scene.project->root,
        .user = 65534});
    cr_assert_eq(end.exit_code, 3, "%s", end.err);
    cr_assert_not_null(strstr(end.err, "sandbox or the permissions"), "%s", end.err);
    cr_assert_not_null(strstr(end.err, "\"retryable\": false"), "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(readiness, sends_what_only_reads_once_more_when_a_reload_drops_the_connection)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    struct program *uloop = start_uloop(scene.project, "get-logs", NULL, NULL);
    struct test_request *first = test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_request_close(first);
    program_await_error_text(uloop, "state busy reloading");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    test_request_answer(test_editor_accept(scene.editor), "{\"Logs\":[]}");
    expect_end(program_wait(uloop), 0, "\"Logs\": []");
    editor_scene_free(&scene);
}

Test(readiness, says_that_the_effect_is_unknown_when_anything_else_is_cut_off)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    struct program *uloop = start_tool(&scene);
    test_request_close(test_editor_accept(scene.editor));
    expect_end(program_wait(uloop), 6, "UNITY_DISCONNECTED_AFTER_DISPATCH");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}
