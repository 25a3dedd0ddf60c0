#ifndef ULOOP_CLI_HELP_H
#define ULOOP_CLI_HELP_H

#include "base/buffer.h"
#include "cli/tool_usage.h"

/*
 * What --help, --list-commands and --list-options print. All of it follows from the tables of
 * commands and options and from the tool catalog.
 */

/* The widest that help becomes, however wide the terminal is. */
#define HELP_COLUMNS ((size_t)80)

/* Each prints and returns the exit code. */
int help_show_program(struct cli *cli);
int help_show_command(struct cli *cli, const struct command *command);
int help_show_tool(struct cli *cli, const struct tool_usage *usage);

/* Help for a command or tool by name; for the program when `name` is NULL. */
int help_show(struct cli *cli, const char *name);

/* One name a line: commands, then the project's tools that no command hides. */
int help_list_commands(struct cli *cli);

/* One option a line, as it is typed; of a switch the form that changes its default. */
int help_list_options(struct cli *cli, const char *name);

/* The texts behind help_show_command() and help_show_tool(), at most `columns` wide. */
void help_build_command(const struct command *command, size_t columns, struct buffer *out);
void help_build_tool(const struct tool_usage *usage, size_t columns, struct buffer *out);

#endif
