#include "cli/help.h"

#include "cli/output.h"
#include "cli/text.h"
#include "cli/text_source.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEFT_COLUMN = 30, /* where explanations of options begin */
    NAME_COLUMN = 18  /* where summaries of commands begin */
};

static const char *const GROUP_TITLES[GROUP_COUNT] = {
    [GROUP_PROJECT] = "Project",
    [GROUP_READINESS] = "Readiness",
    [GROUP_HOST] = "Host",
    [GROUP_PROGRAM] = "uloop itself",
};

static const char *const VALUE_NAMES[] = {
    [OPTION_TYPE_STRING] = "text",   [OPTION_TYPE_SECONDS] = "seconds",
    [OPTION_TYPE_LIST] = "text",     [OPTION_TYPE_INTEGER] = "integer",
    [OPTION_TYPE_NUMBER] = "number", [OPTION_TYPE_ARRAY] = "a,b,c",
    [OPTION_TYPE_OBJECT] = "json",   [OPTION_TYPE_ANY] = "value",
};

static size_t columns_of(const struct cli *cli)
{
    size_t columns = output_columns(cli);
    return columns < HELP_COLUMNS ? columns : HELP_COLUMNS;
}

/* "  -f, --force" or "      --timeout <seconds>". */
static void put_option_name(struct buffer *out, const struct option *option)
{
    if (option->operand) {
        buffer_append_format(out, option_is_rest(option) ? "  -- <%s>" : "  <%s>", option->name);
        return;
    }
    if (option->short_name)
        buffer_append_format(out, "  -%c, ", option->short_name);
    else
        buffer_append_string(out, "      ");
    buffer_append_format(out, "--%s%s", option_prefix(option), option->name);
    if (option->type != OPTION_TYPE_FLAG && option->type != OPTION_TYPE_SWITCH)
        buffer_append_format(out, " <%s>",
                             option->value_name ? option->value_name : VALUE_NAMES[option->type]);
}

/* What the option does, and in brackets what can be given and what is assumed. */
static void put_option_help(struct buffer *out, const struct option *option)
{
    bool is_on = *option_prefix(option) != '\0';
    const char *before = " (";
    buffer_append_format(out, "%s%s", is_on ? "turn off: " : "", option->help);
    if (option->required) {
        buffer_append_format(out, "%srequired", before);
        before = "; ";
    }
    for (const char *const *choice = option->choices; choice && *choice; choice++) {
        bool first = choice == option->choices;
        buffer_append_format(out, "%s%s%s", first ? before : ", ", first ? "one of " : "", *choice);
        before = "; ";
    }
    bool has_default =
        option->type != OPTION_TYPE_SWITCH && option->default_text && *option->default_text != '\0';
    if (has_default)
        buffer_append_format(out, "%sdefault: %s", before, option->default_text);
    if (has_default || *before == ';')
        buffer_append_char(out, ')');
}

/* The operands of a table, or its options; `title` comes first when there are any. */
static void put_options(struct buffer *out, const char *title, const struct option *options,
                        bool operands, size_t columns)
{
    for (const struct option *option = options; option->name; option++) {
        if (option->operand != operands)
            continue;
        if (title)
            buffer_append_format(out, "\n%s:\n", title);
        title = NULL;
        struct buffer name = {0};
        struct buffer help = {0};
        put_option_name(&name, option);
        put_option_help(&help, option);
        buffer_append_string(out, name.data);
        text_explain(out, help.data, text_columns(name.data), LEFT_COLUMN, columns);
        buffer_clear(&name);
        buffer_clear(&help);
    }
}

static void put_usage(struct buffer *out, const char *name, const struct option *options,
                      size_t columns)
{
    struct buffer words = {0};
    const char *rest = NULL;
    buffer_append_format(&words, "uloop %s", name);
    for (const struct option *option = options; option->name; option++) {
        if (option_is_rest(option))
            rest = option->name;
        else if (option->operand)
            buffer_append_format(&words, " [%s]", option->name);
        else if (option->required && option->type != OPTION_TYPE_SWITCH)
            buffer_append_format(&words, " --%s <%s>", option->name, VALUE_NAMES[option->type]);
        else if (option->required)
            buffer_append_format(&words, " --%s", option->name);
    }
    buffer_append_string(&words, " [options]");
    if (rest)
        buffer_append_format(&words, " [-- %s]", rest);
    buffer_append_string(out, "\nUsage: ");
    text_wrap(out, words.data, strlen("Usage: "), strlen("Usage: "), columns);
    buffer_clear(&words);
}

static void put_title(struct buffer *out, const char *name, const char *summary, size_t columns)
{
    char *title = memory_format("uloop %s%s%s", name, *summary ? ": " : "", summary);
    text_wrap(out, title, 0, 0, columns);
    free(title);
}

static void put_needs(struct buffer *out, enum command_needs needs, size_t columns)
{
    if (needs != NEEDS_EDITOR)
        return;
    buffer_append_char(out, '\n');
    text_wrap(
        out,
        "Waits while the Editor is busy, then sends its request. It needs the project open "
        "in Unity, or `uloop serve` running for it, which has the tools that `uloop list` names.",
        0, 0, columns);
}

