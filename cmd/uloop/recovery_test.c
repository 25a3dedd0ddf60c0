/* `uloop fix`, `uloop status` and `uloop wait`. */

#include "editor_scene.h"

#include <cJSON.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Test(fix, says_that_there_is_nothing)
{
    struct temp_project *project = temp_project_new();
    struct program_end end = run_uloop(project, "fix", NULL, NULL);
    cr_assert_str_eq(end.out, "No recovery state files found.\n");
    cr_assert_eq(end.exit_code, 0);
    program_end_clear(&end);
    temp_project_free(project);
}

Test(fix, removes_every_name_and_a_dead_socket_and_nothing_else)
{
    static const char *const NAMES[] = {"Temp/UnityCliLoop/server-state.json",
                                        "Temp/UnityCliLoop/server-state.json.tmp",
                                        "Temp/UnityCliLoop/server-state.json.bak",
                                        "Temp/UnityCliLoop/server-state.json.tmp.write",
                                        "Temp/compiling.lock",
                                        "Temp/domainreload.lock",
                                        "Temp/serverstarting.lock"};
    const size_t count = sizeof(NAMES) / sizeof(NAMES[0]);
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    for (size_t i = 0; i < count; i++)
        temp_project_write(project, NAMES[i], "{\"phase\":\"compiling\"}");
    temp_project_write(project, "Temp/UnityLockfile", "");
    temp_project_write(project, "Temp/UnityCliLoop/other.json", "");
    test_editor_listen(editor);
    test_editor_stop_listening(editor, false);
    struct program_end end = run_uloop(project, "fix", NULL, NULL);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cr_assert_not_null(strstr(end.out, "Cleaned up 8 recovery state file(s).\n"), "%s", end.out);
    for (size_t i = 0; i < count; i++) {
        cr_assert_not_null(strstr(end.out, NAMES[i]), "%s is not named", NAMES[i]);
        cr_assert_not(temp_project_has(project, NAMES[i]));
    }
    cr_assert_neq(access(test_editor_socket(editor), F_OK), 0);
    cr_assert(temp_project_has(project, "Temp/UnityLockfile"));
    cr_assert(temp_project_has(project, "Temp/UnityCliLoop/other.json"));
    program_end_clear(&end);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(fix, removes_older_states_before_younger_ones_for_those_who_read_meanwhile)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Temp/UnityCliLoop/server-state.json", "{}");
    temp_project_write(project, "Temp/UnityCliLoop/server-state.json.tmp", "{}");
    temp_project_write(project, "Temp/UnityCliLoop/server-state.json.bak", "{}");
    expect_end(run_uloop(project, "fix", NULL, NULL), 0,
               "  Temp/UnityCliLoop/server-state.json.bak\n"
               "  Temp/UnityCliLoop/server-state.json.tmp\n"
               "  Temp/UnityCliLoop/server-state.json\n");
    temp_project_free(project);
}

Test(fix, leaves_a_socket_that_somebody_listens_on)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_listen(editor);
    expect_end(run_uloop(project, "fix", NULL, NULL), 0, "No recovery state files found.");
    cr_assert_eq(access(test_editor_socket(editor), F_OK), 0);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(fix, removes_nothing_that_a_living_editor_uses_unless_forced)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "reloading", TEST_GENERATION_A, "domain-reload-before");
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "Process %d ", (int)program_pid(owner));
    expect_end(run_uloop(project, "fix", NULL, NULL), 5, pid);
    expect_end(run_uloop(project, "fix", NULL, NULL), 5, "Wait until the Editor is done");
    test_editor_publish(editor, "ready", TEST_GENERATION_A, "server-recovery");
    (void)snprintf(pid, sizeof(pid), "while process %d ", (int)program_pid(owner));
    expect_end(run_uloop(project, "fix", NULL, NULL), 5, pid);
    cr_assert(temp_project_has(project, "Temp/UnityCliLoop/server-state.json"));
    expect_end(run_uloop(project, "fix", "--force", NULL), 0, "Cleaned up 2 recovery");
    cr_assert_not(temp_project_has(project, "Temp/UnityCliLoop/server-state.json"));
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(fix, removes_the_lock_of_a_host_that_is_gone_and_not_of_one_that_lives)
{
    static const char LOCK[] = "Temp/UnityCliLoop/serve.lock";
    struct temp_project *project = temp_project_new();
    const char *arguments[] = {ULOOP_PROGRAM, "serve", NULL};
    struct program *host = program_start(arguments, project->root, NULL);
    program_await_output_text(host, "ready on ");
    expect_end(run_uloop(project, "fix", "--force", NULL), 0, "Cleaned up");
    cr_expect(temp_project_has(project, LOCK));
    program_signal(host, SIGKILL);
    struct program_end end = program_wait(host);
    program_end_clear(&end);
    expect_end(run_uloop(project, "fix", NULL, NULL), 0, LOCK);
    cr_expect_not(temp_project_has(project, LOCK));
    temp_project_free(project);
}

