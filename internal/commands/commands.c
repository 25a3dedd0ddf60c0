#include "commands/commands.h"

static const struct command *const TABLE[] = {
    &compile_command,    &launch_command, &focus_command, &status_command, &wait_command,
    &list_command,       &sync_command,   &fix_command,   &serve_command,  &skills_command,
    &completion_command, &help_command,   NULL,
};

const struct command_table COMMANDS = {
    .commands = TABLE,
    .run_tool = tool_command_run,
};
