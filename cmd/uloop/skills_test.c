/* `uloop skills`: into the folders of agents, and out of them again without a trace. */

#include "transcript.h"

#include "testkit/program.h"
#include "testkit/small_disk.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, "skills", __VA_ARGS__, NULL})

enum {
    NOBODY = 65534
};

/* A project with a skill of its own, and one of somebody else's where skills are installed. */
static struct temp_project *project_new(void)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/Skill/SKILL.md",
                       "---\nname: paint\ndescription: how to paint\n---\nRead more.md.\n");
    temp_project_write(project, "Assets/Skill/more.md", "Take a brush.\n");
    temp_project_write(project, "Assets/Secret/SKILL.md",
                       "---\nname: secret\ninternal: true\n---\n");
    temp_project_write(project, ".claude/skills/foreign/SKILL.md", "---\nname: foreign\n---\n");
    return project;
}

/* Every folder and file below the folder, with the files' permissions and contents. */
static char *snapshot(const char *folder)
{
    static const char script[] = "find . -printf '%y %m %p %l\\n' | LC_ALL=C sort;"
                                 "find . -type f | LC_ALL=C sort | xargs sha256sum";
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    struct program_end end = program_run(arguments, folder, NULL);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    char *text = memory_copy_string(end.out);
    program_end_clear(&end);
    return text;
}

static void expect_snapshot(const char *folder, const char *expected)
{
    char *now = snapshot(folder);
    cr_expect_str_eq(now, expected);
    free(now);
}

/* Runs it, and holds the exit code and a part of the output against what is expected. */
static void expect_run(const struct program_setup *setup, int exit_code, const char *part)
{
    struct program_end end = program_run_with(setup);
    cr_expect_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s", end.exit_code, end.signal,
                 end.err);
    cr_expect(strstr(exit_code > 1 ? end.err : end.out, part), "\"%s\" is not in %s%s", part,
              end.out, end.err);
    program_end_clear(&end);
}

static void expect(const struct temp_project *project, const char *const *arguments, int exit_code,
                   const char *part)
{
    expect_run(&(struct program_setup){.arguments = arguments, .folder = project->root}, exit_code,
               part);
}

Test(skills, explain_themselves_and_what_they_do)
{
    struct temp_project *project = project_new();
    struct buffer transcript = {0};
    const char *root = project->root;
    transcribe(&transcript, root, ARGUMENTS("--help"));
    transcribe(&transcript, root, ARGUMENTS("list", "--claude"));
    transcribe(&transcript, root, ARGUMENTS("install", "--claude", "--flat"));
    transcribe(&transcript, root, ARGUMENTS("uninstall", "--claude"));
    transcribe(&transcript, root, ARGUMENTS("uninstall", "--codex"));
    transcribe(&transcript, root, ARGUMENTS("install"));
    transcribe(&transcript, root, ARGUMENTS("instal", "--claude"));
    transcribe(&transcript, root, ARGUMENTS("install", "--clade"));
    transcribe(&transcript, root, ((const char *const[]){ULOOP_PROGRAM, "skills", NULL}));
    expect_golden("skills", &transcript);
    temp_project_free(project);
}

Test(skills, leave_the_tree_as_it_was)
{
    struct temp_project *project = project_new();
    char *before = snapshot(project->root);
    expect(project, ARGUMENTS("install", "--claude", "--codex"), 0, "\"outcome\": \"installed\"");
    cr_expect(temp_project_has(project, ".claude/skills/paint/more.md"));
    cr_expect(temp_project_has(project, ".codex/skills/uloop/paint/more.md"));
    cr_expect_not(temp_project_has(project, ".claude/skills/secret"));

    temp_project_write(project, "Assets/Skill/more.md", "Take two brushes.\n");
    expect(project, ARGUMENTS("list", "--claude"), 0, "\"status\": \"outdated\"");
    expect(project, ARGUMENTS("install", "--claude", "--codex"), 0, "\"outcome\": \"updated\"");
    cr_expect_str_eq(temp_project_read(project, ".claude/skills/paint/more.md"),
                     "Take two brushes.\n");
    char *installed = snapshot(project->root);
    expect(project, ARGUMENTS("install", "--claude", "--codex"), 0, "\"outcome\": \"unchanged\"");
    expect_snapshot(project->root, installed);

    expect(project, ARGUMENTS("uninstall", "--claude", "--codex"), 0, "\"outcome\": \"removed\"");
    temp_project_write(project, "Assets/Skill/more.md", "Take a brush.\n");
    expect_snapshot(project->root, before);
    free(installed);
    free(before);
    temp_project_free(project);
}