Test(fix, names_what_it_cannot_remove_and_removes_the_rest)
{
    struct temp_project *project = temp_project_new();
    temp_project_make_folder(project, "Temp/UnityCliLoop/server-state.json/inside");
    temp_project_write(project, "Temp/compiling.lock", "");
    expect_end(run_uloop(project, "fix", NULL, NULL), 7, "UnityCliLoop/server-state.json");
    cr_assert_not(temp_project_has(project, "Temp/compiling.lock"));
    temp_project_free(project);
}

Test(fix, does_not_follow_a_symbolic_link_out_of_the_project)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *elsewhere = temp_folder_new();
    temp_project_write(elsewhere, "server-state.json", "{}");
    cr_assert_eq(rmdir(temp_project_path(project, "Temp/UnityCliLoop")), 0);
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(project, "Temp/UnityCliLoop")), 0);
    expect_end(run_uloop(project, "fix", NULL, NULL), 7, "symbolic link");
    cr_assert(temp_project_has(elsewhere, "server-state.json"));
    temp_project_free(elsewhere);
    temp_project_free(project);
}

Test(fix, lets_the_next_command_find_a_clean_project)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_publish(editor, "compiling", TEST_GENERATION_A, "compilation-started");
    expect_end(run_uloop(project, "get-hierarchy", NULL, NULL), 3, "uloop fix");
    expect_end(run_uloop(project, "fix", NULL, NULL), 0, "Cleaned up 1");
    expect_end(run_uloop(project, "get-hierarchy", NULL, NULL), 3,
               "No Unity Editor has the project");
    test_editor_free(editor);
    temp_project_free(project);
}

static cJSON *status_of(const struct temp_project *project, int exit_code)
{
    struct program_end end = run_uloop(project, "status", "--json", NULL);
    cr_assert_eq(end.exit_code, exit_code, "%s%s", end.out, end.err);
    cJSON *status = cJSON_Parse(end.out);
    cr_assert_not_null(status);
    program_end_clear(&end);
    return status;
}

