#include "base/home.h"
#include "base/path.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "completion/candidates.h"
#include "completion/startup_file.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct completion_options {
    const char *operand;
    const char *shell;
    bool install;
    const char *file;
    bool candidates;
    struct option_list words;
};

/* Lets a shell complete what is typed behind uloop. */
static int completion_run(struct cli *cli, const void *options);

const struct command completion_command = {
    .name = "completion",
    .summary = "complete commands, options and values in a shell",
    .description =
        "Prints the script that does it. --install adds the lines that load it to the shell's "
        "start-up file, between two markers, or renews them. The default is the shell in $SHELL. "
        "The script asks this uloop, so it need not be on PATH.",
    .group = GROUP_PROGRAM,
    .needs = NEEDS_NOTHING,
    .options =
        (const struct option[]){
            {.name = "shell",
             .operand = true,
             .type = OPTION_TYPE_STRING,
             .choices = SHELL_NAMES,
             .help = "the shell",
             .offset = OPTION_PLACE(completion_options, operand, const char **)},
            OPTION_REST(completion_options, words, "words", "of --candidates: what was typed"),
            OPTION_CHOICE(completion_options, shell, "shell", '\0', SHELL_NAMES, NULL,
                          "the same, as an option"),
            OPTION_FLAG(completion_options, install, "install", '\0',
                        "add it to the shell's start-up file"),
            OPTION_STRING(completion_options, file, "file", '\0', "file",
                          "of --install: that file instead, such as $PROFILE"),
            OPTION_FLAG(completion_options, candidates, "candidates", '\0',
                        "print what can follow the words behind --, which is what the scripts do"),
            OPTION_END,
        },
    .options_size = sizeof(struct completion_options),
    .run = completion_run,
};

static bool find_shell(const struct completion_options *options, enum shell *shell,
                       struct error *error)
{
    const char *name = options->operand ? options->operand : options->shell;
    bool is_one = !options->operand || !options->shell || options->operand == options->shell;
    if (!is_one)
        return error_set(error, E_INVALID_ARGUMENT, "Two shells are named, %s and %s.",
                         options->operand, options->shell);
    *shell = shell_of_program(name ? name : getenv("SHELL"));
    if (*shell == SHELL_COUNT && PATH_NATIVE == PATH_WINDOWS)
        *shell = SHELL_POWERSHELL; /* Windows has no $SHELL */
    return *shell != SHELL_COUNT ||
           error_set(error, E_INVALID_ARGUMENT,
                     "$SHELL is not bash, zsh, fish or powershell; name the shell.");
}

/* This program's path; the caller frees. NULL with *error. */
static char *find_program(struct error *error)
{
    enum {
        MOST_BYTES = 65536
    };
    char *path = memory_new(MOST_BYTES);
    size_t length = MOST_BYTES;
    int status = uv_exepath(path, &length);
    if (status == 0)
        return path;
    free(path);
    error_set(error, E_SYSTEM, "Cannot find out where uloop itself lies: %s.", uv_strerror(status));
    return NULL;
}

static int print_script(struct cli *cli, enum shell shell, const char *program)
{
    struct buffer text = {0};
    script_build(shell, program, &text);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

static int install(struct cli *cli, enum shell shell, const char *program, const char *file)
{
    struct error error = {0};
    struct buffer lines = {0};
    struct buffer text = {0};
    bool changed = false;
    char *home = home_folder(&error);
    char *path = NULL;
    if (home)
        path = file ? memory_copy_string(file) : startup_file_path(shell, home);
    script_build_loader(shell, program, &lines);
    bool done = path && startup_file_install(path, home, buffer_slice(&lines), &changed, &error);
    if (done)
        buffer_append_format(&text, "Completion for %s %s in %s.%s\n", SHELL_NAMES[shell],
                             changed ? "is now" : "was already", path,
                             changed ? " It works in shells that are started from here on." : "");
    int exit_code = done ? output_text(cli, buffer_slice(&text)) : cli_fail(cli, &error);
    free(path);
    free(home);
    buffer_clear(&text);
    buffer_clear(&lines);
    return exit_code;
}

static int print_candidates(struct cli *cli, const struct option_list *words)
{
    struct buffer text = {0};
    candidates_find(cli, words->items, words->count, &text);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

static int completion_run(struct cli *cli, const void *options)
{
    const struct completion_options *given = options;
    struct error error = {0};
    enum shell shell = SHELL_COUNT;
    if (given->candidates)
        return print_candidates(cli, &given->words);
    if (given->words.count > 0 || (given->file && !given->install))
        error_set(&error, E_INVALID_ARGUMENT, "%s",
                  given->file ? "--file is for --install alone."
                              : "Words are for --candidates alone.");
    char *program = error.code ? NULL : find_program(&error);
    int exit_code;
    if (!program || !find_shell(given, &shell, &error))
        exit_code = cli_fail(cli, &error);
    else if (given->install)
        exit_code = install(cli, shell, program, given->file);
    else
        exit_code = print_script(cli, shell, program);
    free(program);
    return exit_code;
}
