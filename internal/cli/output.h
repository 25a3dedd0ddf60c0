#ifndef ULOOP_CLI_OUTPUT_H
#define ULOOP_CLI_OUTPUT_H

#include "base/slice.h"
#include "cli/cli.h"

/*
 * Writing to standard output, every write checked: where the reader is gone or the disk is full the
 * error is told on standard error and the exit code is 7. With --output all of it goes to a file
 * instead, which is replaced at once in the end, and stays as it was when an error was told.
 */

/*
 * From here on results go to the file; a symbolic link is followed. It is opened now, so that
 * nothing is sent whose answer could not be kept. Fails with E_INVALID_ARGUMENT where something
 * other than a file has the name, else with E_SYSTEM.
 */
bool output_begin(struct cli *cli, const char *path, struct error *error);

/* Replaces the file, or leaves it. Returns the exit code: the one it is given, or 7. */
int output_end(struct cli *cli, int exit_code);

/* How wide text for people may be: as the terminal, else 80. */
size_t output_columns(const struct cli *cli);

/* Does the result go before a person's eyes, who has not asked for JSON (json, --compact)? */
bool output_wants_table(const struct cli *cli, bool json);

/*
 * Prints what a tool answered, indented by two spaces (with --compact in one line) and otherwise
 * byte for byte. result: passed json_check(). Returns the exit code: 1 when the member Success of
 * the result is false, else 0.
 */
int output_result(struct cli *cli, struct slice result);

/* Prints text as it is; returns 0, or 7. */
int output_text(struct cli *cli, struct slice text);

#endif
