/* What may be handed to a tool and to a project that is not there any more: long text from files
 * and standard input, arguments as long as the system allows, a folder that vanishes. */

#include "editor_scene.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* Runs a program that sends this as its parameter Code. */
static void expect_code(struct editor_scene *scene, const struct program_setup *setup,
                        const char *code)
{
    struct program *uloop = program_start_with(setup);
    struct test_request *request = test_editor_accept(scene->editor);
    cr_expect(strcmp(test_request_text(request, "Code"), code) == 0, "%.200s",
              test_request_text(request, "Code"));
    test_request_answer(request, "{}");
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
}

Test(tool_input, comes_from_standard_input)
{
    struct editor_scene scene = editor_scene_new_ready();
    expect_code(
        &scene,
        &(struct program_setup){.arguments = ARGUMENTS("execute-dynamic-code", "--code", "@-"),
                                .folder = scene.project->root,
                                .input_text = "return \"\xE8\x89\xB2\";\n"},
        "return \"\xE8\x89\xB2\";\n");
    editor_scene_free(&scene);
}

Test(tool_input, comes_from_a_file_where_the_command_was_typed)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct temp_project *elsewhere = temp_folder_new();
    size_t length = (size_t)900 * 1024;
    char *code = memory_new(length + 1);
    memset(code, 'x', length);
    temp_project_write(elsewhere, "long.cs", code);
    expect_code(
        &scene,
        &(struct program_setup){.arguments = ARGUMENTS("--project-path", scene.project->root,
                                                       "execute-dynamic-code", "--code=@long.cs"),
                                .folder = elsewhere->root},
        code);
    free(code);
    temp_project_free(elsewhere);
    editor_scene_free(&scene);
}

Test(tool_input, is_refused_when_there_is_none_or_no_end_of_it)
{
    struct editor_scene scene = editor_scene_new_ready();
    const struct program_setup closed = {.arguments =
                                             ARGUMENTS("execute-dynamic-code", "--code", "@-"),
                                         .folder = scene.project->root,
                                         .input = PROGRAM_INPUT_CLOSED};
    static const char ENDLESS[] = "exec \"$0\" execute-dynamic-code --code @- </dev/zero";
    expect_end(program_run_with(&closed), 2, "Cannot read standard input");
    expect_end(program_run((const char *const[]){"/bin/sh", "-c", ENDLESS, ULOOP_PROGRAM, NULL},
                           scene.project->root, NULL),
               2, "standard input is larger than 1048575 bytes");
    expect_end(program_run(ARGUMENTS("execute-dynamic-code", "--code", "@/dev/zero"),
                           scene.project->root, NULL),
               2, "is not a regular file");
    cr_expect_eq(test_editor_dispatched(scene.editor), (size_t)0);
    editor_scene_free(&scene);
}

/* The longest argument that Linux passes, of a letter behind these; the caller frees. */
static char *longest_argument(const char *beginning)
{
    const size_t most = (size_t)128 * 1024 - 1;
    size_t length = strlen(beginning);
    char *argument = memory_new(most + 1);
    memset(argument, 'x', most);
    memcpy(argument, beginning, length);
    return argument;
}

Test(tool_input, may_be_as_long_as_the_system_allows_and_is_quoted_in_part)
{
    struct editor_scene scene = editor_scene_new_ready();
    char *name = longest_argument("");
    char *option = longest_argument("--");
    char *path = longest_argument("/");
    char *file = longest_argument("@");
    const struct {
        const char *const *arguments;
        const char *words;
    } RUNS[] = {
        {ARGUMENTS(name), "There is no command or tool 'xxxx"},
        {ARGUMENTS("--list-options", name), "There is no command or tool 'xxxx"},
        {ARGUMENTS(option), "There is no option --xxxx"},
        {ARGUMENTS("get-logs", option), "There is no option --xxxx"},
        {ARGUMENTS("get-logs", name), "Unexpected argument"},
        {ARGUMENTS("get-logs", "--max-count", name), "takes an integer, not xxxx"},
        {ARGUMENTS("get-logs", "--search-text", file), "Cannot read the text"},
        {ARGUMENTS("--project-path", path, "get-logs"), "longer than this system allows"},
    };
    for (size_t i = 0; i < sizeof(RUNS) / sizeof(RUNS[0]); i++) {
        struct program_end end = program_run(RUNS[i].arguments, scene.project->root, NULL);
        cr_expect_lt(end.err_length, (size_t)8192, "run %zu: %zu bytes", i, end.err_length);
        expect_end(end, 2, RUNS[i].words);
    }
    free(file);
    free(path);
    free(option);
    free(name);
    editor_scene_free(&scene);
}

