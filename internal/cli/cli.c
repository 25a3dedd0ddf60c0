#include "cli/cli.h"

#include "cli/envelope.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/startup.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/value.h"

#include <stdlib.h>
#include <string.h>

static const char VERSION_LINE[] = "uloop " ULOOP_VERSION "\n";

const struct option COMMON_OPTIONS[] = {
    OPTION_STRING(common_options, project_path, "project-path", '\0', "path",
                  "the Unity project; else the nearest one from the current folder up"),
    OPTION_STRING(common_options, output, "output", '\0', "file",
                  "write the result to a file; on an error it stays as it was"),
    OPTION_FLAG(common_options, compact, "compact", '\0',
                "print JSON, of results and errors, in one line"),
    OPTION_FLAG(common_options, quiet, "quiet", '\0',
                "show no progress: nothing but errors on standard error"),
    OPTION_FLAG(common_options, no_color, "no-color", '\0', "does nothing: uloop prints no color"),
    OPTION_FLAG(common_options, help, "help", 'h', "explain the command, or uloop itself"),
    OPTION_FLAG(common_options, version, "version", 'v', "print the version"),
    OPTION_END,
};

const struct option PROGRAM_OPTIONS[] = {
    OPTION_FLAG(program_options, list_commands, "list-commands", '\0',
                "print the names of all commands and tools"),
    OPTION_STRING(program_options, list_options, "list-options", '\0', "command",
                  "print the options of a command or tool"),
    OPTION_END,
};

bool cli_open_project(struct cli *cli, struct error *error)
{
    if (cli->project.root)
        return true;
    if (!project_open(cli->common.project_path, &cli->project, error))
        return false;
    log_debug(&cli->log, "project %s", cli->project.root);
    return true;
}

int cli_fail(struct cli *cli, struct error *error)
{
    struct buffer text = {0};
    int exit_code = error_info(error->code)->exit_code;
    char *command = cli->command ? text_excerpt(cli->command) : NULL;
    if (error->code == E_INVALID_ARGUMENT && command && !error->next_action)
        error_set_next(error, "Run `uloop %s --help` for its options.", command);
    cli->has_failed = true;
    spinner_clear(&cli->spinner);
    envelope_build(error, cli->project.root, command, cli->common.compact, &text);
    /* Where standard error cannot be written, the exit code is all that is left to tell. */
    (void)fwrite(text.data, 1, text.length, cli->err);
    (void)fflush(cli->err);
    log_debug(&cli->log, "exit code %d", exit_code);
    free(command);
    buffer_clear(&text);
    error_clear(error);
    return exit_code;
}

int cli_show_version(struct cli *cli)
{
    return output_text(cli, slice_of(VERSION_LINE));
}

/* Is the flag among uloop's arguments, wherever it stands? */
static bool is_given(const char *flag, char *const *arguments, size_t count)
{
    for (size_t i = 0; i < count && strcmp(arguments[i], "--") != 0; i++) {
        if (strcmp(arguments[i], flag) == 0)
            return true;
    }
    return false;
}

/* Opens the log that the environment asks for. */
static bool open_log(struct cli *cli, struct error *error)
{
    const char *path = getenv("ULOOP_LOG_FILE");
    enum log_level level = log_level_named(getenv("ULOOP_LOG"));
    bool to_file = path && *path;
    if (level == LOG_OFF || (!to_file && cli->common.quiet))
        return true;
    cli->log.stream = to_file ? log_open(path, error) : cli->err;
    if (!cli->log.stream) {
        error_set_next(error, "Name a file that can be written in ULOOP_LOG_FILE, or unset it.");
        return false;
    }
    cli->log.level = level;
    return true;
}

/* Looks at what the program was started with. */
static bool look_around(struct cli *cli, char *const *arguments, size_t count, struct error *error)
{
    /* These two say how an error is told: of errors in the arguments, too. */
    cli->common.compact = is_given("--compact", arguments, count);
    cli->common.quiet = is_given("--quiet", arguments, count);
    cli->out_is_terminal = terminal_is(cli->out);
    cli->err_is_terminal = terminal_is(cli->err);
    if (!open_log(cli, error))
        return false;
    if (cli->err_is_terminal && !cli->common.quiet && cli->log.stream != cli->err)
        cli->spinner.stream = cli->err;
    return true;
}

bool cli_begin(struct cli *cli, struct error *error)
{
    return !cli->common.output || output_begin(cli, cli->common.output, error);
}

static int run_parsed(struct cli *cli, const struct command *command, const void *options)
{
    struct error error = {0};
    if (!cli_begin(cli, &error))
        return cli_fail(cli, &error);
    if (cli->common.help)
        return help_show_command(cli, command);
    if (cli->common.version)
        return cli_show_version(cli);
    if (command->needs != NEEDS_NOTHING && !cli_open_project(cli, &error))
        return cli_fail(cli, &error);
    return command->run(cli, options);
}

