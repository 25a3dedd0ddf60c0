/* What is told while a command waits: the spinner on a terminal, and the log that is asked for. */

#include "editor_scene.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* An Editor in this phase whose process lives. */
static struct editor_scene scene_in(const char *phase)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, phase, TEST_GENERATION_A, "test");
    return scene;
}

/* Lets the command through, and answers it. */
static void answer(struct editor_scene *scene)
{
    test_editor_listen(scene->editor);
    test_editor_publish(scene->editor, "ready", TEST_GENERATION_B, "server-recovery");
    test_request_answer(test_editor_accept(scene->editor), "{}");
}

/* One line of a terminal, as what is written to it makes it. */
struct line {
    char cells[128];
    size_t columns;
    size_t at;
    size_t widest; /* how far it was ever written */
};

/* Writes text to the line, up to a line end. Returns what is behind it. */
static const char *line_write(struct line *line, const char *text)
{
    for (; *text && *text != '\n'; text++) {
        if (*text == '\r') {
            line->at = 0;
            continue;
        }
        cr_assert(*text >= ' ' && *text <= '~', "%d is no plain character", *text);
        cr_assert(line->at < line->columns, "the line wraps at %zu columns", line->columns);
        line->cells[line->at++] = *text;
        if (line->at > line->widest)
            line->widest = line->at;
    }
    return text;
}

static struct line line_new(size_t columns)
{
    struct line line = {.columns = columns};
    memset(line.cells, ' ', sizeof(line.cells) - 1);
    return line;
}

static bool line_is_blank(const struct line *line)
{
    return strspn(line->cells, " ") == sizeof(line->cells) - 1 && line->at == 0;
}

static struct program *start_on_terminal(const struct editor_scene *scene, unsigned short columns,
                                         const char *const *arguments)
{
    return program_start_with(&(struct program_setup){.arguments = arguments,
                                                      .folder = scene->project->root,
                                                      .has_terminal_errors = true,
                                                      .columns = columns});
}

/* Everything that a program wrote to its terminal fits the line and leaves it blank. */
static void expect_cleared(const char *written, size_t columns)
{
    struct line line = line_new(columns);
    cr_expect_eq(*line_write(&line, written), '\0', "a line end in %s", written);
    cr_expect(line_is_blank(&line), "\"%s\"", line.cells);
    cr_expect(line.widest > 0);
}

Test(spinner_line, shows_phase_and_seconds_and_clears_itself_at_any_width)
{
    static const unsigned short COLUMNS[] = {80, 40, 20, 1};
    for (size_t i = 0; i < sizeof(COLUMNS) / sizeof(COLUMNS[0]); i++) {
        struct editor_scene scene = scene_in("recovering");
        struct program *uloop = start_on_terminal(&scene, COLUMNS[i], ARGUMENTS("get-logs"));
        if (COLUMNS[i] >= 40)
            program_await_error_text(uloop, "Waiting: recovering (1 s)");
        else if (COLUMNS[i] > 1)
            program_await_error_text(uloop, "Waiting: re");
        answer(&scene);
        struct program_end end = program_wait(uloop);
        cr_expect_eq(end.exit_code, 0);
        if (COLUMNS[i] > 1)
            expect_cleared(end.err, COLUMNS[i]);
        else
            cr_expect_null(strchr(end.err, 'W'), "%s", end.err);
        program_end_clear(&end);
        editor_scene_free(&scene);
    }
}

