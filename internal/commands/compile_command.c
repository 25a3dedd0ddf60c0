#include "cli/output.h"
#include "commands/commands.h"
#include "commands/dispatch.h"
#include "commands/waiting.h"
#include "compile/compile.h"
#include "compile/request_id.h"

#include <stdio.h>
#include <stdlib.h>

struct compile_command_options {
    bool force_recompile;
    bool wait_for_domain_reload;
    uint64_t timeout_ms;
};

static const char TAKEN_UP[] =
    "uloop compile: this is the result of the compile that an earlier command began. What was "
    "changed since then is not in it; run `uloop compile` again to compile that too.\n";

/* Compiles the project's scripts, and waits until the Editor has reloaded and is ready again. */
static int compile_command_run(struct cli *cli, const void *options);

const struct command compile_command = {
    .name = "compile",
    .summary = "compile the project's scripts and wait through the domain reload",
    .description =
        "Prints the compiler's result the moment the Editor is ready again. Exit code 0: no "
        "errors; "
        "1: there are errors; 4: not done in time, and then the next `uloop compile` takes up the "
        "compile that is still running, without what was changed meanwhile.",
    .group = GROUP_PROJECT,
    .needs = NEEDS_EDITOR,
    .options =
        (const struct option[]){
            OPTION_SWITCH(compile_command_options, force_recompile, "force-recompile", 'f', "false",
                          "compile every script, changed or not"),
            OPTION_SWITCH(compile_command_options, wait_for_domain_reload, "wait-for-domain-reload",
                          '\0', "true", "wait until the Editor has reloaded and is ready"),
            OPTION_SECONDS(compile_command_options, timeout_ms, "timeout", 't', NULL,
                           "give up after so many seconds (180 to get ready, then 90)"),
            OPTION_END,
        },
    .options_size = sizeof(struct compile_command_options),
    .run = compile_command_run,
};

/* Without the wait a compile is a request like any other. */
static int request_only(struct cli *cli, const struct compile_command_options *options)
{
    struct error error = {0};
    char *request_id = request_id_new(&error);
    if (!request_id)
        return cli_fail(cli, &error);
    char *params =
        memory_format("{\"ForceRecompile\":%s,\"WaitForDomainReload\":false,\"RequestId\":\"%s\"}",
                      options->force_recompile ? "true" : "false", request_id);
    int exit_code = command_dispatch(cli, &(struct dispatch){.method = "compile",
                                                             .params_json = params,
                                                             .timeout_ms = options->timeout_ms});
    free(params);
    free(request_id);
    return exit_code;
}

static int compile_and_wait(struct cli *cli, const struct compile_command_options *options)
{
    struct error error = {0};
    struct waiting waiting;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    struct buffer result = {0};
    struct compile_options compile = {.force_recompile = options->force_recompile,
                                      .timeout_ms = options->timeout_ms};
    bool taken_up = false;
    bool done = compile_run(&waiting.wait, &compile, &result, &taken_up, &error);
    spinner_clear(&cli->spinner);
    if (done && taken_up && !cli->common.quiet)
        (void)fputs(TAKEN_UP, cli->err);
    int exit_code = done ? output_result(cli, buffer_slice(&result)) : cli_fail(cli, &error);
    buffer_clear(&result);
    waiting_close(&waiting);
    return exit_code;
}

static int compile_command_run(struct cli *cli, const void *options)
{
    const struct compile_command_options *compile = options;
    return compile->wait_for_domain_reload ? compile_and_wait(cli, compile)
                                           : request_only(cli, compile);
}
