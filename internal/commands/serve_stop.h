#ifndef ULOOP_COMMANDS_SERVE_STOP_H
#define ULOOP_COMMANDS_SERVE_STOP_H

#include "cli/cli.h"

#include <stdint.h>

/*
 * Asks the project's host to stop, and waits until it has: 0, also where there was none. `holder`
 * is the process that has the claim on the project, 0 when that is not known: then the process is
 * asked that the state names and proves. An Editor is left alone.
 */
int serve_stop(struct cli *cli, int64_t holder, uint64_t timeout_ms);

#endif