Test(spinner_line, follows_the_phases_and_cuts_what_is_too_long)
{
    struct editor_scene scene = scene_in("compiling");
    struct program *uloop = start_on_terminal(&scene, 40, ARGUMENTS("wait"));
    program_await_error_text(uloop, "Waiting: compiling (");
    test_editor_publish(scene.editor, "reloading", TEST_GENERATION_A, "test");
    program_await_error_text(uloop, "Waiting: reloading (");
    test_editor_publish(scene.editor,
                        "a phase of the future with a name that is longer than any terminal",
                        TEST_GENERATION_A, "test");
    program_await_error_text(uloop, "Waiting: a phase of the future (");
    test_editor_publish(scene.editor, "odd\x1B[2J\xC3\xA9", TEST_GENERATION_A, "test");
    program_await_error_text(uloop, "Waiting: odd?[2J?? (");
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_B, "test");
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0);
    expect_cleared(end.err, 40);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(spinner_line, makes_room_for_an_error)
{
    struct editor_scene scene = scene_in("compiling");
    struct program *uloop = start_on_terminal(&scene, 40, ARGUMENTS("get-hierarchy"));
    program_await_error_text(uloop, "Waiting: compiling (");
    program_signal(uloop, SIGINT);
    struct program_end end = program_wait(uloop);
    char *error = strchr(end.err, '{');
    cr_assert(error, "%s", end.err);
    *error = '\0';
    expect_cleared(end.err, 40);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

/* What a command writes to a terminal that is answered at once, or whose signal comes as soon as a
 * line is there; the caller frees. */
static char *written_by(struct editor_scene *scene, bool is_answered)
{
    struct program *uloop = start_on_terminal(scene, 80, ARGUMENTS("get-logs"));
    struct test_request *request = test_editor_accept(scene->editor);
    if (is_answered) {
        test_request_answer(request, "{}");
    } else {
        program_await_error_text(uloop, "Waiting: get-logs (");
        program_signal(uloop, SIGINT);
    }
    struct program_end end = program_wait(uloop);
    char *written = memory_copy_string(end.err);
    program_end_clear(&end);
    return written;
}

/* It depends on the clock: on a machine that has other things to do only one of the tries counts.
 */
Test(spinner_line, is_there_soon_but_not_for_what_is_done_at_once)
{
    enum {
        TRIES = 10
    };
    struct editor_scene scene = editor_scene_new_ready();
    bool is_silent = false, is_soon = false;
    for (int i = 0; i < TRIES && !(is_silent && is_soon); i++) {
        char *quick = written_by(&scene, true);
        char *slow = written_by(&scene, false);
        is_silent = is_silent || *quick == '\0';
        is_soon = is_soon || strstr(slow, "Waiting: get-logs (0 s)");
        free(quick);
        free(slow);
    }
    cr_expect(is_silent);
    cr_expect(is_soon);
    editor_scene_free(&scene);
}

Test(spinner_line, says_what_runs_while_the_answer_is_awaited)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = start_on_terminal(&scene, 80, ARGUMENTS("run-tests"));
    struct test_request *request = test_editor_accept(scene.editor);
    program_await_error_text(uloop, "Waiting: run-tests (1 s)");
    test_request_answer(request, "{}");
    struct program_end end = program_wait(uloop);
    expect_cleared(end.err, 80);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(spinner_line, is_not_there_when_nobody_looks_or_quiet_is_wanted)
{
    const struct {
        const char *const *arguments;
        const char *const *environment;
        bool is_terminal;
    } RUNS[] = {
        {ARGUMENTS("get-logs"), NULL, false},
        {ARGUMENTS("get-logs", "--quiet"), NULL, true},
        {ARGUMENTS("--quiet", "get-logs"), NULL, true},
        {ARGUMENTS("get-logs", "--quiet"), (const char *const[]){"ULOOP_LOG=trace", NULL}, true},
        {ARGUMENTS("get-logs"), (const char *const[]){"TERM=dumb", NULL}, true},
    };
    struct editor_scene scene = editor_scene_new_ready();
    for (size_t i = 0; i < sizeof(RUNS) / sizeof(RUNS[0]); i++) {
        struct program *uloop =
            program_start_with(&(struct program_setup){.arguments = RUNS[i].arguments,
                                                       .folder = scene.project->root,
                                                       .environment = RUNS[i].environment,
                                                       .has_terminal_errors = RUNS[i].is_terminal});
        test_request_answer(test_editor_accept(scene.editor), "{}");
        struct program_end end = program_wait(uloop);
        cr_expect_eq(end.exit_code, 0);
        cr_expect_str_eq(end.err, "", "run %zu", i);
        program_end_clear(&end);
    }
    editor_scene_free(&scene);
}

/* Its log tells of every wake. */
Test(spinner_line, wakes_no_command_that_shows_none)
{
    const struct {
        const char *const *arguments;
        bool is_terminal;
    } RUNS[] = {
        {ARGUMENTS("wait", "--timeout", "0.5"), true},
        {ARGUMENTS("wait", "--timeout", "0.5"), false},
        {ARGUMENTS("wait", "--timeout", "0.5", "--quiet"), true},
    };
    struct editor_scene scene = scene_in("compiling");
    for (size_t i = 0; i < sizeof(RUNS) / sizeof(RUNS[0]); i++) {
        char *name = memory_format("run-%zu.log", i);
        char *log = memory_format("ULOOP_LOG_FILE=%s", temp_project_path(scene.project, name));
        struct program_end end = program_run_with(&(struct program_setup){
            .arguments = RUNS[i].arguments,
            .folder = scene.project->root,
            .environment = (const char *const[]){"ULOOP_LOG=trace", log, NULL},
            .has_terminal_errors = RUNS[i].is_terminal});
        cr_expect_eq(end.exit_code, 4, "%s", end.err);
        bool wakes = strstr(temp_project_read(scene.project, name), "time for the progress line");
        cr_expect_eq(wakes, i == 0, "run %zu", i);
        program_end_clear(&end);
        free(name);
        free(log);
    }
    editor_scene_free(&scene);
}

Test(spinner_line, leaves_errors_when_quiet_is_wanted)
{
    struct temp_project *project = temp_project_new();
    struct program_end end = program_run(ARGUMENTS("get-logs", "--quiet"), project->root, NULL);
    cr_expect_eq(end.exit_code, 3);
    cr_expect_eq(end.err[0], '{', "%s", end.err);
    program_end_clear(&end);
    temp_project_free(project);
}

/* Runs a tool whose code is a secret, and returns what it wrote on standard error and, if it did,
 * to the file "log" of the project; the caller frees. */
static char *log_of(struct editor_scene *scene, const char *const *environment)
{
    struct program *uloop =
        program_start(ARGUMENTS("execute-dynamic-code", "--code", "return \"s3cret\";"),
                      scene->project->root, environment);
    struct test_request *request = test_editor_accept(scene->editor);
    cr_expect_str_eq(test_request_text(request, "Code"), "return \"s3cret\";");
    test_request_answer(request, "{\"Result\":\"hidd3n\"}");
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    const char *file = temp_project_read(scene->project, "log");
    char *log = memory_format("%s%s", end.err, file ? file : "");
    program_end_clear(&end);
    return log;
}

Test(log_lines, tell_at_debug_what_was_decided_and_never_what_was_sent)
{
    struct editor_scene scene = editor_scene_new_ready();
    char *log = log_of(&scene, (const char *const[]){"ULOOP_LOG=debug", NULL});
    static const char *const TOLD[] = {" tool execute-dynamic-code\n", " project ", " state ready",
                                       ": dispatch (", " the Editor answered execute-dynamic-code"};
    for (size_t i = 0; i < sizeof(TOLD) / sizeof(TOLD[0]); i++)
        cr_expect_not_null(strstr(log, TOLD[i]), "\"%s\" is not in %s", TOLD[i], log);
    cr_expect_null(strstr(log, "s3cret"), "%s", log);
    cr_expect_null(strstr(log, "hidd3n"), "%s", log);
    free(log);
    editor_scene_free(&scene);
}

Test(log_lines, tell_at_trace_what_is_sent)
{
    struct editor_scene scene = editor_scene_new_ready();
    char *log = log_of(&scene, (const char *const[]){"ULOOP_LOG=trace", NULL});
    cr_expect_not_null(strstr(log, "s3cret"), "%s", log);
    free(log);
    editor_scene_free(&scene);
}

Test(log_lines, tell_at_trace_what_a_compile_sends)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct program *uloop = program_start(ARGUMENTS("compile"), scene.project->root,
                                          (const char *const[]){"ULOOP_LOG=trace", NULL});
    struct test_request *request = test_editor_accept(scene.editor);
    char *line = memory_format(" sending compile {\"ForceRecompile\":false,"
                               "\"WaitForDomainReload\":true,\"RequestId\":\"%s\"}\n",
                               test_request_text(request, "RequestId"));
    program_await_error_text(uloop, line);
    test_request_answer(request, "{\"Success\":false}");
    expect_end(program_wait(uloop), 1, "false");
    free(line);
    editor_scene_free(&scene);
}