/* Takes a project away from what is in it, and gives it back in the end. */
struct vanished {
    struct temp_project *elsewhere;
    const char *moved;
};

static struct vanished vanish(const struct temp_project *project)
{
    struct vanished vanished = {.elsewhere = temp_folder_new()};
    vanished.moved = temp_project_path(vanished.elsewhere, "moved");
    cr_assert_eq(rename(project->root, vanished.moved), 0);
    return vanished;
}

static void reappear(struct vanished *vanished, const struct temp_project *project)
{
    cr_expect_neq(access(project->root, F_OK), 0, "the folder was made again");
    cr_assert_eq(rename(vanished->moved, project->root), 0);
    temp_project_free(vanished->elsewhere);
}

Test(vanishing_project, ends_every_wait)
{
    static const char *const FORMS[][2] = {
        {"get-hierarchy", "--timeout=60"}, {"compile", "--timeout=60"}, {"list", "--timeout=60"},
        {"sync", "--timeout=60"},          {"wait", "--timeout=60"},    {"wait", "--for=settled"},
        {"wait", "--for=stopped"}};
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        struct editor_scene scene = editor_scene_new();
        test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
        struct program *uloop = start_uloop(scene.project, FORMS[i][0], FORMS[i][1], NULL);
        program_await_error_text(uloop, i < 6 ? "owner alive" : "waiting for the server to stop");
        struct vanished vanished = vanish(scene.project);
        expect_end(program_wait(uloop), 2, "is not there any more");
        reappear(&vanished, scene.project);
        editor_scene_free(&scene);
    }
}

Test(vanishing_project, ends_every_wait_for_an_answer)
{
    static const struct {
        const char *command, *option, *words;
    } RUNS[] = {
        {"get-hierarchy", NULL, "\"safeToRetry\": false"},
        {"compile", "--timeout=60", "\"safeToRetry\": false"},
        {"get-logs", "--timeout=60", "\"safeToRetry\": true"},
    };
    for (size_t i = 0; i < sizeof(RUNS) / sizeof(RUNS[0]); i++) {
        struct editor_scene scene = editor_scene_new_ready();
        struct program *uloop = start_uloop(scene.project, RUNS[i].command, RUNS[i].option, NULL);
        (void)test_editor_accept(scene.editor);
        struct vanished vanished = vanish(scene.project);
        struct program_end end = program_wait(uloop);
        cr_expect_not_null(strstr(end.err, RUNS[i].words), "%s", end.err);
        expect_end(end, 2, "is not there any more");
        reappear(&vanished, scene.project);
        editor_scene_free(&scene);
    }
}

Test(vanishing_project, is_not_made_again_by_sync)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "sync", NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    struct vanished vanished = vanish(scene.project);
    test_request_answer(request, "{\"Tools\":[]}");
    expect_end(program_wait(uloop), 2, "is not there any more");
    reappear(&vanished, scene.project);
    editor_scene_free(&scene);
}

Test(vanishing_project, is_not_made_again_by_a_compile_that_is_given_up)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    (void)test_editor_accept(scene.editor);
    program_stop(uloop); /* it is to find the folder gone and the signal there at once */
    struct vanished vanished = vanish(scene.project);
    program_signal(uloop, SIGINT);
    program_signal(uloop, SIGCONT);
    expect_end(program_wait(uloop), 130, "Interrupted by a signal while the Editor compiles");
    reappear(&vanished, scene.project);
    editor_scene_free(&scene);
}