static int run_command(struct cli *cli, const struct command *command, char *const *arguments,
                       size_t count)
{
    struct error error = {0};
    const struct option *options = command_options(command);
    void *values = option_values_new(options, command->options_size);
    const struct option_set sets[] = {
        {.options = options, .values = values},
        {.options = COMMON_OPTIONS, .values = &cli->common},
    };
    int exit_code = option_parse(sets, 2, arguments, count, NULL, &error)
                        ? run_parsed(cli, command, values)
                        : cli_fail(cli, &error);
    option_values_free(options, values);
    return exit_code;
}

/*
 * Takes the last --project-path out of a tool's arguments: the tool's options can only be read with
 * the catalog, which only the project has. One without a value is left to that reading to refuse.
 */
static bool find_project_path(struct cli *cli, char *const *arguments, size_t count,
                              struct error *error)
{
    static const char name[] = "--project-path";
    const struct option_set set = {.options = COMMON_OPTIONS, .values = &cli->common};
    for (size_t i = 0; i < count; i++) {
        const char *value = NULL;
        if (strncmp(arguments[i], name, sizeof(name) - 1) != 0)
            continue;
        const char *behind = arguments[i] + sizeof(name) - 1;
        if (*behind == '=')
            value = behind + 1;
        else if (*behind == '\0' && i + 1 < count && arguments[i + 1][0] != '-')
            value = arguments[i + 1];
        if (value && !value_store(&set, &COMMON_OPTIONS[0], name, value, error))
            return false;
    }
    return true;
}

static int run_tool(struct cli *cli, const char *name, char *const *arguments, size_t count)
{
    struct error error = {0};
    if (!find_project_path(cli, arguments, count, &error))
        return cli_fail(cli, &error);
    return cli->table->run_tool(cli, name, arguments, count);
}

/* Answers what no command was named for. */
static int run_alone(struct cli *cli, const struct program_options *program)
{
    struct error error = {0};
    if (!cli_begin(cli, &error))
        return cli_fail(cli, &error);
    if (cli->common.version)
        return cli_show_version(cli);
    if (program->list_commands)
        return help_list_commands(cli);
    if (program->list_options)
        return help_list_options(cli, program->list_options);
    return help_show_program(cli);
}

static int run_named(struct cli *cli, const char *name, char *const *arguments, size_t count)
{
    struct error error = {0};
    if (*name == '\0') {
        error_set(&error, E_INVALID_ARGUMENT, "The name of the command is empty.");
        return cli_fail(cli, &error);
    }
    const struct command *command = command_find(cli->table, name);
    char *excerpt = text_excerpt(name);
    log_debug(&cli->log, "%s %s", command ? "command" : "tool", excerpt);
    free(excerpt);
    cli->command = name;
    return command ? run_command(cli, command, arguments, count)
                   : run_tool(cli, name, arguments, count);
}

static int run(struct cli *cli, char *const *arguments, size_t count)
{
    struct error error = {0};
    struct program_options program = {0};
    size_t taken;
    const struct option_set sets[] = {
        {.options = COMMON_OPTIONS, .values = &cli->common},
        {.options = PROGRAM_OPTIONS, .values = &program},
    };
    if (!option_parse(sets, 2, arguments, count, &taken, &error)) {
        error_set_next(&error, "Run `uloop --help` for the commands; a command's own options stand "
                               "behind its name.");
        return cli_fail(cli, &error);
    }
    bool is_alone =
        taken == count || cli->common.version || program.list_commands || program.list_options;
    return is_alone ? run_alone(cli, &program)
                    : run_named(cli, arguments[taken], arguments + taken + 1, count - taken - 1);
}

/* The version is asked for by scripts at every start: nothing stands between it and its one write.
 */
static bool asks_version_alone(int argc, char **argv)
{
    return argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-v") == 0);
}

/* From the look around to the result's last byte. */
static int run_all(struct cli *cli, char *const *arguments, size_t count)
{
    struct error error = {0};
    int exit_code = look_around(cli, arguments, count, &error) ? run(cli, arguments, count)
                                                               : cli_fail(cli, &error);
    exit_code = output_end(cli, exit_code);
    if (cli->log.stream && cli->log.stream != cli->err)
        (void)fclose(cli->log.stream);
    project_clear(&cli->project);
    return exit_code;
}

int cli_run(int argc, char **argv, const struct command_table *table)
{
    struct cli cli = {.table = table, .out = stdout, .err = stderr};
    int exit_code;
    startup_prepare();
    if (asks_version_alone(argc, argv)) {
        (void)setvbuf(stdout, NULL, _IONBF, 0); /* no buffer to allocate */
        exit_code = cli_show_version(&cli);
    } else {
        exit_code = run_all(&cli, argv + 1, argc > 0 ? (size_t)argc - 1 : 0);
    }
    return exit_code;
}