static const char *text_in(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

Test(status, shows_a_ready_editor_and_exits_0)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(editor);
    struct program *uloop = start_uloop(project, "status", "--json", NULL);
    test_editor_answer_probes(editor, false);
    test_request_answer(test_editor_accept(editor), "{\"Ver\":\"x\"}");
    struct program_end end = program_wait(uloop);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cJSON *status = cJSON_Parse(end.out);
    cr_assert_str_eq(text_in(status, "phase"), "ready");
    cr_assert_str_eq(text_in(status, "generation"), TEST_GENERATION_A);
    cr_assert_str_eq(text_in(status, "watching"), "file events");
    const cJSON *shown = cJSON_GetObjectItem(status, "owner");
    cr_assert_str_eq(text_in(shown, "state"), "alive");
    cr_assert_eq(cJSON_GetObjectItem(shown, "pid")->valueint, (int)program_pid(owner));
    cr_assert_str_eq(text_in(shown, "knownFrom"), "process table");
    cr_assert_str_eq(text_in(cJSON_GetObjectItem(status, "endpoint"), "state"), "answers");
    cr_assert_str_eq(text_in(cJSON_GetObjectItem(status, "decision"), "action"), "dispatch");
    cJSON_Delete(status);
    program_end_clear(&end);
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(status, gives_the_age_in_whole_milliseconds)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_publish_with(editor, "stopped", TEST_GENERATION_A, "manual-stop",
                             "{\"updatedAt\":\"2026-05-16T06:00:48.1234567Z\"}");
    struct program_end end = run_uloop(project, "status", "--json", NULL);
    const char *age = strstr(end.out, "\"ageSeconds\": ");
    cr_assert_not_null(age, "%s", end.out);
    age += strlen("\"ageSeconds\": ");
    age += strspn(age, "0123456789");
    cr_assert_leq(strcspn(age, ","), strlen(".123"), "%s", end.out);
    program_end_clear(&end);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(status, exits_5_while_the_editor_is_busy_and_3_when_it_is_gone)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "compiling", TEST_GENERATION_A, "compilation-started");
    cJSON *busy = status_of(project, 5);
    cr_assert_str_eq(text_in(cJSON_GetObjectItem(busy, "decision"), "action"), "wait");
    cJSON_Delete(busy);
    program_free(owner);
    cJSON *stale = status_of(project, 3);
    cr_assert_str_eq(text_in(cJSON_GetObjectItem(stale, "owner"), "state"), "gone");
    cr_assert_str_eq(text_in(cJSON_GetObjectItem(stale, "decision"), "action"), "fail");
    cJSON_Delete(stale);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(status, looks_again_when_the_state_changes_while_it_asks_the_endpoint)
{
    struct editor_scene scene = editor_scene_new_ready();
    test_editor_answer_probes(scene.editor, false);
    struct program *uloop = start_uloop(scene.project, "status", "--json", NULL);
    (void)test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_request_answer(test_editor_accept(scene.editor), "{\"Ver\":\"x\"}");
    struct program_end end = program_wait(uloop);
    cr_assert_eq(end.exit_code, 5, "%s%s", end.out, end.err);
    cr_assert_not_null(strstr(end.out, "\"phase\": \"compiling\""), "%s", end.out);
    cr_assert_not_null(strstr(end.out, "\"state\": \"answers\""), "%s", end.out);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(status, explains_the_observation_the_rule_and_the_action)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_publish(editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program_end end = run_uloop(project, "status", "--explain", NULL);
    cr_assert_not_null(
        strstr(end.out, "observed    state busy, owner gone, endpoint absent or refused\n"), "%s",
        end.out);
    cr_assert_not_null(strstr(end.out, "rule        nobody is left"), "%s", end.out);
    cr_assert_not_null(strstr(end.out, "action      fail\n"), "%s", end.out);
    program_end_clear(&end);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(status, prints_a_table_on_a_terminal)
{
    struct temp_project *project = temp_project_new();
    struct program_end end = program_run_with(
        &(struct program_setup){.arguments = (const char *const[]){ULOOP_PROGRAM, "status", NULL},
                                .folder = project->root,
                                .has_terminal_output = true});
    cr_assert_not_null(strstr(end.out, "phase       absent"), "%s", end.out);
    program_end_clear(&end);
    temp_project_free(project);
}

Test(status, says_when_there_are_no_file_events)
{
    struct temp_project *project = temp_project_new();
    /* No descriptor beyond the ones that a loop needs: inotify gets none. */
    struct program_limit limit = {.resource = RLIMIT_NOFILE, .value = 9};
    struct program_end end = program_run_with(&(struct program_setup){
        .arguments = (const char *const[]){ULOOP_PROGRAM, "status", "--json", NULL},
        .folder = project->root,
        .limits = &limit,
        .limit_count = 1});
    cr_assert_not_null(strstr(end.out, "\"watching\": \"too many open files\""), "%s%s", end.out,
                       end.err);
    program_end_clear(&end);
    temp_project_free(project);
}

Test(interrupt, of_status_and_wait_that_ask_the_endpoint_is_no_silence_of_it)
{
    static const char *const COMMANDS[] = {"status", "wait"};
    for (size_t i = 0; i < 2; i++) {
        struct editor_scene scene = editor_scene_new_ready();
        test_editor_answer_probes(scene.editor, false);
        struct program *uloop = start_uloop(scene.project, COMMANDS[i], NULL, NULL);
        (void)test_editor_accept(scene.editor);
        program_signal(uloop, SIGINT);
        expect_end(program_wait(uloop), 130, "Interrupted");
        editor_scene_free(&scene);
    }
}

Test(wait_command, returns_when_the_editor_is_ready_and_prints_the_state)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "starting", TEST_GENERATION_A, "manual-start");
    struct program *uloop = start_uloop(project, "wait", NULL, NULL);
    program_await_error_text(uloop, "state busy starting");
    test_editor_listen(editor);
    test_editor_answer_probes(editor, false);
    test_editor_publish(editor, "ready", TEST_GENERATION_B, "manual-start");
    test_request_answer(test_editor_accept(editor), "{\"Ver\":\"x\"}");
    struct program_end end = program_wait(uloop);
    cr_assert_not_null(strstr(end.out, "\"knownFrom\": \"process table\""), "%s", end.out);
    expect_end(end, 0, "\"phase\": \"ready\"");
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(wait_command, waits_for_an_editor_that_lives_but_has_not_begun_to_start_its_server)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "stopped", TEST_GENERATION_A, "manual-stop");
    struct program *uloop = start_uloop(project, "wait", "--for", "ready");
    program_await_error_text(uloop, "state stopped");
    test_editor_publish(editor, "starting", TEST_GENERATION_B, "manual-start");
    program_await_error_text(uloop, "state busy starting");
    test_editor_publish(editor, "failed", TEST_GENERATION_B, "manual-start");
    expect_end(program_wait(uloop), 3, "server failed");
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(wait_command, for_settled_ends_with_any_phase_that_is_not_busy)
{
    static const char *const SETTLED[] = {"ready", "stopped", "failed"};
    for (size_t i = 0; i < 3; i++) {
        struct temp_project *project = temp_project_new();
        struct test_editor *editor = test_editor_new(project->root);
        struct program *owner = program_start_fake_unity(project->root);
        test_editor_publish(editor, "reloading", TEST_GENERATION_A, "domain-reload-before");
        struct program *uloop = start_uloop(project, "wait", "--for", "settled");
        program_await_error_text(uloop, "state busy reloading");
        test_editor_publish(editor, SETTLED[i], TEST_GENERATION_B, "test");
        expect_end(program_wait(uloop), 0, SETTLED[i]);
        program_free(owner);
        test_editor_free(editor);
        temp_project_free(project);
    }
}

