#ifndef ULOOP_COMMANDS_REPORT_H
#define ULOOP_COMMANDS_REPORT_H

#include "cli/cli.h"
#include "readiness/wait.h"

/* What was observed of a project's Editor, printed. Both return 0, or 7 when that fails. */

/* As JSON: phase, reason, age, generation, owner, endpoint, and what a command would do now. */
int report_print_json(struct cli *cli, const struct wait *wait);

/* As a table for people; `explain` adds the observation, the rule and the action. */
int report_print_table(struct cli *cli, const struct wait *wait, bool explain);

/* Looks at everything once, and prints it: what `uloop status` does. Returns its exit code. */
int report_show(struct cli *cli, bool json, bool explain);

#endif
