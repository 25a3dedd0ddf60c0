#include "cli/help.h"
#include "cli/output.h"

int help_list_commands(struct cli *cli)
{
    struct buffer text = {0};
    struct catalog catalog = {0};
    struct error error = {0};
    for (const struct command *const *command = cli->table->commands; *command; command++)
        buffer_append_format(&text, "%s\n", (*command)->name);
    bool loaded = tool_catalog_load(cli, &catalog, &error);
    for (size_t i = 0; i < catalog.count; i++) {
        if (tool_is_listed(cli, &catalog.entries[i]))
            buffer_append_format(&text, "%s\n", catalog.entries[i].name);
    }
    /* The commands that are built in can be listed, whatever is wrong with the catalog. */
    int exit_code = output_text(cli, buffer_slice(&text));
    if (!loaded)
        exit_code = cli_fail(cli, &error);
    catalog_clear(&catalog);
    buffer_clear(&text);
    return exit_code;
}

/* Appends the options of sets[at] that no set before it has. */
static void list_options(struct buffer *out, const struct option *const *tables, size_t at)
{
    for (const struct option *option = tables[at]; option->name; option++) {
        bool hidden = option->operand;
        for (size_t i = 0; i < at; i++)
            hidden = hidden || option_exists(tables[i], option->name);
        if (!hidden)
            buffer_append_format(out, "--%s%s\n", option_prefix(option), option->name);
    }
}

static int print_options(struct cli *cli, const struct option *const *tables, size_t count)
{
    struct buffer text = {0};
    for (size_t i = 0; i < count; i++)
        list_options(&text, tables, i);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

int help_list_options(struct cli *cli, const char *name)
{
    const struct command *command = command_find(cli->table, name);
    struct error error = {0};
    struct tool_usage usage;
    if (command) {
        const struct option *tables[] = {command_options(command), COMMON_OPTIONS};
        return print_options(cli, tables, 2);
    }
    if (!tool_usage_open(cli, name, &usage, &error))
        return cli_fail(cli, &error);
    const struct option *tables[] = {usage.options, usage.call_options, COMMON_OPTIONS};
    int exit_code = print_options(cli, tables, 3);
    tool_usage_clear(&usage);
    return exit_code;
}