/* Names the options that every command has, less those that `hidden_by` has too. */
static void put_common_options(struct buffer *out, const struct option *hidden_by, size_t columns)
{
    struct buffer words = {0};
    for (const struct option *option = COMMON_OPTIONS; option->name; option++) {
        if (option_exists(hidden_by, option->name))
            continue;
        buffer_append_format(&words, "%s--%s", words.length > 0 ? ", " : "", option->name);
    }
    buffer_append_string(&words, "; `uloop --help` explains them.");
    buffer_append_string(out, "\nAlso: ");
    text_wrap(out, words.data, strlen("Also: "), strlen("Also: "), columns);
    buffer_clear(&words);
}

/* Says how long text is given, where a tool takes any. */
static void put_text_sources(struct buffer *out, const struct option *options, size_t columns)
{
    for (const struct option *option = options; option->name; option++) {
        if (!text_source_serves(option))
            continue;
        char *words = memory_format("--%s @file takes the text from a file, @- from standard "
                                    "input; @@ begins a text that begins with @.",
                                    option->name);
        buffer_append_char(out, '\n');
        text_wrap(out, words, 0, 0, columns);
        free(words);
        return;
    }
}

void help_build_command(const struct command *command, size_t columns, struct buffer *out)
{
    const struct option *options = command_options(command);
    put_title(out, command->name, command->summary, columns);
    put_usage(out, command->name, options, columns);
    if (command->description) {
        buffer_append_char(out, '\n');
        text_wrap(out, command->description, 0, 0, columns);
    }
    put_needs(out, command->needs, columns);
    put_options(out, "Arguments", options, true, columns);
    put_options(out, "Options", options, false, columns);
    put_common_options(out, options, columns);
}

void help_build_tool(const struct tool_usage *usage, size_t columns, struct buffer *out)
{
    const char *title = usage->tool.parameter_count > 0 ? NULL : "Options";
    put_title(out, usage->tool.name, usage->tool.description, columns);
    put_usage(out, usage->tool.name, usage->options, columns);
    put_needs(out, NEEDS_EDITOR, columns);
    put_options(out, "Options", usage->options, false, columns);
    put_options(out, title, usage->call_options, false, columns);
    put_text_sources(out, usage->options, columns);
    put_common_options(out, usage->options, columns);
}

static void put_group(struct buffer *out, const struct command_table *table,
                      enum command_group group, size_t columns)
{
    bool titled = false;
    for (const struct command *const *at = table->commands; *at; at++) {
        const struct command *command = *at;
        if (command->group != group)
            continue;
        if (!titled)
            buffer_append_format(out, "\n%s:\n", GROUP_TITLES[group]);
        titled = true;
        buffer_append_format(out, "  %s", command->name);
        text_explain(out, command->summary, 2 + strlen(command->name), NAME_COLUMN, columns);
    }
}

/* A catalog that cannot be read must not take the help for everything else with it. */
static void put_tools(struct buffer *out, struct cli *cli, size_t columns)
{
    struct error error = {0};
    struct catalog catalog;
    struct buffer words = {0};
    if (!tool_catalog_load(cli, &catalog, &error)) {
        buffer_append_string(&words, error.message);
        error_clear(&error);
    } else {
        for (size_t i = 0; i < catalog.count; i++) {
            if (tool_is_listed(cli, &catalog.entries[i]))
                buffer_append_format(&words, "%s ", catalog.entries[i].name);
        }
        catalog_clear(&catalog);
    }
    buffer_append_string(out, "\nTools of the Editor:\n");
    text_wrap(out, words.length > 0 ? words.data : "none", 0, 2, columns);
    buffer_clear(&words);
}

int help_show_program(struct cli *cli)
{
    struct buffer text = {0};
    size_t columns = columns_of(cli);
    buffer_append_string(&text, "uloop: a command line for the Unity Editor\n\nUsage: ");
    text_wrap(&text, "uloop [--project-path <path>] <command> [options]", strlen("Usage: "),
              strlen("Usage: "), columns);
    for (int group = 0; group < GROUP_COUNT; group++)
        put_group(&text, cli->table, (enum command_group)group, columns);
    put_tools(&text, cli, columns);
    put_options(&text, "Options", COMMON_OPTIONS, false, columns);
    put_options(&text, NULL, PROGRAM_OPTIONS, false, columns);
    buffer_append_char(&text, '\n');
    text_wrap(&text,
              "`uloop help <command>` explains a command or tool. Results go to standard output, "
              "errors to standard error, both as JSON.",
              0, 0, columns);
    text_wrap(&text,
              "Exit codes: 0 done, 1 the tool failed, 2 bad usage, 3 Unity not reachable, 4 timed "
              "out, 5 Unity's error or busy, 6 effect unknown, 7 internal error, 130 interrupted.",
              0, 0, columns);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

int help_show_command(struct cli *cli, const struct command *command)
{
    struct buffer text = {0};
    help_build_command(command, columns_of(cli), &text);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

int help_show_tool(struct cli *cli, const struct tool_usage *usage)
{
    struct buffer text = {0};
    help_build_tool(usage, columns_of(cli), &text);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

int help_show(struct cli *cli, const char *name)
{
    const struct command *command = name ? command_find(cli->table, name) : NULL;
    struct error error = {0};
    struct tool_usage usage;
    if (!name)
        return help_show_program(cli);
    if (command)
        return help_show_command(cli, command);
    if (!tool_usage_open(cli, name, &usage, &error))
        return cli_fail(cli, &error);
    int exit_code = help_show_tool(cli, &usage);
    tool_usage_clear(&usage);
    return exit_code;
}