Test(skills, of_all_targets_leave_the_tree_as_it_was)
{
    struct temp_project *project = project_new();
    struct temp_project *home = temp_folder_new();
    char *home_variable = memory_format("HOME=%s", home->root);
    const char *const environment[] = {home_variable, NULL};
    static const char *const actions[] = {"install", "list", "uninstall"};
    char *before = snapshot(project->root);
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < sizeof(actions) / sizeof(actions[0]); j++) {
            const char *const arguments[] = {ULOOP_PROGRAM,
                                             "skills",
                                             actions[j],
                                             "--claude",
                                             "--codex",
                                             "--cursor",
                                             "--gemini",
                                             "--agents",
                                             "--windsurf",
                                             "--antigravity",
                                             i ? "--global" : NULL,
                                             NULL};
            expect_run(&(struct program_setup){.arguments = arguments,
                                               .folder = project->root,
                                               .environment = environment},
                       0, "\"paint\"");
        }
        expect_snapshot(project->root, before);
        cr_expect_eq(temp_project_count(home, ""), (size_t)0);
    }
    free(before);
    free(home_variable);
    temp_project_free(home);
    temp_project_free(project);
}

Test(skills, that_were_changed_are_kept_and_the_exit_code_says_so)
{
    struct temp_project *project = project_new();
    expect(project, ARGUMENTS("install", "--claude"), 0, "paint");
    temp_project_write(project, ".claude/skills/paint/SKILL.md", "mine now");
    expect(project, ARGUMENTS("list", "--claude"), 0, "\"status\": \"changed\"");
    expect(project, ARGUMENTS("install", "--claude"), 1, "\"outcome\": \"kept\"");
    expect(project, ARGUMENTS("uninstall", "--claude"), 1, "\"outcome\": \"kept\"");
    cr_expect_str_eq(temp_project_read(project, ".claude/skills/paint/SKILL.md"), "mine now");
    cr_expect_eq(temp_project_count(project, ".claude/skills"), (size_t)2);
    temp_project_free(project);
}

Test(skills, are_shown_as_a_table_on_a_terminal)
{
    struct temp_project *project = project_new();
    temp_project_write(project, "Assets/Broken/SKILL.md", "\x1b[2J");
    struct program_end end = program_run_with(
        &(struct program_setup){.arguments = ARGUMENTS("list", "--claude", "--codex"),
                                .folder = project->root,
                                .has_terminal_output = true});
    cr_expect_eq(end.exit_code, 0);
    cr_expect(strstr(end.out, "Claude Code, "), "%s", end.out);
    cr_expect(strstr(end.out, "  paint                     missing"), "%s", end.out);
    cr_expect(strstr(end.out, "  Assets/Broken: its SKILL.md"), "%s", end.out);
    cr_expect_null(strchr(end.out, '{'));
    program_end_clear(&end);
    end = program_run_with(&(struct program_setup){.arguments = ARGUMENTS("list", "--json"),
                                                   .folder = project->root,
                                                   .has_terminal_output = true});
    cr_expect_eq(end.out[0], '{');
    program_end_clear(&end);
    temp_project_free(project);
}

Test(skills, of_uloop_itself_need_no_project_for_all_projects)
{
    struct temp_project *home = temp_folder_new();
    char *variable = memory_format("HOME=%s", home->root);
    struct program_setup setup = {
        .arguments = ARGUMENTS("install", "--claude", "--global"),
        .folder = "/",
        .environment = (const char *const[]){variable, NULL},
    };
    expect_run(&setup, 0, "uloop-compile");
    cr_expect(temp_project_has(home, ".claude/skills/uloop-compile/SKILL.md"));
    setup.arguments = ARGUMENTS("install", "--claude", "--global", "--project-path", home->root);
    expect_run(&setup, 2, "PROJECT_NOT_FOUND");
    setup.arguments = ARGUMENTS("install", "--claude");
    expect_run(&setup, 2, "PROJECT_NOT_FOUND");
    static const char *const homes[] = {"HOME", "HOME=", "HOME=relative", "HOME=/no/such/folder"};
    setup.arguments = ARGUMENTS("install", "--claude", "--global");
    for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
        setup.environment = (const char *const[]){homes[i], NULL};
        expect_run(&setup, 7, "The home folder is not known");
    }
    free(variable);
    temp_project_free(home);
}

