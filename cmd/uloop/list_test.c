/* uloop list and uloop sync: the tools as the Editor, which the test plays, says it has them. */

#include "editor_scene.h"
#include "transcript.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

static const char TOOLS[] =
    "{\"Tools\":["
    "{\"name\":\"get-logs\",\"description\":\"read the entries of the "
    "console\",\"parameterSchema\":"
    "{\"Properties\":{\"MaxCount\":{\"Type\":\"integer\",\"DefaultValue\":1.50}}}},"
    "{\"name\":\"paint\",\"description\":\"paint what is selected\\nin the colour that is given, "
    "and "
    "leave what is not as it is\"},"
    "{\"name\":\"compile\",\"description\":\"compile\"},"
    "{\"name\":\"a-name-that-is-much-longer-than-others\",\"description\":\"do it\"},"
    "{\"name\":\"\xE8\x89\xB2\",\"description\":"
    "\"\xE8\x89\xB2\xE3\x82\x92\xE5\xA1\x97\xE3\x82\x8B\"},"
    "{\"name\":\"bare\"},"
    "{\"name\":\"secret\",\"description\":\"is disabled\"}]}";

/* Runs the program, which asks for the tools, and answers it. */
static struct program_end run_with(struct editor_scene *scene, const struct program_setup *setup,
                                   const char *answer)
{
    struct program_setup here = *setup;
    here.folder = scene->project->root;
    struct program *uloop = program_start_with(&here);
    struct test_request *request = test_editor_accept(scene->editor);
    cr_expect_str_eq(request->method, "get-tool-details");
    test_request_answer(request, answer);
    return program_wait(uloop);
}

static struct program_end run(struct editor_scene *scene, const char *const *arguments,
                              const char *answer)
{
    return run_with(scene, &(struct program_setup){.arguments = arguments}, answer);
}

static void expect_failure(struct program_end end, int exit_code, const char *words)
{
    cr_expect_eq(end.exit_code, exit_code, "%s", end.err);
    cr_expect_not_null(strstr(end.err, words), "\"%s\" is not in %s", words, end.err);
    cr_expect_str_eq(end.out, "");
    program_end_clear(&end);
}

Test(list, prints_the_answer_and_which_tools_cannot_be_used)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer transcript = {0};
    temp_project_write(scene.project, ".uloop/settings.tools.json",
                       "{\"disabledTools\":[\"secret\",\"gone\",7]}");
    struct program_end end = run(&scene, ARGUMENTS("list"), TOOLS);
    transcribe_end(&transcript, scene.project->root, ARGUMENTS("list"), &end);
    end = run(&scene, ARGUMENTS("list", "--json", "--compact"), "{\"tools\":[]}");
    transcribe_end(&transcript, scene.project->root, ARGUMENTS("list", "--json", "--compact"),
                   &end);
    transcribe(&transcript, scene.project->root, ARGUMENTS("list", "--help"));
    expect_golden("list", &transcript);
    editor_scene_free(&scene);
}

Test(list, is_a_table_on_a_terminal_of_any_width)
{
    static const unsigned short COLUMNS[] = {80, 40};
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer transcript = {0};
    temp_project_write(scene.project, ".uloop/settings.tools.json",
                       "{\"disabledTools\":[\"secret\",\"gone\\u001b[2J\"]}");
    for (size_t i = 0; i < sizeof(COLUMNS) / sizeof(COLUMNS[0]); i++) {
        const struct program_setup setup = {
            .arguments = ARGUMENTS("list"), .has_terminal_output = true, .columns = COLUMNS[i]};
        struct program_end end = run_with(&scene, &setup, TOOLS);
        transcribe_end(&transcript, scene.project->root, setup.arguments, &end);
        end = run_with(&scene, &setup, "{\"Tools\":[]}");
        transcribe_end(&transcript, scene.project->root, setup.arguments, &end);
    }
    expect_golden("list_table", &transcript);
    editor_scene_free(&scene);
}

Test(list, is_json_on_a_terminal_when_it_is_asked_for)
{
    static const char *const ASKED[] = {"--json", "--compact"};
    struct editor_scene scene = editor_scene_new_ready();
    for (size_t i = 0; i < 2; i++) {
        struct program_end end =
            run_with(&scene,
                     &(struct program_setup){.arguments = ARGUMENTS("list", ASKED[i]),
                                             .has_terminal_output = true},
                     TOOLS);
        cr_expect_eq(end.out[0], '{', "%s", end.out);
        program_end_clear(&end);
    }
    editor_scene_free(&scene);
}

