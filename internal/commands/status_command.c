#include "base/clock.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/report.h"
#include "commands/waiting.h"

struct status_options {
    bool json;
    bool explain;
};

static int status_run(struct cli *cli, const void *options);

enum {
    EXIT_BUSY = 5,
    LONGEST_LOOK_MS =
        10000, /* however often the state changes; one look takes half of it at most */
};

const struct command status_command = {
    .name = "status",
    .summary = "show whether the Editor is ready, and what a command would do now",
    .description = "Exit code 0 only when a command would run now; 5 while the Editor is busy, "
                   "else the exit code "
                   "that a command would end with.",
    .group = GROUP_READINESS,
    .needs = NEEDS_PROJECT, /* it shows what the preflight would decide */
    .options =
        (const struct option[]){
            OPTION_FLAG(status_options, json, "json", '\0', "print JSON, also on a terminal"),
            OPTION_FLAG(status_options, explain, "explain", '\0',
                        "print the observation, the rule and the action"),
            OPTION_END,
        },
    .options_size = sizeof(struct status_options),
    .run = status_run,
};

/* Looks at everything, where the preflight would look only at what it needs; and again where the
 * state changed meanwhile, for what was seen then does not belong together. */
static bool observe(struct wait *wait, struct error *error)
{
    uint64_t deadline = clock_after(clock_now_ms(), LONGEST_LOOK_MS);
    do {
        wait_look(wait);
        if (!wait_is_reading_again(wait)) {
            wait_look_owner(wait);
            wait_probe(wait, deadline);
        }
    } while (wait->seen.endpoint == PREFLIGHT_ENDPOINT_UNSEEN && clock_now_ms() < deadline &&
             wait_sleep(wait, clock_after(clock_now_ms(), STATE_READ_PAUSE_MS), error));
    (void)watch_arm(&wait->watch); /* tells whether there are file events */
    return !error->code;
}

static int exit_code_of(const struct preflight_rule *rule)
{
    if (rule->action == PREFLIGHT_DISPATCH)
        return 0;
    return rule->code != E_NONE ? error_info(rule->code)->exit_code : EXIT_BUSY;
}

int report_show(struct cli *cli, bool json, bool explain)
{
    struct error error = {0};
    struct waiting waiting;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    int exit_code;
    if (observe(&waiting.wait, &error)) {
        bool table = output_wants_table(cli, json) || (explain && !json);
        exit_code = table ? report_print_table(cli, &waiting.wait, explain)
                          : report_print_json(cli, &waiting.wait);
        if (exit_code == 0)
            exit_code = exit_code_of(preflight_decide(waiting.wait.seen));
    } else {
        exit_code = cli_fail(cli, &error);
    }
    waiting_close(&waiting);
    return exit_code;
}

static int status_run(struct cli *cli, const void *options)
{
    const struct status_options *status = options;
    return report_show(cli, status->json, status->explain);
}
