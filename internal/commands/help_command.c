#include "cli/help.h"
#include "commands/commands.h"

struct help_options {
    const char *command;
};

static int help_run(struct cli *cli, const void *options);

const struct command help_command = {
    .name = "help",
    .summary = "explain a command or tool, or list them all",
    .group = GROUP_PROGRAM,
    .needs = NEEDS_NOTHING,
    .options =
        (const struct option[]){
            OPTION_OPERAND(help_options, command, "command", "the command or tool to explain"),
            OPTION_END,
        },
    .options_size = sizeof(struct help_options),
    .run = help_run,
};

static int help_run(struct cli *cli, const void *options)
{
    const struct help_options *help = options;
    return help_show(cli, help->command);
}
