/* `uloop compile` against an Editor that the test plays, step by step. */

#include "editor_scene.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define SUCCESS                                                                                    \
    "{\"Success\":true,\"ErrorCount\":0,\"WarningCount\":0,\"Errors\":[],\"Message\":null}"
#define FAILURE                                                                                    \
    "{\"Success\":false,\"ErrorCount\":1,\"Errors\":[{\"Message\":\"CS0103\",\"Line\":7}]}"

static struct program *start_compile(const struct editor_scene *scene, const char *option,
                                     const char *value)
{
    return start_uloop(scene->project, "compile", option, value);
}

/* What every successful compile ends with: from the reload to a ready Editor of a new generation.
 */
static void reload(struct editor_scene *scene)
{
    test_editor_publish(scene->editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_stop_listening(scene->editor, true);
    test_editor_drop_connections(scene->editor);
    test_editor_publish(scene->editor, "recovering", TEST_GENERATION_C, "domain-reload-after");
    test_editor_listen(scene->editor);
    test_editor_publish(scene->editor, "ready", TEST_GENERATION_C, "server-recovery");
}

Test(compile, sends_its_request_id_and_waits_for_the_reload_by_default)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    cr_assert_str_eq(request->method, "compile");
    cr_assert(cJSON_IsTrue(cJSON_GetObjectItem(request->params, "WaitForDomainReload")));
    cr_assert(cJSON_IsFalse(cJSON_GetObjectItem(request->params, "ForceRecompile")));
    const char *id = test_request_text(request, "RequestId");
    cr_assert_eq(strncmp(id, "compile_", 8), 0, "%s", id);
    cr_assert_eq(strspn(strrchr(id, '_') + 1, "0123456789abcdef"), (size_t)8, "%s", id);
    test_request_answer(request, SUCCESS);
    reload(&scene);
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, takes_the_result_from_disk_when_the_connection_drops_without_an_answer)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_editor_store_result(scene.editor, test_request_text(request, "RequestId"), SUCCESS);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_request_close(request);
    reload(&scene);
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, takes_the_result_from_disk_while_the_socket_hangs)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_editor_store_result(scene.editor, test_request_text(request, "RequestId"), SUCCESS);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, takes_a_dropped_connection_for_the_reload_that_was_too_short_to_be_seen)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_request_answer(request, SUCCESS);
    test_request_close(request);
    program_await_error_text(uloop, "the connection was dropped");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, does_not_take_half_a_stored_result_for_a_result)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    const char *id = test_request_text(request, "RequestId");
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_editor_store_result_part(scene.editor, id, SUCCESS, 20);
    program_await_error_text(uloop, "state compiling");
    test_editor_store_result(scene.editor, id, FAILURE);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(compile, with_errors_exits_1_when_the_state_is_ready_again)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, "--force-recompile", NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    cr_assert(cJSON_IsTrue(cJSON_GetObjectItem(request->params, "ForceRecompile")));
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_request_answer(request, FAILURE);
    program_await_error_text(uloop, "the result is known");
    cr_assert_not(program_has_ended(uloop));
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(compile, prints_the_result_byte_for_byte)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_request_answer(request,
                        "{\"Success\":false,\"z\":12345678901234567890,\"a\":1.50,\"m\":1e400,"
                        "\"e\":\"\\u00e9\\/\"}");
    struct program_end end = program_wait(uloop);
    cr_assert_str_eq(end.out,
                     "{\n  \"Success\": false,\n  \"z\": 12345678901234567890,\n  \"a\": 1.50,\n"
                     "  \"m\": 1e400,\n  \"e\": \"\\u00e9\\/\"\n}\n");
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(compile, does_without_a_reload_when_nothing_had_to_be_compiled)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    test_request_answer(test_editor_accept(scene.editor), SUCCESS);
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, without_the_wait_returns_with_the_answer)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, "--no-wait-for-domain-reload", NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    cr_assert(cJSON_IsFalse(cJSON_GetObjectItem(request->params, "WaitForDomainReload")));
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_request_answer(request, SUCCESS);
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(compile, ends_with_the_editors_error_when_the_state_fails)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    test_request_answer(test_editor_accept(scene.editor), SUCCESS);
    test_editor_publish_with(scene.editor, "failed", TEST_GENERATION_B, "domain-reload-after",
                             "{\"lastError\":\"project IPC probe failed\"}");
    expect_end(program_wait(uloop), 3, "project IPC probe failed");
    editor_scene_free(&scene);
}

