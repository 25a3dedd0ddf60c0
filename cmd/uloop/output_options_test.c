/* Where results and errors go, and in which form: --output, --compact, --quiet, a full disk, a
 * reader that is gone. */

#include "base/memory.h"
#include "testkit/program.h"
#include "testkit/small_disk.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* A ready Editor's project, and a folder beside it that takes output. */
struct scene {
    struct temp_project *project;
    struct test_editor *editor;
    struct temp_project *folder;
    const char *file; /* in the folder; holds "old" */
};

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new(), .folder = temp_folder_new()};
    scene.editor = test_editor_new(scene.project->root);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    scene.file = temp_project_write(scene.folder, "file", "old");
    return scene;
}

static void scene_free(struct scene *scene)
{
    temp_project_free(scene->folder);
    test_editor_free(scene->editor);
    temp_project_free(scene->project);
}

/* Runs a program that sends one request, and answers it. */
static struct program_end run_with(struct scene *scene, const struct program_setup *setup,
                                   const char *answer)
{
    struct program_setup here = *setup;
    here.folder = scene->project->root;
    struct program *uloop = program_start_with(&here);
    test_request_answer(test_editor_accept(scene->editor), answer);
    return program_wait(uloop);
}

static struct program_end run(struct scene *scene, const char *const *arguments, const char *answer)
{
    return run_with(scene, &(struct program_setup){.arguments = arguments}, answer);
}

static void expect_end(struct program_end end, int exit_code, const char *out, const char *words)
{
    cr_expect_eq(end.exit_code, exit_code, "exit code %d: %s", end.exit_code, end.err);
    cr_expect_str_eq(end.out, out);
    if (words)
        cr_expect_not_null(strstr(end.err, words), "\"%s\" is not in %s", words, end.err);
    else
        cr_expect_str_eq(end.err, "");
    program_end_clear(&end);
}

static void expect_file(struct scene *scene, const char *content)
{
    cr_expect_str_eq(temp_project_read(scene->folder, "file"), content);
    cr_expect_eq(temp_project_count(scene->folder, ""), 1);
}

Test(output_option, takes_the_result_instead_of_standard_output)
{
    struct scene scene = scene_new();
    struct program_end end =
        run(&scene, ARGUMENTS("get-logs", "--output", scene.file), "{\"A\":1.50}");
    expect_end(end, 0, "", NULL);
    expect_file(&scene, "{\n  \"A\": 1.50\n}\n");
    end = run(&scene, ARGUMENTS("--output", scene.file, "--compact", "get-logs"), "{\"B\":2}");
    expect_end(end, 0, "", NULL);
    expect_file(&scene, "{\"B\":2}\n");
    scene_free(&scene);
}

Test(output_option, takes_a_result_that_tells_of_failure)
{
    struct scene scene = scene_new();
    struct program_end end =
        run(&scene, ARGUMENTS("run-tests", "--output", scene.file), "{\"Success\":false}");
    expect_end(end, 1, "", NULL);
    expect_file(&scene, "{\n  \"Success\": false\n}\n");
    scene_free(&scene);
}

Test(output_option, takes_what_every_command_prints)
{
    struct scene scene = scene_new();
    test_editor_stop_listening(scene.editor, true);
    static const struct {
        const char *words[3];
        int exit_code;
        const char *content;
    } RUNS[] = {
        {{"--help"}, 0, "Usage: uloop"},
        {{"help", "get-logs"}, 0, "Usage: uloop get-logs"},
        {{"get-logs", "--help"}, 0, "Usage: uloop get-logs"},
        {{"--list-commands"}, 0, "get-logs\n"},
        {{"--list-options", "compile"}, 0, "--force-recompile\n"},
        {{"--version"}, 0, "uloop "},
        {{"status"}, 3, "\"phase\": \"ready\""},
        {{"fix"}, 0, "server-state.json"},
    };
    for (size_t i = 0; i < sizeof(RUNS) / sizeof(RUNS[0]); i++) {
        const char *const *words = RUNS[i].words;
        struct program_end end = program_run_with(&(struct program_setup){
            .arguments = ARGUMENTS("--output", scene.file, words[0], words[1]),
            .folder = scene.project->root,
            .has_terminal_output = true});
        expect_end(end, RUNS[i].exit_code, "", NULL);
        const char *content = temp_project_read(scene.folder, "file");
        cr_expect_not_null(strstr(content, RUNS[i].content), "%s", content);
        temp_project_write(scene.folder, "file", "old");
    }
    scene_free(&scene);
}

