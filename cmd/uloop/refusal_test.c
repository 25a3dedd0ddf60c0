/* Commands that an Editor refuses because it compiles, although its state says ready. */

#include "editor_scene.h"

#include <criterion/criterion.h>
#include <string.h>

#define FAILURE                                                                                    \
    "{\"Success\":false,\"ErrorCount\":1,\"Errors\":[{\"Message\":\"CS0103\",\"Line\":7}]}"

static void refuse(struct editor_scene *scene)
{
    test_request_error(
        test_editor_accept(scene->editor), -32603, "busy",
        "{\"type\":\"server_busy\",\"message\":\"wait\",\"runningToolName\":\"compile\"}");
}

/* The reload that follows. */
static void reload(struct editor_scene *scene)
{
    test_editor_publish(scene->editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_publish(scene->editor, "ready", TEST_GENERATION_C, "server-recovery");
}

Test(refusal, of_a_tool_between_a_compile_and_its_reload_is_waited_out)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "clear-console", NULL, NULL);
    refuse(&scene);
    reload(&scene);
    test_request_answer(test_editor_accept(scene.editor), "{\"Cleared\":true}");
    expect_end(program_wait(uloop), 0, "\"Cleared\": true");
    editor_scene_free(&scene);
}

Test(refusal, of_a_compile_is_waited_out_as_often_as_there_is_another_one)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    refuse(&scene);
    reload(&scene);
    refuse(&scene);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_B, "compilation-started");
    program_await_error_text(uloop, "state busy compiling");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    test_request_answer(test_editor_accept(scene.editor), FAILURE);
    expect_end(program_wait(uloop), 1, "CS0103");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)3);
    editor_scene_free(&scene);
}

Test(refusal, that_nothing_follows_ends_the_command)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "clear-console", NULL, NULL);
    refuse(&scene);
    expect_end(program_wait(uloop), 5, "UNITY_SERVER_BUSY");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}

Test(refusal, is_waited_out_no_longer_than_the_timeout)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "compile", "--timeout", "0.3");
    refuse(&scene);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    expect_end(program_wait(uloop), 4, "UNITY_NOT_REACHABLE");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)1);
    editor_scene_free(&scene);
}

Test(refusal, may_be_missing_where_a_reload_swallowed_the_compile_which_is_sent_once_more)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_request_close(request);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    test_request_answer(test_editor_accept(scene.editor), FAILURE);
    expect_end(program_wait(uloop), 1, "CS0103");
    editor_scene_free(&scene);
}

Test(refusal, may_not_be_missing_twice)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    const char *const generations[] = {TEST_GENERATION_B, TEST_GENERATION_C};
    for (size_t at = 0; at < 2; at++) {
        struct test_request *request = test_editor_accept(scene.editor);
        test_editor_publish(scene.editor, "reloading", generations[at], "domain-reload-before");
        test_request_close(request);
        test_editor_publish(scene.editor, "ready", generations[at], "server-recovery");
    }
    expect_end(program_wait(uloop), 6, "UNITY_DISCONNECTED_AFTER_DISPATCH");
    cr_assert_eq(test_editor_dispatched(scene.editor), (size_t)2);
    editor_scene_free(&scene);
}