Test(skills, do_not_leave_the_project_through_a_link)
{
    struct temp_project *project = project_new();
    struct temp_project *outside = temp_folder_new();
    cr_assert_eq(symlink(outside->root, temp_project_path(project, ".codex")), 0);
    expect(project, ARGUMENTS("install", "--claude", "--codex"), 7, "leads out of");
    cr_expect_eq(temp_project_count(outside, ""), (size_t)0);
    cr_expect_eq(temp_project_count(project, ".claude/skills"), (size_t)1);
    temp_project_free(outside);
    temp_project_free(project);
}

Test(skills, say_that_a_folder_cannot_be_written)
{
    struct temp_project *project = project_new();
    char *before = snapshot(project->root);
    bool as_root = getuid() == 0;
    cr_assert_eq(chmod(project->root, 0555), 0);
    expect_run(&(struct program_setup){.arguments = ARGUMENTS("install", "--cursor"),
                                       .folder = project->root,
                                       .user = as_root ? NOBODY : 0},
               7, ".cursor/skills: permission denied");
    cr_assert_eq(chmod(project->root, 0700), 0);
    expect_snapshot(project->root, before);
    free(before);
    temp_project_free(project);
}

/* A skill of which a file cannot be written, because it is longer than any may become. */
static const struct program_limit SHORT_FILES[] = {{RLIMIT_FSIZE, 8192}};

static void add_long_file(struct temp_project *project)
{
    enum {
        LENGTH = 20000
    };
    char *text = memory_new(LENGTH + 1);
    memset(text, 'x', LENGTH);
    temp_project_write(project, "Assets/Skill/more.md", text);
    free(text);
}

/* On a disk that is soon full; where that is not permitted, under the limit, whose signal is an
 * error of the write then. */
Test(skills, are_as_they_were_when_there_is_no_room)
{
    struct temp_project *project = project_new();
    const char *folder = temp_project_path(project, ".claude");
    struct small_disk *disk = small_disk_new(folder);
    expect(project, ARGUMENTS("install", "--claude"), 0, "paint");
    char *before = snapshot(folder);
    add_long_file(project);
    const char *const arguments[] = {
        "/bin/sh", "-c", "trap '' XFSZ; exec \"$0\" skills install --claude", ULOOP_PROGRAM, NULL};
    expect_run(&(struct program_setup){.arguments = arguments,
                                       .folder = project->root,
                                       .limits = SHORT_FILES,
                                       .limit_count = disk ? 0 : 1},
               7, disk ? "no space left on device" : "more.md: file too large");
    expect_snapshot(folder, before);
    free(before);
    small_disk_free(disk);
    temp_project_free(project);
}

Test(skills, recover_from_being_killed_half_way)
{
    struct temp_project *project = project_new();
    char *before = snapshot(project->root);
    add_long_file(project);
    struct program_end end =
        program_run_with(&(struct program_setup){.arguments = ARGUMENTS("install", "--claude"),
                                                 .folder = project->root,
                                                 .limits = SHORT_FILES,
                                                 .limit_count = 1});
    cr_assert_eq(end.signal, SIGXFSZ);
    program_end_clear(&end);
    cr_expect_eq(temp_project_count(project, ".claude/skills"), (size_t)2, "no half of it is left");
    temp_project_write(project, "Assets/Skill/more.md", "Take a brush.\n");
    expect(project, ARGUMENTS("install", "--claude"), 0, "\"outcome\": \"installed\"");
    cr_expect(temp_project_has(project, ".claude/skills/paint/more.md"));
    expect(project, ARGUMENTS("uninstall", "--claude"), 0, "\"outcome\": \"removed\"");
    expect_snapshot(project->root, before);
    free(before);
    temp_project_free(project);
}