Test(list, asks_for_what_every_user_may_see)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = program_start(ARGUMENTS("list"), scene.project->root, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    cr_expect(cJSON_IsFalse(cJSON_GetObjectItem(request->params, "IncludeDevelopmentOnly")));
    test_request_answer(request, TOOLS);
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(list, asks_once_more_when_the_connection_drops_and_not_twice)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = program_start(ARGUMENTS("list"), scene.project->root, NULL);
    test_request_close(test_editor_accept(scene.editor));
    test_request_answer(test_editor_accept(scene.editor), TOOLS);
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    uloop = program_start(ARGUMENTS("list"), scene.project->root, NULL);
    test_request_close(test_editor_accept(scene.editor));
    test_request_close(test_editor_accept(scene.editor));
    expect_failure(program_wait(uloop), 6, "\"safeToRetry\": true");
    cr_expect_eq(test_editor_dispatched(scene.editor), (size_t)4);
    editor_scene_free(&scene);
}

Test(list, waits_through_a_reload)
{
    static const char *const environment[] = {"ULOOP_LOG=debug", NULL};
    struct editor_scene scene = editor_scene_new_ready();
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    struct program *uloop = program_start(ARGUMENTS("list"), scene.project->root, environment);
    program_await_error_text(uloop, "state busy reloading");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_C, "server-recovery");
    test_request_answer(test_editor_accept(scene.editor), TOOLS);
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(list, tells_of_an_answer_that_is_no_catalog)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer transcript = {0};
    static const char *const ANSWERS[] = {"{}", "{\"Tools\":{}}",
                                          "{\"Tools\":[{\"name\":\"a b\"}]}"};
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct program_end end = run(&scene, ARGUMENTS("list"), ANSWERS[i]);
        transcribe_end(&transcript, scene.project->root, ARGUMENTS("list"), &end);
    }
    expect_golden("list_answers", &transcript);
    editor_scene_free(&scene);
}

Test(list, tells_of_settings_that_cannot_be_used)
{
    struct editor_scene scene = editor_scene_new_ready();
    temp_project_write(scene.project, ".uloop/settings.tools.json", "{\"disabledTools\":7}");
    expect_failure(run(&scene, ARGUMENTS("list"), TOOLS), 2, "disabledTools is no list");
    editor_scene_free(&scene);
}

Test(list, and_sync_fail_where_no_editor_is)
{
    static const char *const COMMANDS[] = {"list", "sync"};
    struct temp_project *project = temp_project_new();
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    for (size_t i = 0; i < 2; i++) {
        transcribe(&transcript, project->root, ARGUMENTS(COMMANDS[i]));
        transcribe(&transcript, folder->root, ARGUMENTS(COMMANDS[i]));
        transcribe(&transcript, folder->root, ARGUMENTS(COMMANDS[i], "stray"));
        transcribe(&transcript, folder->root, ARGUMENTS(COMMANDS[i], "--jso"));
    }
    expect_golden("list_no_editor", &transcript);
    temp_project_free(folder);
    temp_project_free(project);
}

Test(list, and_sync_give_up_when_the_editor_does_not_answer)
{
    static const char *const COMMANDS[] = {"list", "sync"};
    struct editor_scene scene = editor_scene_new_ready();
    for (size_t i = 0; i < 2; i++) {
        struct program *uloop =
            program_start(ARGUMENTS(COMMANDS[i], "--timeout", "0.2"), scene.project->root, NULL);
        (void)test_editor_accept(scene.editor);
        expect_failure(program_wait(uloop), 4, "did not answer in time");
    }
    editor_scene_free(&scene);
}

