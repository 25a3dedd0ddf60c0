#ifndef ULOOP_CLI_COMMAND_H
#define ULOOP_CLI_COMMAND_H

#include "cli/option.h"

#include <stdbool.h>
#include <stddef.h>

struct cli;

/* Where program help lists a command, in this order. */
enum command_group {
    GROUP_PROJECT,
    GROUP_READINESS,
    GROUP_HOST,
    GROUP_PROGRAM,
    GROUP_COUNT,
};

/* What must be there before a command runs. */
enum command_needs {
    NEEDS_NOTHING,
    NEEDS_PROJECT, /* cli->project is open; no Editor, so no preflight */
    NEEDS_EDITOR,  /* as above, and the command sends a request through the preflight */
};

/* A command that is built in. Each is one `const struct command` at the top of its own file. */
struct command {
    const char *name;
    const char *summary;     /* what it does, in one line: lower case, without a stop */
    const char *description; /* more of it for its own help; NULL for none */
    enum command_group group;
    enum command_needs needs;
    const struct option *options; /* ends with OPTION_END; NULL for none */
    size_t options_size;          /* of the struct that `options` fills */

    /* options: that struct, filled. Returns the exit code, having told of any error. */
    int (*run)(struct cli *cli, const void *options);
};

/* The commands of a program. */
struct command_table {
    const struct command *const *commands; /* then NULL */

    /* Runs the tool of that name; `arguments` stand behind the name. Returns the exit code. */
    int (*run_tool)(struct cli *cli, const char *name, char *const *arguments, size_t count);
};

/* NULL when the table does not have it. */
const struct command *command_find(const struct command_table *table, const char *name);

/* The command's table of options, which may be empty; never NULL. */
const struct option *command_options(const struct command *command);

/* Does the command leave the Editor as it is, whatever becomes of the request? */
bool command_only_reads(const char *name);

#endif