Test(compile, ends_when_the_server_stops)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    (void)test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "stopped", TEST_GENERATION_B, "editor-quitting");
    expect_end(program_wait(uloop), 3, "is stopped (editor-quitting)");
    editor_scene_free(&scene);
}

Test(compile, ends_when_the_editor_dies)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    (void)test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_stop_listening(scene.editor, false);
    program_await_error_text(uloop, "state reloading");
    editor_scene_kill_owner(&scene);
    expect_end(program_wait(uloop), 6, "UNITY_DISCONNECTED_AFTER_DISPATCH");
    editor_scene_free(&scene);
}

Test(compile, ends_with_the_answer_of_an_editor_that_refuses)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    test_request_error(
        test_editor_accept(scene.editor), -32603, "busy",
        "{\"type\":\"server_busy\",\"message\":\"wait\",\"runningToolName\":\"run-tests\"}");
    expect_end(program_wait(uloop), 5, "UNITY_SERVER_BUSY");
    editor_scene_free(&scene);
}

/* Starts a compile that gives up while the Editor compiles; returns its request id, which lives as
 * long as the editor. */
static const char *give_up(struct editor_scene *scene)
{
    struct program *uloop = start_compile(scene, "--timeout", "0.2");
    struct test_request *request = test_editor_accept(scene->editor);
    test_editor_publish(scene->editor, "compiling", TEST_GENERATION_B, "compilation-started");
    expect_end(program_wait(uloop), 4, "COMPILE_WAIT_TIMEOUT");
    cr_assert(temp_project_has(scene->project, ".uloop/pending-compile.json"));
    return test_request_text(request, "RequestId");
}

Test(compile, takes_up_the_compile_that_an_earlier_one_gave_up_waiting_for)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *id = give_up(&scene);
    struct program *uloop = start_compile(&scene, NULL, NULL);
    program_await_error_text(uloop, "taking up the compile");
    test_editor_store_result(scene.editor, id, SUCCESS);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    reload(&scene);
    program_await_error_text(uloop, "What was changed since then is not in it");
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    cr_assert_not(temp_project_has(scene.project, ".uloop/pending-compile.json"));
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}