Test(sync, keeps_the_answer_byte_for_byte)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer transcript = {0};
    struct program_end end = run(&scene, ARGUMENTS("sync"), TOOLS);
    transcribe_end(&transcript, scene.project->root, ARGUMENTS("sync"), &end);
    cr_expect_str_eq(temp_project_read(scene.project, ".uloop/tools.json"), TOOLS);
    cr_expect_eq(temp_project_count(scene.project, ".uloop"), 1);
    end = run_with(
        &scene,
        &(struct program_setup){.arguments = ARGUMENTS("sync"), .has_terminal_output = true},
        "{\"Tools\":[{\"name\":\"one\"}]}");
    transcribe_end(&transcript, scene.project->root, ARGUMENTS("sync"), &end);
    cr_expect_str_eq(temp_project_read(scene.project, ".uloop/tools.json"),
                     "{\"Tools\":[{\"name\":\"one\"}]}");
    transcribe(&transcript, scene.project->root, ARGUMENTS("sync", "--help"));
    expect_golden("sync", &transcript);
    end = program_run(ARGUMENTS("--list-commands"), scene.project->root, NULL);
    cr_expect_not_null(strstr(end.out, "\none\n"), "%s", end.out);
    cr_expect_null(strstr(end.out, "get-logs"), "%s", end.out);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(sync, puts_a_broken_catalog_right)
{
    struct editor_scene scene = editor_scene_new_ready();
    temp_project_write(scene.project, ".uloop/tools.json", "{");
    struct program_end end = run(&scene, ARGUMENTS("sync"), TOOLS);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    end = program_run(ARGUMENTS("paint", "--help"), scene.project->root, NULL);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

/* Ends with this failure, and leaves the tools that were there, and nothing else. */
static void expect_old_tools(struct editor_scene *scene, struct program_end end, int exit_code,
                             const char *words)
{
    expect_failure(end, exit_code, words);
    cr_expect_str_eq(temp_project_read(scene->project, ".uloop/tools.json"), "{\"old\":1}");
    cr_expect_eq(temp_project_count(scene->project, ".uloop"), 1);
}

static struct editor_scene scene_with_old_tools(void)
{
    struct editor_scene scene = editor_scene_new_ready();
    temp_project_write(scene.project, ".uloop/tools.json", "{\"old\":1}");
    return scene;
}

Test(sync, leaves_the_old_tools_when_the_answer_is_no_catalog)
{
    static const char *const ANSWERS[] = {"{}", "{\"Tools\":[7]}",
                                          "{\"Tools\":[{\"name\":\"-x\"}]}"};
    struct editor_scene scene = scene_with_old_tools();
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++)
        expect_old_tools(&scene, run(&scene, ARGUMENTS("sync"), ANSWERS[i]), 5,
                         "in the Editor's answer cannot be used");
    editor_scene_free(&scene);
}

/* A catalog of one tool whose description has this many bytes; the caller frees. */
static char *catalog_of_size(size_t bytes)
{
    struct buffer text = {0};
    buffer_append_string(&text, "{\"Tools\":[{\"name\":\"big\",\"description\":\"");
    cr_assert(buffer_reserve(&text, bytes));
    memset(text.data + text.length, 'x', bytes);
    text.length += bytes;
    buffer_append_string(&text, "\"}]}");
    return buffer_take(&text);
}

Test(sync, keeps_10_mb_which_every_command_then_can_read)
{
    struct editor_scene scene = editor_scene_new_ready();
    char *answer = catalog_of_size((size_t)10 * 1000 * 1000);
    struct program_end end = run(&scene, ARGUMENTS("sync"), answer);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    end = program_run(ARGUMENTS("--list-options", "big"), scene.project->root, NULL);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    end = run_with(
        &scene,
        &(struct program_setup){.arguments = ARGUMENTS("list"), .has_terminal_output = true},
        answer);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    free(answer);
    editor_scene_free(&scene);
}

Test(sync, refuses_more_than_a_catalog_may_have)
{
    struct editor_scene scene = scene_with_old_tools();
    char *answer = catalog_of_size((size_t)16 * 1024 * 1024);
    expect_old_tools(&scene, run(&scene, ARGUMENTS("sync"), answer), 5,
                     "it has more than 16777216 bytes");
    free(answer);
    editor_scene_free(&scene);
}

Test(sync, leaves_the_old_tools_when_the_folder_is_read_only)
{
    struct editor_scene scene = scene_with_old_tools();
    cr_assert_eq(chmod(scene.project->root, 0755), 0);
    cr_assert_eq(chmod(test_editor_socket(scene.editor), 0666), 0);
    cr_assert_eq(chmod(temp_project_path(scene.project, ".uloop"), 0555), 0);
    const struct program_setup setup = {.arguments = ARGUMENTS("sync"),
                                        .user = geteuid() == 0 ? 65534 : 0};
    expect_old_tools(&scene, run_with(&scene, &setup, TOOLS), 7, "permission denied");
    editor_scene_free(&scene);
}

Test(sync, follows_no_link_out_of_the_project)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct temp_project *elsewhere = temp_folder_new();
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(scene.project, ".uloop")), 0);
    expect_failure(run(&scene, ARGUMENTS("sync"), TOOLS), 7, "is a symbolic link");
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    temp_project_free(elsewhere);
    editor_scene_free(&scene);
}
