/* The main job once more under valgrind, which sees reads of uninitialised memory that the
 * sanitizers do not. */

#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <string.h>

static struct program *start(const struct temp_project *project, const char *command)
{
    return program_start((const char *const[]){ULOOP_VALGRIND, "--quiet", "--leak-check=full",
                                               "--error-exitcode=99", ULOOP_PROGRAM, command, NULL},
                         project->root, NULL);
}

static void expect_clean_end(struct program *uloop, int exit_code)
{
    struct program_end end = program_wait(uloop);
    cr_assert_eq(end.exit_code, exit_code, "exit code %d: %s", end.exit_code, end.err);
    cr_assert_null(strstr(end.err, "== "), "%s", end.err);
    program_end_clear(&end);
}

Test(valgrind, is_clean_over_a_compile_and_its_reload)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    struct program *owner = program_start_fake_unity(project->root);
    test_editor_publish(editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(editor);
    struct program *uloop = start(project, "compile");
    struct test_request *request = test_editor_accept(editor);
    test_editor_publish(editor, "compiling", TEST_GENERATION_B, "compilation-started");
    test_editor_store_result(editor, test_request_text(request, "RequestId"), "{\"Success\":true}");
    test_request_answer(request, "{\"Success\":true}");
    test_editor_publish(editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_drop_connections(editor);
    test_editor_publish(editor, "ready", TEST_GENERATION_C, "server-recovery");
    expect_clean_end(uloop, 0);
    program_free(owner);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(valgrind, is_clean_over_a_tool_call)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_publish(editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(editor);
    struct program *uloop = start(project, "get-logs");
    test_request_answer(test_editor_accept(editor), "{\"Logs\":[]}");
    expect_clean_end(uloop, 0);
    test_editor_free(editor);
    temp_project_free(project);
}

Test(valgrind, is_clean_over_an_error)
{
    struct temp_project *project = temp_project_new();
    struct test_editor *editor = test_editor_new(project->root);
    test_editor_publish(editor, "reloading", TEST_GENERATION_A, "domain-reload-before");
    expect_clean_end(start(project, "compile"), 3);
    test_editor_free(editor);
    temp_project_free(project);
}