Test(compile, takes_up_a_forced_one_also_where_it_need_not_be_forced)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *const forced[] = {ULOOP_PROGRAM, "compile", "-f", "--timeout", "0.2", NULL};
    struct program *uloop = program_start(forced, scene.project->root, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    expect_end(program_wait(uloop), 4, "COMPILE_WAIT_TIMEOUT");
    uloop = start_compile(&scene, NULL, NULL);
    program_await_error_text(uloop, "taking up the compile");
    test_editor_store_result(scene.editor, test_request_text(request, "RequestId"), FAILURE);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(compile, takes_it_up_also_when_only_a_refusal_shows_that_it_still_runs)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *id = give_up(&scene);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    struct program *uloop = start_compile(&scene, NULL, NULL);
    test_request_error(
        test_editor_accept(scene.editor), -32603, "busy",
        "{\"type\":\"server_busy\",\"message\":\"wait\",\"runningToolName\":\"compile\"}");
    program_await_error_text(uloop, "taking up the compile");
    test_editor_store_result(scene.editor, id, FAILURE);
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(compile, compiles_anew_when_what_ran_ends_without_the_result_that_was_given_up)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *old_id = give_up(&scene);
    struct program *uloop = start_compile(&scene, NULL, NULL);
    program_await_error_text(uloop, "taking up the compile");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    struct test_request *request = test_editor_accept(scene.editor);
    cr_assert_str_neq(test_request_text(request, "RequestId"), old_id);
    test_request_answer(request, FAILURE);
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(compile, waits_for_nothing_when_the_editor_was_dying_as_it_took_the_request)
{
    struct editor_scene scene = editor_scene_new_ready();
    editor_scene_kill_owner(&scene);
    struct program *uloop = start_compile(&scene, NULL, NULL);
    (void)test_editor_accept(scene.editor);
    test_editor_stop_listening(scene.editor, false);
    test_editor_drop_connections(scene.editor);
    expect_end(program_wait(uloop), 6, "exited before it reported a result");
    editor_scene_free(&scene);
}

Test(compile, compiles_anew_when_the_one_given_up_is_over)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *old_id = give_up(&scene);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    cr_assert_str_neq(test_request_text(request, "RequestId"), old_id);
    test_request_answer(request, FAILURE);
    expect_end(program_wait(uloop), 1, "CS0103");
    cr_assert_not(temp_project_has(scene.project, ".uloop/pending-compile.json"));
    editor_scene_free(&scene);
}

Test(compile, interrupted_exits_130_and_leaves_the_compile_to_be_taken_up)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, NULL, NULL);
    (void)test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    program_await_error_text(uloop, "state compiling");
    program_signal(uloop, SIGINT);
    expect_end(program_wait(uloop), 130,
               "\"errorCode\": \"UNITY_DISCONNECTED_AFTER_DISPATCH\",\n"
               "    \"phase\": \"response_waiting\",\n    \"message\": \"Interrupted");
    cr_assert(temp_project_has(scene.project, ".uloop/pending-compile.json"));
    editor_scene_free(&scene);
}

Test(compile, asks_for_the_status_of_an_editor_without_a_state_file)
{
    struct editor_scene scene = editor_scene_new_ready();
    test_editor_delete_state(scene.editor);
    struct program *uloop = start_compile(&scene, NULL, NULL);
    struct test_request *compile = test_editor_accept(scene.editor);
    test_request_close(compile);
    struct test_request *status = test_editor_accept(scene.editor);
    cr_assert_str_eq(status->method, "get-compile-status");
    cr_assert_str_eq(test_request_text(status, "RequestId"),
                     test_request_text(compile, "RequestId"));
    test_request_answer(status, "{\"Ready\":false,\"HasResult\":false,\"IsCompiling\":true}");
    status = test_editor_accept(scene.editor);
    test_request_answer(status, "{\"Ready\":true,\"HasResult\":true,\"Result\":" SUCCESS "}");
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

/* As a newer package may say it; the endpoint answers, so that the request was sent. */
Test(compile, is_done_in_a_phase_it_does_not_know_when_the_endpoint_answers_behind_the_result)
{
    struct editor_scene scene = editor_scene_new_ready();
    test_editor_publish(scene.editor, "idle", TEST_GENERATION_A, "test");
    struct program *uloop = start_compile(&scene, NULL, NULL);
    test_request_answer(test_editor_accept(scene.editor), SUCCESS);
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    cr_assert_eq(test_editor_probed(scene.editor), (size_t)2);
    editor_scene_free(&scene);
}

Test(compile, that_is_over_says_so_when_the_editor_is_not_ready_in_time)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_compile(&scene, "--timeout", "0.2");
    struct test_request *request = test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_request_answer(request, SUCCESS);
    struct program_end end = program_wait(uloop);
    cr_expect(strstr(end.err, "\"resultKnown\": true"), "%s", end.err);
    cr_expect_null(strstr(end.err, "running compile"), "%s", end.err);
    expect_end(end, 4, "The compile is over");
    editor_scene_free(&scene);
}
