/* What a program may be started with: streams that are closed, and next to no descriptors. */

#include "editor_scene.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char *const CLOSED[] = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"};

enum {
    CLOSED_COUNT = sizeof(CLOSED) / sizeof(CLOSED[0]),
};

/* Starts `uloop <words>` through a shell that closes some of its streams. */
static struct program *start_closed(const struct temp_project *project, const char *words,
                                    const char *closed)
{
    char *line = memory_format("exec \"$0\" %s %s", words, closed);
    const char *const arguments[] = {"/bin/sh", "-c", line, ULOOP_PROGRAM, NULL};
    struct program *program = program_start(arguments, project->root, NULL);
    free(line);
    return program;
}

/* The exit code is that of all streams open, but where a result cannot be written. */
static void expect_same_end(const struct temp_project *project, const char *words)
{
    struct program_end open = program_wait(start_closed(project, words, ""));
    for (size_t i = 0; i < CLOSED_COUNT; i++) {
        bool has_no_output = strstr(CLOSED[i], ">&- ") || strcmp(CLOSED[i], ">&-") == 0;
        int expected = open.out_length > 0 && has_no_output ? 7 : open.exit_code;
        struct program_end end = program_wait(start_closed(project, words, CLOSED[i]));
        cr_expect_eq(end.exit_code, expected, "%s %s: exit code %d, signal %d: %s", words,
                     CLOSED[i], end.exit_code, end.signal, end.err);
        if (!has_no_output)
            cr_expect_eq(end.out_length > 0, open.out_length > 0, "%s %s: %s", words, CLOSED[i],
                         end.out);
        program_end_clear(&end);
    }
    program_end_clear(&open);
}

Test(startup, with_a_closed_stream_ends_as_with_all_open_where_there_is_no_editor)
{
    static const char *const WORDS[] = {"compile", "get-logs",      "status --compact",
                                        "wait",    "launch --quit", "fix",
                                        "list",    "serve --stop",  "sync"};
    struct temp_project *project = temp_project_new();
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        expect_same_end(project, WORDS[i]);
    temp_project_free(project);
}

Test(startup, of_a_host_with_a_closed_stream_serves)
{
    static const char *const WORDS[] = {"get-logs", "wait", "fix", "list", "serve --detach"};
    for (size_t i = 0; i < CLOSED_COUNT - 1; i++) {
        struct temp_project *project = temp_project_new();
        struct program *host = start_closed(project, "serve", CLOSED[i]);
        if (strcmp(CLOSED[i], ">&-") == 0)
            program_await_error_text(host, " ready [");
        else
            program_await_output_text(host, "ready on ");
        for (size_t j = 0; j < sizeof(WORDS) / sizeof(WORDS[0]); j++)
            expect_same_end(project, WORDS[j]);
        program_signal(host, SIGTERM);
        struct program_end end = program_wait(host);
        cr_expect_eq(end.exit_code, 0, "%s: exit code %d, signal %d: %s", CLOSED[i], end.exit_code,
                     end.signal, end.err);
        program_end_clear(&end);
        temp_project_free(project);
    }
}

Test(startup, with_too_few_descriptors_for_a_loop_is_an_error_that_says_so)
{
    enum {
        FEWEST = 4, /* with less the system starts no program */
        TOO_FEW = 8,
    };
    static const char *const COMMANDS[] = {"status", "fix", "compile", "serve"};
    struct temp_project *project = temp_project_new();
    for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++) {
        for (rlim_t most = FEWEST; most <= TOO_FEW; most++) {
            const struct program_limit limit = {.resource = RLIMIT_NOFILE, .value = most};
            expect_end(program_run_with(&(struct program_setup){
                           .arguments = (const char *const[]){ULOOP_PROGRAM, COMMANDS[i], NULL},
                           .folder = project->root,
                           .limits = &limit,
                           .limit_count = 1}),
                       7, "event loop: too many open files.");
        }
    }
    temp_project_free(project);
}

/* Runs a command that may open as many descriptors as a loop takes, and so many more. */
static struct program_end run_with_spare(const struct temp_project *project, const char *command,
                                         rlim_t spare)
{
    const struct program_limit limit = {.resource = RLIMIT_NOFILE, .value = 9 + spare};
    return program_run_with(
        &(struct program_setup){.arguments = (const char *const[]){ULOOP_PROGRAM, command, NULL},
                                .folder = project->root,
                                .limits = &limit,
                                .limit_count = 1});
}

Test(startup, with_too_few_descriptors_to_look_at_the_state_is_no_reason_to_remove_it)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "test");
    struct program_end end = run_with_spare(scene.project, "get-logs", 0);
    cr_expect_eq(end.exit_code, 7, "%s", end.err);
    cr_expect(strstr(end.err, "too many open files"), "%s", end.err);
    cr_expect(strstr(end.err, "ulimit -n"), "%s", end.err);
    cr_expect_null(strstr(end.err, "uloop fix"), "%s", end.err);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(startup, with_few_descriptors_lets_fix_remove_nothing_of_a_living_editor)
{
    enum {
        MOST_SPARE = 6
    };
    static const char STATE[] = "Temp/UnityCliLoop/server-state.json";
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "test");
    for (rlim_t spare = 0; spare <= MOST_SPARE; spare++) {
        struct program_end end = run_with_spare(scene.project, "fix", spare);
        cr_expect(end.exit_code == 5 || end.exit_code == 7, "%d spare ones: %s%s", (int)spare,
                  end.out, end.err);
        cr_assert(temp_project_has(scene.project, STATE), "%d spare ones: %s", (int)spare, end.out);
        program_end_clear(&end);
    }
    editor_scene_free(&scene);
}