Test(output_option, leaves_the_file_when_there_is_an_error)
{
    struct scene scene = scene_new();
    struct program *uloop = program_start(ARGUMENTS("get-hierarchy", "--output", scene.file),
                                          scene.project->root, NULL);
    test_request_error(test_editor_accept(scene.editor), -32603, "No scene.", NULL);
    expect_end(program_wait(uloop), 5, "", "No scene.");
    expect_file(&scene, "old");
    expect_end(program_run(ARGUMENTS("frobnicate", "--output", scene.file), "/", NULL), 2, "",
               "frobnicate");
    expect_end(program_run(ARGUMENTS("get-logs", "--output", scene.file, "--bogus"), "/", NULL), 2,
               "", "--bogus");
    /* A command may print something and then fail. */
    temp_project_write(scene.project, ".uloop/tools.json", "{");
    expect_end(program_run(ARGUMENTS("--list-commands", "--output", scene.file),
                           scene.project->root, NULL),
               2, "", "tools.json");
    temp_project_write(scene.project, ".uloop/tools.json", "{\"Tools\":[{\"name\":\"get-logs\"}]}");
    test_editor_stop_listening(scene.editor, true);
    expect_end(
        program_run(ARGUMENTS("get-logs", "--output", scene.file), scene.project->root, NULL), 3,
        "", "UNITY_NOT_REACHABLE");
    expect_file(&scene, "old");
    scene_free(&scene);
}

Test(output_option, leaves_the_file_when_the_command_is_interrupted)
{
    static const char *const environment[] = {"ULOOP_LOG=debug", NULL};
    struct scene scene = scene_new();
    struct program *owner = program_start_fake_unity(scene.project->root);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    struct program *uloop = program_start(ARGUMENTS("get-logs", "--output", scene.file),
                                          scene.project->root, environment);
    program_await_error_text(uloop, "owner alive");
    program_signal(uloop, SIGTERM);
    expect_end(program_wait(uloop), 130, "", "Interrupted");
    expect_file(&scene, "old");
    program_free(owner);
    scene_free(&scene);
}

Test(output_option, sends_nothing_whose_answer_could_not_be_kept)
{
    struct scene scene = scene_new();
    cr_assert_eq(mkfifo(temp_project_path(scene.folder, "fifo"), 0600), 0);
    cr_assert_eq(symlink("nowhere", temp_project_path(scene.folder, "dangling")), 0);
    static const struct {
        const char *name;
        int exit_code;
        const char *words;
    } PLACES[] = {
        {"no/such/folder", 2, "there is no such folder"},
        {"file/below", 2, "there is no such folder"},
        {"", 2, "is not a regular file"},
        {"fifo", 2, "is not a regular file"},
        {"dangling", 2, "is not a regular file"},
    };
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++) {
        const char *path = temp_project_path(scene.folder, PLACES[i].name);
        struct program_end end =
            program_run(ARGUMENTS("get-hierarchy", "--output", path), scene.project->root, NULL);
        expect_end(end, PLACES[i].exit_code, "", PLACES[i].words);
    }
    expect_end(
        program_run(ARGUMENTS("get-hierarchy", "--output", "/dev/null"), scene.project->root, NULL),
        2, "", "is not a regular file");
    cr_expect_eq(test_editor_dispatched(scene.editor), (size_t)0);
    cr_expect_str_eq(temp_project_read(scene.folder, "file"), "old");
    scene_free(&scene);
}

Test(output_option, follows_a_link_to_a_file)
{
    struct scene scene = scene_new();
    const char *link = temp_project_path(scene.project, "link");
    cr_assert_eq(symlink(scene.file, link), 0);
    struct program_end end = run(&scene, ARGUMENTS("get-logs", "--output", "link"), "{}");
    expect_end(end, 0, "", NULL);
    expect_file(&scene, "{}\n");
    struct stat status;
    cr_assert_eq(lstat(link, &status), 0);
    cr_expect(S_ISLNK(status.st_mode));
    scene_free(&scene);
}

/* More than a small disk holds; the caller frees. */
static char *long_answer(void)
{
    size_t length = (size_t)4 * SMALL_DISK_BYTES;
    char *text = memory_new(length + 1);
    memset(text, 'x', length);
    char *answer = memory_format("{\"Tools\":[{\"name\":\"x\",\"description\":\"%s\"}]}", text);
    free(text);
    return answer;
}

