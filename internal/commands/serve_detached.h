#ifndef ULOOP_COMMANDS_SERVE_DETACHED_H
#define ULOOP_COMMANDS_SERVE_DETACHED_H

#include "cli/cli.h"

#include <stdint.h>

/*
 * Starts this program anew as the project's host, in a session of its own, and returns when it is
 * ready: 0, or the exit code of the host's own error, which was told as the host words it. A host
 * that is not ready in time, or before Ctrl-C, is ended.
 *
 * command, values: `serve` with the options that were typed; the host is given them too, less
 * those about the start itself. log_file: where the host writes what it does; NULL for
 * SERVE_LOG_FILE in the project.
 */
int serve_detach(struct cli *cli, const struct command *command, const void *values,
                 const char *log_file, uint64_t timeout_ms);

/* Unity keeps its own logs in this folder, which is in nobody's version control. */
#define SERVE_LOG_FILE "Logs/uloop-serve.log"

#endif
