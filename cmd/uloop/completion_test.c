/* `uloop completion`: printed, installed, and at work in the real shells. */

#include "transcript.h"

#include "testkit/program.h"
#include "testkit/small_disk.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* What is typed in a project, with a tab behind it, and what comes of it. */
struct line {
    const char *typed;
    const char *completed;
};

static const struct line LINES[] = {
    {"uloop compl", "uloop completion "},
    {"uloop past", "uloop paste "},
    {"uloop wait --for st", "uloop wait --for stopped "},
    {"uloop wait --for=st", "uloop wait --for=stopped "},
    {"uloop paste --kind=gl", "uloop paste --kind=glossy "},
    {"uloop paste --timeout 5 --ki", "uloop paste --timeout 5 --kind "},
    {"uloop compile --no-w", "uloop compile --no-wait-for-domain-reload "},
    {"uloop skills unin", "uloop skills uninstall "},
    {"uloop help focus", "uloop help focus-window "},
    {"uloop --project-path \"a b\" spe", "uloop --project-path \"a b\" special "},
    {"uloop --project-path ~/a\\ b spe", "uloop --project-path ~/a\\ b special "},
    {"uloop --project-path=~/no --list-c", "uloop --project-path=~/no --list-commands "},
    {"~/no/such/uloop compl", "~/no/such/uloop completion "},
};

enum {
    LINE_COUNT = sizeof(LINES) / sizeof(LINES[0])
};

/* A project and a home folder, each with another project in it. */
struct scene {
    struct temp_project *project;
    struct temp_project *home;
    char *home_variable;
    const char *environment[8];
};

/* Puts another project, with a tool of its own, into the folder. */
static void add_project(struct temp_project *folder)
{
    temp_project_make_folder(folder, "a b/Assets");
    temp_project_make_folder(folder, "a b/ProjectSettings");
    temp_project_write(folder, "a b/.uloop/tools.json", "{\"tools\":[{\"name\":\"special\"}]}");
}

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new(), .home = temp_folder_new()};
    temp_project_write(scene.project, ".uloop/tools.json",
                       "{\"tools\":[{\"name\":\"paste\",\"parameterSchema\":{\"Properties\":{"
                       "\"Kind\":{\"Type\":\"string\",\"Enum\":[\"matt\",\"glossy\"]}}}}]}");
    add_project(scene.project);
    add_project(scene.home);
    scene.home_variable = memory_format("HOME=%s", scene.home->root);
    const char *const environment[] = {
        scene.home_variable, "PATH=/usr/bin:/bin", "ZDOTDIR", "XDG_CONFIG_HOME",
        "TERM=dumb",         "INPUTRC=/dev/null",  NULL};
    memcpy(scene.environment, environment, sizeof(environment));
    return scene;
}

static void scene_free(struct scene *scene)
{
    free(scene->home_variable);
    temp_project_free(scene->home);
    temp_project_free(scene->project);
}

static struct program_end run(const struct scene *scene, const char *const *arguments,
                              const char *input)
{
    return program_run_with(&(struct program_setup){.arguments = arguments,
                                                    .folder = scene->project->root,
                                                    .environment = scene->environment,
                                                    .input_text = input});
}

static void expect_run(const struct scene *scene, const char *const *arguments, int exit_code,
                       const char *part)
{
    struct program_end end = run(scene, arguments, NULL);
    cr_expect_eq(end.exit_code, exit_code, "%s", end.err);
    cr_expect(strstr(exit_code ? end.err : end.out, part), "\"%s\" is not in %s%s", part, end.out,
              end.err);
    program_end_clear(&end);
}

static void skip_without(const char *shell)
{
    if (access(shell, X_OK) != 0)
        cr_skip_test("%s is not here; scripts/setup installs it", shell);
}

/* Fails the test for each line that is not, between equal signs, among what the shell printed. */
static void expect_lines(const struct program_end *end)
{
    for (size_t i = 0; i < LINE_COUNT; i++) {
        char *line = memory_format("\n=%s=", LINES[i].completed);
        cr_expect(strstr(end->out, line), "%s is not in %s\n%s", line, end->out, end->err);
        free(line);
    }
}

Test(completion, explains_itself_and_its_errors)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    const char *root = folder->root;
    transcribe(&transcript, root, ARGUMENTS("completion", "--help"));
    transcribe(&transcript, root, ARGUMENTS("completion", "tcsh"));
    transcribe(&transcript, root, ARGUMENTS("completion", "bash", "--shell", "zsh"));
    transcribe(&transcript, root, ARGUMENTS("completion", "bash", "--file", "x"));
    transcribe(&transcript, root, ARGUMENTS("completion", "bash", "--", "x"));
    transcribe(&transcript, root, ARGUMENTS("completion", "--candidates", "--", "wait", "--for="));
    transcribe(&transcript, root, ARGUMENTS("completion", "--candidates", "--", "skills", "un"));
    expect_golden("completion", &transcript);
    temp_project_free(folder);
}