/*
 * Runs uloop with these words where the folder is a disk that is full after SMALL_DISK_BYTES: a
 * real one, or where that is not permitted, a limit on what the program may write. A file there
 * that holds "old" must be the same afterwards, and alone.
 */
static void expect_full_disk(struct scene *scene, struct temp_project *place, const char *folder,
                             const char *file, const char *words)
{
    static const struct program_limit LIMIT = {.resource = RLIMIT_FSIZE, .value = SMALL_DISK_BYTES};
    struct small_disk *disk = small_disk_new(temp_project_make_folder(place, folder));
    char *line = memory_format("trap '' XFSZ; exec \"$0\" %s", words);
    char *answer = long_answer();
    temp_project_write(place, file, "old");
    const struct program_setup setup = {
        .arguments = (const char *const[]){"/bin/sh", "-c", line, ULOOP_PROGRAM, NULL},
        .limits = &LIMIT,
        .limit_count = disk ? 0 : 1};
    expect_end(run_with(scene, &setup, answer), 7, "",
               disk ? "no space left on device" : "file too large");
    cr_expect_str_eq(temp_project_read(place, file), "old");
    cr_expect_eq(temp_project_count(place, folder), 1);
    small_disk_free(disk);
    free(answer);
    free(line);
}

Test(output_option, leaves_the_file_when_the_disk_is_full)
{
    struct scene scene = scene_new();
    const char *file = temp_project_path(scene.folder, "disk/file");
    char *words = memory_format("list --output %s", file);
    expect_full_disk(&scene, scene.folder, "disk", "disk/file", words);
    free(words);
    scene_free(&scene);
}

Test(sync, leaves_the_old_tools_when_the_disk_is_full)
{
    struct scene scene = scene_new();
    expect_full_disk(&scene, scene.project, ".uloop", ".uloop/tools.json", "sync");
    scene_free(&scene);
}

static void expect_one_line(const char *text)
{
    cr_expect(*text && strchr(text, '\n') == text + strlen(text) - 1, "%s", text);
}

Test(compact, prints_results_and_errors_in_one_line)
{
    struct scene scene = scene_new();
    struct program_end end = run(&scene, ARGUMENTS("get-logs", "--compact"), "{ \"A\" : [1, 2] }");
    expect_end(end, 0, "{\"A\":[1,2]}\n", NULL);
    const char *const *const failing[] = {
        ARGUMENTS("--compact", "frobnicate"),          ARGUMENTS("frobnicate", "--compact"),
        ARGUMENTS("get-logs", "--bogus", "--compact"), ARGUMENTS("--bogus", "--compact"),
        ARGUMENTS("status", "--compact", "stray"),
    };
    for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
        end = program_run(failing[i], scene.project->root, NULL);
        cr_expect_eq(end.exit_code, 2);
        expect_one_line(end.err);
        program_end_clear(&end);
    }
    end = program_run_with(&(struct program_setup){.arguments = ARGUMENTS("status", "--compact"),
                                                   .folder = scene.project->root,
                                                   .has_terminal_output = true});
    expect_one_line(end.out);
    program_end_clear(&end);
    scene_free(&scene);
}

Test(no_color, is_taken_and_there_is_none)
{
    struct scene scene = scene_new();
    static const char *const environment[] = {"NO_COLOR=1", NULL};
    struct program_end end =
        run_with(&scene,
                 &(struct program_setup){.arguments = ARGUMENTS("list", "--no-color"),
                                         .environment = environment,
                                         .has_terminal_output = true,
                                         .has_terminal_errors = true},
                 "{\"Tools\":[]}");
    cr_expect_eq(end.exit_code, 0);
    cr_expect_null(strchr(end.out, '\x1B'));
    program_end_clear(&end);
    scene_free(&scene);
}

Test(closed_pipe, is_an_error_and_no_crash)
{
    struct scene scene = scene_new();
    static const char SCRIPT[] = "{ \"$0\" get-logs; echo exit $? >&2; } | "
                                 "{ exec <&-; echo closed >&2; }";
    struct program *shell =
        program_start((const char *const[]){"/bin/sh", "-c", SCRIPT, ULOOP_PROGRAM, NULL},
                      scene.project->root, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    program_await_error_text(shell, "closed");
    test_request_answer(request, "{}");
    struct program_end end = program_wait(shell);
    cr_expect_not_null(strstr(end.err, "Cannot write to standard output: Broken pipe."), "%s",
                       end.err);
    cr_expect_not_null(strstr(end.err, "exit 7\n"), "%s", end.err);
    program_end_clear(&end);
    scene_free(&scene);
}
