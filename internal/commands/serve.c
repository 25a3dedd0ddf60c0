#include "base/path.h"
#include "commands/commands.h"
#include "commands/report.h"
#include "commands/serve_detached.h"
#include "commands/serve_stop.h"
#include "host/claim.h"
#include "host/host.h"
#include "host/log_file.h"
#include "ipc/address.h"

#include <stdlib.h>

struct serve_options {
    struct option_list references;
    const char *compiler;
    const char *compiler_command;
    uint64_t compile_timeout_ms;
    const char *log_file;
    int64_t log_size;
    bool detach, stop, status;
    uint64_t timeout_ms;
    const char *generation;
    uint64_t heartbeat_ms;
    const char *listen;
    const char *token_file;
};

enum {
    LEAST_LOG_BYTES = 1024
};

/* Serves the project in the Editor's place until it is told to stop. */
static int serve_run(struct cli *cli, const void *options);

static const char *const GENERATIONS[] = {"1", "2", "3", NULL};

const struct command serve_command = {
    .name = "serve",
    .summary = "serve the project without Unity, compiling it with the C# compiler found here",
    .description =
        "Runs in the foreground until Ctrl-C, and says \"ready\" when a command may be sent; or in "
        "the background, with --detach. What it does is written to standard error, or to the log "
        "file, in the background " SERVE_LOG_FILE " of the project. Scripts that use UnityEngine "
        "need its libraries: name each with --reference.",
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
            OPTION_STRING(serve_options, log_file, "log-file", '\0', "file",
                          "append what it does to a file; a full one is rotated"),
            OPTION_INTEGER(serve_options, log_size, "log-size", '\0', "10485760",
                           "how many bytes make the log file full; three old ones are kept"),
            OPTION_FLAG(serve_options, detach, "detach", '\0',
                        "start it in the background and return when it is ready"),
            OPTION_FLAG(serve_options, stop, "stop", '\0',
                        "stop the project's host and return when it has ended"),
            OPTION_FLAG(serve_options, status, "status", '\0', "print what `uloop status` prints"),
            OPTION_SECONDS(serve_options, timeout_ms, "timeout", 't', "60",
                           "with --detach and --stop: give up after so many seconds"),
            OPTION_STRING(serve_options, listen, "listen", '\0', "address",
                          "also listen on loopback TCP: tcp:127.0.0.1:<port>, 0 for any port"),
            OPTION_STRING(serve_options, token_file, "token-file", '\0', "path",
                          "where to put the token that requests over TCP must carry; without it, "
                          "Temp/UnityCliLoop/serve.token in the project"),
            OPTION_CHOICE(serve_options, generation, "generation", '\0', GENERATIONS, "1",
                          "the generation of the contract to speak"),
            OPTION_SECONDS(serve_options, heartbeat_ms, "heartbeat", '\0', "10",
                           "how often generation 3 tells a client that its tool still runs"),
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

/* Serves until it is told to stop. */
static bool serve_here(struct cli *cli, const struct serve_options *serve, struct log *log,
                       struct error *error)
{
    char **references = resolve(&serve->references, error);
    if (!references)
        return false;
    const struct host_options host = {
        .project = &cli->project,
        .references = references,
        .reference_count = serve->references.count,
        .compiler = {.program = serve->compiler, .command = serve->compiler_command},
        .compile_timeout_ms = serve->compile_timeout_ms,
        .generation = serve->generation[0] - '0',
        .heartbeat_ms = serve->heartbeat_ms,
        .listen = serve->listen,
        .token_file = serve->token_file,
        .out = cli->out,
        .log = log,
    };
    bool served = host_run(&host, error);
    free_paths(references, serve->references.count);
    return served;
}

/* The same, with what it does written to where it is wanted. */
static bool serve_logged(struct cli *cli, const struct serve_options *serve, struct error *error)
{
    struct log_file file;
    struct log log = cli->log;
    enum log_level level = log.level == LOG_OFF ? LOG_DEBUG : log.level;
    /* A server in the foreground says what it does. */
    if (log.level == LOG_OFF && !cli->common.quiet)
        log = (struct log){.level = level, .stream = cli->err};
    if (!serve->log_file)
        return serve_here(cli, serve, &log, error);
    if (!log_file_open(&file, serve->log_file, (uint64_t)serve->log_size, level, error))
        return false;
    bool served = serve_here(cli, serve, &file.log, error);
    if (!served)
        log_debug(&file.log, "the host ends: %s", error->message);
    log_file_close(&file);
    return served;
}

static bool check(const struct serve_options *serve, struct error *error)
{
    if (serve->compiler && serve->compiler_command)
        return error_set(error, E_INVALID_ARGUMENT,
                         "--compiler and --compiler-command exclude each other.");
    if (serve->detach + serve->stop + serve->status > 1)
        return error_set(error, E_INVALID_ARGUMENT,
                         "--detach, --stop and --status exclude each other.");
    if (serve->token_file && !serve->listen)
        return error_set(error, E_INVALID_ARGUMENT, "--token-file has no use without --listen.");
    struct sockaddr_storage unused;
    if (serve->listen && !address_read_tcp(serve->listen, &unused, error))
        return false;
    if (serve->log_size < LEAST_LOG_BYTES)
        return error_set(error, E_INVALID_ARGUMENT, "--log-size must be at least %d bytes.",
                         (int)LEAST_LOG_BYTES);
    return true;
}

/* The host says it in its log, which whoever starts it in the background does not see. It looks
 * with the same eyes: folder and environment are the same. */
static void tell_missing_compiler(struct cli *cli, const struct serve_options *serve)
{
    const struct compiler_choice choice = {.program = serve->compiler,
                                           .command = serve->compiler_command};
    struct compiler found;
    struct error missing = {0};
    if (!compiler_find(&choice, &found, &missing) && !cli->common.quiet)
        (void)fprintf(cli->err, "uloop serve: %s\n", missing.message);
    compiler_clear(&found);
    error_clear(&missing);
}

/* As serve_detach(). */
static int detach(struct cli *cli, const struct serve_options *serve)
{
    int exit_code = serve_detach(cli, &serve_command, serve, serve->log_file, serve->timeout_ms);
    if (exit_code == 0)
        tell_missing_compiler(cli, serve);
    return exit_code;
}

static int serve_run(struct cli *cli, const void *options)
{
    const struct serve_options *serve = options;
    struct error error = {0};
    if (!check(serve, &error))
        return cli_fail(cli, &error);
    if (serve->detach)
        return detach(cli, serve);
    if (serve->stop)
        return serve_stop(cli, claim_holder(&cli->project), serve->timeout_ms);
    if (serve->status)
        return report_show(cli, false, false);
    return serve_logged(cli, serve, &error) ? 0 : cli_fail(cli, &error);
}
