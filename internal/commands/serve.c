#include "base/path.h"
#include "commands/commands.h"
#include "host/host.h"

#include <stdlib.h>

struct serve_options {
    struct option_list references;
    const char *compiler;
    const char *compiler_command;
    uint64_t compile_timeout_ms;
};

/* Serves the project in the Editor's place until it is told to stop. */
static int serve_run(struct cli *cli, const void *options);

const struct command serve_command = {
    .name = "serve",
    .summary = "serve the project without Unity, compiling it with the C# compiler found here",
    .description =
        "Runs in the foreground until Ctrl-C, and says \"ready\" when a command may be sent. What "
        "it does is written to standard error. Scripts that use UnityEngine need its libraries: "
        "name each with --reference.",
    .group = GROUP_HOST,
    .needs = NEEDS_PROJECT,
    .options =
        (const struct option[]){
            OPTION_LIST(serve_options, references, "reference", 'r', "dll",
                        "a library that every assembly may use; may be given several times"),
            OPTION_STRING(serve_options, compiler, "compiler", '\0', "program",
                          "the C# compiler: a program, or the csc.dll of a Unity installation; "
                          "without it, mcs or else csc from PATH"),
            OPTION_STRING(serve_options, compiler_command, "compiler-command", '\0', "command",
                          "a command line that compiles what {response} says, a response file "
                          "of csc"),
            OPTION_SECONDS(serve_options, compile_timeout_ms, "compile-timeout", '\0', "600",
                           "end a compile that takes longer"),
            OPTION_END,
        },
    .options_size = sizeof(struct serve_options),
    .run = serve_run,
};

static void free_paths(char **paths, size_t count)
{
    for (size_t at = 0; at < count; at++)
        free(paths[at]);
    free(paths);
}

/* The compiler runs in the project's folder: what was typed is resolved where it was typed. NULL
 * with *error set when one is not there. */
static char **resolve(const struct option_list *list, struct error *error)
{
    char **paths = memory_new((list->count + 1) * sizeof(*paths));
    for (size_t at = 0; at < list->count; at++) {
        paths[at] = path_canonical(list->items[at], E_INVALID_ARGUMENT, error);
        if (!paths[at]) {
            free_paths(paths, at);
            return NULL;
        }
    }
    return paths;
}

static int serve_run(struct cli *cli, const void *options)
{
    const struct serve_options *serve = options;
    struct error error = {0};
    /* A server in the foreground says what it does. */
    struct log log = cli->log;
    if (log.level == LOG_OFF && !cli->common.quiet)
        log = (struct log){.level = LOG_DEBUG, .stream = cli->err};
    if (serve->compiler && serve->compiler_command) {
        error_set(&error, E_INVALID_ARGUMENT,
                  "--compiler and --compiler-command exclude each other.");
        return cli_fail(cli, &error);
    }
    char **references = resolve(&serve->references, &error);
    if (!references)
        return cli_fail(cli, &error);
    const struct host_options host = {
        .project = &cli->project,
        .references = references,
        .reference_count = serve->references.count,
        .compiler = {.program = serve->compiler, .command = serve->compiler_command},
        .compile_timeout_ms = serve->compile_timeout_ms,
        .out = cli->out,
        .log = &log,
    };
    bool served = host_run(&host, &error);
    free_paths(references, serve->references.count);
    return served ? 0 : cli_fail(cli, &error);
}
