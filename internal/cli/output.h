#ifndef ULOOP_CLI_OUTPUT_H
#define ULOOP_CLI_OUTPUT_H

#include "base/slice.h"
#include "cli/cli.h"

/*
 * Writing to standard output, every write checked: where the reader is gone or the disk is full the
 * error is told on standard error and the exit code is 7.
 */

/*
 * Prints what a tool answered, indented by two spaces and otherwise byte for byte. result: passed
 * json_check(). Returns the exit code: 1 when the member Success of the result is false, else 0.
 */
int output_result(struct cli *cli, struct slice result);

/* Prints text as it is; returns 0, or 7. */
int output_text(struct cli *cli, struct slice text);

#endif
