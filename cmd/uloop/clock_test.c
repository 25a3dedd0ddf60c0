/* The wall clock jumps while a command waits, which libfaketime has it see. The monotonic clock, by
 * which it waits, goes on. */

#include "editor_scene.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sets the command's clock so many seconds off the real one, at once. */
static void set_clock(struct temp_project *project, const char *offset)
{
    const char *beside = temp_project_write(project, "clock.new", offset);
    cr_assert_eq(rename(beside, temp_project_path(project, "clock")), 0);
}

static struct program *start_with_clock(struct temp_project *project, const char *command,
                                        const char *option)
{
    set_clock(project, "+0");
    char *file = memory_format("FAKETIME_TIMESTAMP_FILE=%s", temp_project_path(project, "clock"));
    struct program *uloop = program_start(
        (const char *const[]){ULOOP_PROGRAM, command, option, NULL}, project->root,
        (const char *const[]){"LD_PRELOAD=" ULOOP_FAKETIME, "FAKETIME_NO_CACHE=1",
                              "FAKETIME_DONT_FAKE_MONOTONIC=1", "ULOOP_LOG=debug", file, NULL});
    free(file);
    return uloop;
}

/* Compares the times of the first lines of the log that have these words; they sort as text. */
static int compare_times(const char *log, const char *words, const char *other_words)
{
    const char *lines[] = {strstr(log, words), strstr(log, other_words)};
    for (size_t i = 0; i < 2; i++) {
        cr_assert_not_null(lines[i], "%s", log);
        while (lines[i] > log && lines[i][-1] != '\n')
            lines[i]--;
    }
    return strncmp(lines[0], lines[1], strlen("2026-05-16T06:00"));
}

Test(clock, that_jumps_an_hour_ends_no_wait_and_delays_none, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_with_clock(scene.project, "get-hierarchy", NULL);
    program_await_error_text(uloop, "state busy compiling");
    set_clock(scene.project, "+3600");
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
    program_await_error_text(uloop, "state busy reloading");
    set_clock(scene.project, "-3600");
    test_editor_publish(scene.editor, "recovering", TEST_GENERATION_B, "domain-reload-after");
    program_await_error_text(uloop, "state busy recovering");
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "server-recovery");
    test_request_answer(test_editor_accept(scene.editor), "{\"Objects\":[]}");
    struct program_end end = program_wait(uloop);
    cr_assert_lt(compare_times(end.err, "busy compiling", "busy reloading"), 0, "%s", end.err);
    cr_assert_gt(compare_times(end.err, "busy compiling", "busy recovering"), 0, "%s", end.err);
    expect_end(end, 0, "\"Objects\": []");
    editor_scene_free(&scene);
}

Test(clock, that_is_set_back_lengthens_no_timeout, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = start_with_clock(scene.project, "get-hierarchy", "--timeout=0.5");
    program_await_error_text(uloop, "state busy compiling");
    set_clock(scene.project, "-3600");
    expect_end(program_wait(uloop), 4, "did not become ready in time");
    editor_scene_free(&scene);
}