Test(completion, takes_the_shell_from_the_environment)
{
    static const char *const shells[][2] = {
        {"SHELL=/bin/bash", "for bash"},
        {"SHELL=/opt/bin/zsh", "for zsh"},
        {"SHELL=/usr/bin/fish", "for fish"},
        {"SHELL=/usr/bin/pwsh", "for PowerShell"},
    };
    struct scene scene = scene_new();
    for (size_t i = 0; i < 4; i++) {
        scene.environment[1] = shells[i][0];
        expect_run(&scene, ARGUMENTS("completion"), 0, shells[i][1]);
    }
    scene.environment[1] = "SHELL=/bin/dash";
    expect_run(&scene, ARGUMENTS("completion"), 2, "$SHELL is not bash");
    expect_run(&scene, ARGUMENTS("completion", "--shell", "ZSH"), 0, "for zsh");
    scene.environment[1] = "SHELL";
    expect_run(&scene, ARGUMENTS("completion"), 2, "$SHELL is not bash");
    scene_free(&scene);
}

/* The keys: a tab completes, Ctrl-X P shows the line between equal signs, Ctrl-U empties it. */
static const char KEYS[] = "\t\x18p\x15";

/* Types each line in bash, whose start-up file has what --install wrote. */
static struct program_end type_in_bash(const struct scene *scene)
{
    const char *const arguments[] = {"/bin/bash", "-i", NULL};
    struct buffer typed = {0};
    buffer_append_string(&typed, "bind -x '\"\\C-xp\":printf \"\\n=%s=\\n\" \"$READLINE_LINE\"'\n");
    for (size_t i = 0; i < LINE_COUNT; i++)
        buffer_append_format(&typed, "%s%s", LINES[i].typed, KEYS);
    struct program_end end = run(scene, arguments, typed.data);
    buffer_clear(&typed);
    return end;
}

Test(completion, works_in_bash)
{
    struct scene scene = scene_new();
    skip_without("/bin/bash");
    temp_project_write(scene.home, ".bashrc", "HISTFILE=");
    expect_run(&scene, ARGUMENTS("completion", "bash", "--install"), 0, ".bashrc");
    struct program_end end = type_in_bash(&scene);
    expect_lines(&end);
    program_end_clear(&end);
    scene_free(&scene);
}

/* Runs zsh on a terminal of its own, and prints what it shows of each line. What is typed before
 * the prompt stands would be the terminal's, to which Ctrl-U means something else. */
static const char ZSH_DRIVER[] =
    "zmodload zsh/zpty\n"
    "zpty z zsh -i\n"
    "zpty -w z 'show() { print; print -r -- \"=$BUFFER=\" }; zle -N show; bindkey -e;"
    " bindkey \"^Xp\" show; PS1=next:; echo READY$((1 + 1))'\n"
    "zpty -r z out '*READY2*next:*'\n"
    "for line; do\n"
    "    zpty -w -n z $line\n"
    "    zpty -r z out $'*\\n=*=[\\r\\n]*'\n"
    "    print -r -- ${out//$'\\r'/}\n"
    "done\n";

Test(completion, works_in_zsh)
{
    struct scene scene = scene_new();
    const char *arguments[LINE_COUNT + 6] = {"/usr/bin/zsh", "-f", "-c", ZSH_DRIVER, "driver"};
    char *typed[LINE_COUNT];
    skip_without("/usr/bin/zsh");
    for (size_t i = 0; i < LINE_COUNT; i++)
        arguments[i + 5] = typed[i] = memory_format("%s%s", LINES[i].typed, KEYS);
    expect_run(&scene, ARGUMENTS("completion", "zsh", "--install"), 0, ".zshrc");
    struct program_end end = run(&scene, arguments, NULL);
    expect_lines(&end);
    program_end_clear(&end);
    for (size_t i = 0; i < LINE_COUNT; i++)
        free(typed[i]);
    scene_free(&scene);
}

/* fish prints what it would offer; it is put in the place of the last word here. */
static const char FISH_DRIVER[] =
    "for line in $argv\n"
    "    set -l offers (complete -C $line)\n"
    "    set -l word (string split -f1 \\t -- $offers[1])\n"
    "    echo\n"
    "    echo \"=\"(string replace -r '[^ ]*$' '' -- $line)\"$word =\"\n"
    "end\n";

Test(completion, works_in_fish)
{
    struct scene scene = scene_new();
    const char *arguments[LINE_COUNT + 4] = {"/usr/bin/fish", "-c", FISH_DRIVER};
    skip_without("/usr/bin/fish");
    for (size_t i = 0; i < LINE_COUNT; i++)
        arguments[i + 3] = LINES[i].typed;
    expect_run(&scene, ARGUMENTS("completion", "fish", "--install"), 0, "config.fish");
    struct program_end end = run(&scene, arguments, NULL);
    expect_lines(&end);
    program_end_clear(&end);
    scene_free(&scene);
}

