#ifndef ULOOP_COMMANDS_COMMANDS_H
#define ULOOP_COMMANDS_COMMANDS_H

#include "cli/cli.h"

/* Every command of uloop; a name that is not among them is a tool's. */
extern const struct command_table COMMANDS;

extern const struct command compile_command;
extern const struct command launch_command;
extern const struct command focus_command;
extern const struct command status_command;
extern const struct command wait_command;
extern const struct command fix_command;
extern const struct command skills_command;
extern const struct command completion_command;
extern const struct command list_command;
extern const struct command sync_command;
extern const struct command help_command;
extern const struct command serve_command;

/* Runs the tool of that name: its arguments become the params of one request (tool_command.c). */
int tool_command_run(struct cli *cli, const char *name, char *const *arguments, size_t count);

#endif
