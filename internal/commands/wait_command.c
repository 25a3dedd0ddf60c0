#include "base/clock.h"
#include "commands/commands.h"
#include "commands/report.h"
#include "commands/waiting.h"

#include <string.h>

struct wait_options {
    const char *target;
    uint64_t timeout_ms;
};

static int wait_run(struct cli *cli, const void *options);

static const char *const TARGETS[] = {"ready", "settled", "stopped", NULL};

const struct command wait_command = {
    .name = "wait",
    .summary = "wait until the Editor is ready, settled or stopped",
    .description =
        "Prints the final state as `uloop status --json` does; the endpoint is probed only where "
        "the "
        "wait depends on it. While the Editor's process lives only the timeout ends the wait; if "
        "the state can no longer be reached, it ends at once.",
    .group = GROUP_READINESS,
    .needs = NEEDS_PROJECT, /* it is the preflight */
    .options =
        (const struct option[]){
            OPTION_CHOICE(wait_options, target, "for", '\0', TARGETS, "ready",
                          "ready: a command would run now; settled: no longer busy; stopped: gone"),
            OPTION_SECONDS(wait_options, timeout_ms, "timeout", 't', "180",
                           "give up after so many seconds"),
            OPTION_END,
        },
    .options_size = sizeof(struct wait_options),
    .run = wait_run,
};

/* The option allows no other word, so one of these it is. */
static enum wait_target target_named(const char *name)
{
    if (strcmp(name, "stopped") == 0)
        return WAIT_FOR_STOPPED;
    return strcmp(name, "settled") == 0 ? WAIT_FOR_SETTLED : WAIT_FOR_READY;
}

static int wait_run(struct cli *cli, const void *options)
{
    const struct wait_options *given = options;
    struct error error = {0};
    struct waiting waiting;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    waiting.wait.patient = true;
    uint64_t deadline = clock_after(clock_now_ms(), given->timeout_ms);
    bool reached = wait_for(&waiting.wait, target_named(given->target), deadline, &error);
    if (error.code == E_READY_TIMEOUT && strcmp(given->target, "stopped") == 0)
        error_set(&error, E_READY_TIMEOUT,
                  "The server did not stop in time; the last state was %s.",
                  waiting.wait.state.phase ? waiting.wait.state.phase : "absent");
    spinner_clear(&cli->spinner);
    if (reached)
        wait_look_owner(&waiting.wait); /* a dispatch needs no owner; who reads the report may */
    int exit_code = reached ? report_print_json(cli, &waiting.wait) : cli_fail(cli, &error);
    waiting_close(&waiting);
    return exit_code;
}