Test(completion, asks_the_uloop_on_path_when_the_one_that_was_installed_is_gone)
{
    struct scene scene = scene_new();
    static const char script[] =
        "mkdir -p $HOME/old $HOME/new && cp \"$0\" $HOME/old/uloop &&"
        "$HOME/old/uloop completion bash --install && mv $HOME/old/uloop $HOME/new/uloop";
    skip_without("/bin/bash");
    expect_run(&scene, (const char *const[]){"/bin/sh", "-c", script, ULOOP_PROGRAM, NULL}, 0,
               "is now in");
    char *path = memory_format("PATH=%s/new:/usr/bin:/bin", scene.home->root);
    scene.environment[1] = path;
    struct program_end end = type_in_bash(&scene);
    expect_lines(&end);
    program_end_clear(&end);
    free(path);
    scene_free(&scene);
}

Test(completion, is_installed_once_and_renewed)
{
    struct scene scene = scene_new();
    const char *const *again = ARGUMENTS("completion", "bash", "--install");
    temp_project_write(scene.home, ".bashrc", "alias a=b\n\t# last line without an end");
    expect_run(&scene, again, 0, "is now in");
    const char *installed = temp_project_read(scene.home, ".bashrc");
    cr_expect_eq(strncmp(installed, "alias a=b\n\t# last line without an end\n# >>> ", 43), 0, "%s",
                 installed);
    expect_run(&scene, again, 0, "was already in");
    cr_expect_str_eq(temp_project_read(scene.home, ".bashrc"), installed);
    expect_run(&scene, ARGUMENTS("completion", "zsh", "--install", "--file", "here"), 0,
               "is now in here");
    cr_expect(temp_project_has(scene.project, "here"));
    scene_free(&scene);
}

Test(completion, leaves_a_start_up_file_that_cannot_be_replaced)
{
    struct scene scene = scene_new();
    const char *const *arguments = ARGUMENTS("completion", "bash", "--install");
    const char *file = temp_project_write(scene.home, ".bashrc", "alias a=b\n");
    struct program_setup setup = {.arguments = arguments,
                                  .folder = "/",
                                  .environment = scene.environment,
                                  .user = getuid() == 0 ? 65534 : 0};
    cr_assert_eq(chmod(scene.home->root, 0555), 0);
    struct program_end end = program_run_with(&setup);
    cr_expect_eq(end.exit_code, 7);
    cr_expect(strstr(end.err, ".bashrc: permission denied"), "%s", end.err);
    program_end_clear(&end);
    cr_assert_eq(chmod(scene.home->root, 0777), 0);
    cr_assert_eq(chmod(file, 0444), 0);
    end = program_run_with(&setup);
    cr_expect_eq(end.exit_code, 7);
    cr_expect(strstr(end.err, "Cannot replace "), "%s", end.err);
    program_end_clear(&end);
    cr_expect_str_eq(temp_project_read(scene.home, ".bashrc"), "alias a=b\n");
    cr_expect_eq(temp_project_count(scene.home, ""), (size_t)2);
    scene.environment[0] = "HOME";
    expect_run(&scene, arguments, 7, "The home folder is not known");
    scene_free(&scene);
}

Test(completion, leaves_the_start_up_file_when_the_disk_is_full)
{
    enum {
        LENGTH = SMALL_DISK_BYTES / 3 * 2
    };
    static const struct program_limit limit = {RLIMIT_FSIZE, LENGTH};
    struct scene scene = scene_new();
    struct small_disk *disk = small_disk_new(scene.home->root);
    char *text = memory_new(LENGTH + 1);
    memset(text, '#', LENGTH);
    temp_project_write(scene.home, ".bashrc", text);
    const char *const arguments[] = {"/bin/sh", "-c",
                                     "trap '' XFSZ; exec \"$0\" completion bash --install",
                                     ULOOP_PROGRAM, NULL};
    struct program_end end =
        program_run_with(&(struct program_setup){.arguments = arguments,
                                                 .folder = "/",
                                                 .environment = scene.environment,
                                                 .limits = &limit,
                                                 .limit_count = disk ? 0 : 1});
    cr_expect_eq(end.exit_code, 7);
    cr_expect(strstr(end.err, disk ? "no space left on device" : "file too large"), "%s", end.err);
    cr_expect_str_eq(temp_project_read(scene.home, ".bashrc"), text);
    cr_expect_eq(temp_project_count(scene.home, ""), disk ? (size_t)1 : 2);
    program_end_clear(&end);
    free(text);
    small_disk_free(disk);
    scene_free(&scene);
}