Test(log_lines, go_to_a_file_and_leave_standard_error_alone)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *const environment[] = {"ULOOP_LOG=debug", "ULOOP_LOG_FILE=log", NULL};
    struct stat status;
    for (int i = 1; i <= 2; i++) {
        char *log = log_of(&scene, environment);
        size_t count = 0;
        for (const char *at = log; (at = strstr(at, " tool execute-dynamic-code\n")); at++)
            count++;
        cr_expect_eq(count, (size_t)i, "%s", log);
        cr_expect_null(strstr(log, "s3cret"), "%s", log);
        free(log);
    }
    cr_assert_eq(stat(temp_project_path(scene.project, "log"), &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    /* The terminal is free for the spinner then. */
    struct program *uloop =
        program_start_with(&(struct program_setup){.arguments = ARGUMENTS("run-tests"),
                                                   .folder = scene.project->root,
                                                   .environment = environment,
                                                   .has_terminal_errors = true});
    struct test_request *request = test_editor_accept(scene.editor);
    program_await_error_text(uloop, "Waiting: run-tests");
    test_request_answer(request, "{}");
    struct program_end end = program_wait(uloop);
    expect_cleared(end.err, 80);
    program_end_clear(&end);
    editor_scene_free(&scene);
}

Test(log_lines, need_a_file_that_can_be_written)
{
    struct editor_scene scene = editor_scene_new_ready();
    const char *const environment[] = {"ULOOP_LOG=debug", "ULOOP_LOG_FILE=no/such/log", NULL};
    struct program_end end = program_run(ARGUMENTS("get-logs"), scene.project->root, environment);
    cr_expect_eq(end.exit_code, 7);
    cr_expect_not_null(strstr(end.err, "Cannot open the log file no/such/log"), "%s", end.err);
    cr_expect_not_null(strstr(end.err, "ULOOP_LOG_FILE"), "%s", end.err);
    program_end_clear(&end);
    /* Where no log is asked for, the file does not matter. */
    end = program_run(ARGUMENTS("help"), "/",
                      (const char *const[]){"ULOOP_LOG_FILE=no/such/log", NULL});
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    cr_expect_eq(test_editor_dispatched(scene.editor), (size_t)0);
    editor_scene_free(&scene);
}

Test(log_lines, are_one_line_each_whatever_was_typed)
{
    static const char *const environment[] = {"ULOOP_LOG=debug", NULL};
    struct program_end end =
        program_run(ARGUMENTS("a\n2026-01-01T00:00:00.000Z [1] forged\x1B[2J"), "/", environment);
    cr_expect_eq(end.exit_code, 2);
    cr_expect_null(strstr(end.err, "\n2026-01-01T"), "%s", end.err);
    cr_expect_null(strchr(end.err, '\x1B'));
    program_end_clear(&end);
}
