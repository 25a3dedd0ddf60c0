#ifndef ULOOP_COMMANDS_SERVE_STOP_H
#define ULOOP_COMMANDS_SERVE_STOP_H

#include "cli/cli.h"

#include <stdint.h>

/*
 * Asks the project's host to stop, and waits until it has: 0, also where there was none. Only the
 * process that the state names and proves is asked; an Editor is left alone.
 */
int serve_stop(struct cli *cli, uint64_t timeout_ms);

#endif
