#include "cli/command.h"

#include <string.h>

/* "Command line" in docs/protocol.md. */
static const char *const READING_COMMANDS[] = {
    "list", "sync", "get-version", "get-logs", "get-tool-details",
};

const struct command *command_find(const struct command_table *table, const char *name)
{
    for (const struct command *const *command = table->commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
    }
    return NULL;
}

const struct option *command_options(const struct command *command)
{
    static const struct option none[] = {OPTION_END};
    return command->options ? command->options : none;
}

bool command_only_reads(const char *name)
{
    for (size_t i = 0; i < sizeof(READING_COMMANDS) / sizeof(READING_COMMANDS[0]); i++) {
        if (strcmp(READING_COMMANDS[i], name) == 0)
            return true;
    }
    return false;
}
