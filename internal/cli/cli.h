#ifndef ULOOP_CLI_CLI_H
#define ULOOP_CLI_CLI_H

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/option.h"
#include "cli/spinner.h"
#include "project/project.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The options that every command has. Before a command's name they are uloop's alone; behind it the
 * command's own options come first, except for --project-path, which always is uloop's. */
struct common_options {
    const char *project_path; /* NULL: look from the current folder up */
    const char *output;       /* the file that takes the result; NULL: standard output */
    bool compact;             /* JSON in one line */
    bool quiet;
    bool no_color; /* there is no color; accepted, as every program of its kind does */
    bool help;
    bool version;
};

extern const struct option COMMON_OPTIONS[];

/* The options that stand without a command. */
struct program_options {
    bool list_commands;
    const char *list_options; /* the command whose options to list */
};

extern const struct option PROGRAM_OPTIONS[];

/* What a command is given to work with. */
struct cli {
    const struct command_table *table;
    const char *command; /* the name that was typed; NULL before there is one */
    struct common_options common;
    struct project project; /* root is NULL until cli_open_project() */
    FILE *out;              /* results, and nothing else (cli/output.h) */
    FILE *err;
    bool out_is_terminal;
    bool err_is_terminal;
    struct file_replacement file; /* takes the results instead of `out` once it is begun */
    bool has_result;              /* something was printed */
    bool has_failed;              /* an error was told */
    struct log log;               /* ULOOP_LOG=debug or ULOOP_LOG=trace, to err or ULOOP_LOG_FILE */
    struct spinner spinner; /* shows nothing unless err is a terminal that the log leaves alone */
};

/*
 * The whole program: reads the arguments, runs what they name, and returns the exit code (README.md
 * lists them). Errors are told on standard error before it returns.
 */
int cli_run(int argc, char **argv, const struct command_table *table);

/* Opens the project that --project-path names, or the nearest one from the current folder up, in
 * cli->project. Does nothing when it is open. Fails with E_PROJECT_NOT_FOUND. */
bool cli_open_project(struct cli *cli, struct error *error);

/*
 * Acts on the common options when all arguments are read: whoever reads them calls it before they
 * do anything. Fails with E_INVALID_ARGUMENT or E_SYSTEM where --output cannot be written.
 */
bool cli_begin(struct cli *cli, struct error *error);

/* Tells of an error on standard error, clears it, and returns its exit code. */
int cli_fail(struct cli *cli, struct error *error);

/* Answers --version. */
int cli_show_version(struct cli *cli);

#endif