Test(wait_command, for_stopped_ends_with_the_state_or_with_the_process)
{
    for (int dies = 0; dies < 2; dies++) {
        struct temp_project *project = temp_project_new();
        struct test_editor *editor = test_editor_new(project->root);
        struct program *owner = program_start_fake_unity(project->root);
        test_editor_publish(editor, "compiling", TEST_GENERATION_A, "compilation-started");
        struct program *uloop = start_uloop(project, "wait", "--for", "stopped");
        program_await_error_text(uloop, "waiting for the server to stop");
        if (dies) {
            program_free(owner);
        } else {
            test_editor_publish(editor, "stopped", TEST_GENERATION_B, "editor-quitting");
        }
        expect_end(program_wait(uloop), 0, dies ? "gone" : "stopped");
        if (!dies)
            program_free(owner);
        test_editor_free(editor);
        temp_project_free(project);
    }
}

Test(wait_command, ends_with_exit_code_4_at_its_timeout)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "compiling", TEST_GENERATION_A, "compilation-started");
    expect_end(run_uloop(project, "wait", "--timeout", "0.05"), 4, "did not become ready in time");
    expect_end(run_uloop(project, "wait", "--for=stopped", "--timeout=0.05"), 4,
               "did not stop in time; the last state was compiling");
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}
