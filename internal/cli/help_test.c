#include "cli/help.h"

#include "cli/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct sample {
    bool force;
    bool wait;
    const char *mode;
    const char *target;
    uint64_t timeout_ms;
    const char *path;
};

static const char *const MODES[] = {"ready", "stopped", NULL};

static const struct option OPTIONS[] = {
    OPTION_OPERAND(sample, path, "path", "the place"),
    OPTION_FLAG(sample, force, "force", 'f', "do it anyway"),
    OPTION_SWITCH(sample, wait, "wait", '\0', "true", "wait for the end"),
    OPTION_CHOICE(sample, mode, "for", '\0', MODES, "ready", "what to wait for"),
    OPTION_STRING(sample, target, "target-platform-of-all", 'p', "platform", "where to"),
    OPTION_SECONDS(sample, timeout_ms, "timeout", 't', "180", "how long"),
    OPTION_END,
};

static const struct command SAMPLE = {
    .name = "sample",
    .summary = "show what help looks like",
    .description = "It has an option of each kind.",
    .needs = NEEDS_PROJECT,
    .options = OPTIONS,
    .options_size = sizeof(struct sample),
};

Test(help, follows_from_a_commands_table)
{
    struct buffer text = {0};
    help_build_command(&SAMPLE, 80, &text);
    cr_expect_str_eq(
        text.data,
        "uloop sample: show what help looks like\n"
        "\n"
        "Usage: uloop sample [path] [options]\n"
        "\n"
        "It has an option of each kind.\n"
        "\n"
        "Arguments:\n"
        "  <path>                      the place\n"
        "\n"
        "Options:\n"
        "  -f, --force                 do it anyway\n"
        "      --no-wait               turn off: wait for the end\n"
        "      --for <text>            what to wait for (one of ready, stopped; default:\n"
        "                              ready)\n"
        "  -p, --target-platform-of-all <platform>\n"
        "                              where to\n"
        "  -t, --timeout <seconds>     how long (default: 180)\n"
        "\n"
        "Also: --project-path, --output, --compact, --quiet, --no-color, --help,\n"
        "      --version; `uloop --help` explains them.\n");
    buffer_clear(&text);
}

static void expect_lines_within(const char *name, char *text, size_t columns, size_t most_lines)
{
    size_t lines = 0;
    char *rest = text;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        cr_expect(text_columns(line) <= columns, "%s: %s", name, line);
        lines++;
    }
    cr_expect(lines <= most_lines, "%s: %zu lines", name, lines);
}

static struct tool_usage usage_of(const char *name)
{
    static const struct command *const none[] = {NULL};
    static const struct command_table table = {.commands = none};
    struct cli cli = {.table = &table};
    struct tool_usage usage;
    struct error error = {0};
    cr_assert(tool_usage_open(&cli, name, &usage, &error), "%s", error.message);
    project_clear(&cli.project);
    return usage;
}

Test(help, of_every_built_in_tool_fits_a_screen)
{
    struct catalog catalog;
    struct error error = {0};
    cr_assert(catalog_load(NULL, &catalog, &error));
    for (size_t i = 0; i < catalog.count; i++) {
        struct tool_usage usage = usage_of(catalog.entries[i].name);
        struct buffer text = {0};
        help_build_tool(&usage, HELP_COLUMNS, &text);
        expect_lines_within(usage.tool.name, text.data, HELP_COLUMNS, 40);
        buffer_clear(&text);
        help_build_tool(&usage, 40, &text);
        expect_lines_within(usage.tool.name, text.data, 40, 100);
        buffer_clear(&text);
        tool_usage_clear(&usage);
    }
    catalog_clear(&catalog);
}

Test(help, shows_what_a_tool_requires)
{
    struct tool_usage usage = usage_of("get-logs");
    usage.options[1].required = true;
    struct buffer text = {0};
    help_build_tool(&usage, 80, &text);
    cr_expect(strstr(text.data, "Usage: uloop get-logs --max-count <integer> [options]\n"), "%s",
              text.data);
    cr_expect(strstr(text.data, "(required; default: 100)"), "%s", text.data);
    buffer_clear(&text);
    tool_usage_clear(&usage);
}

Test(help, shows_what_is_handed_on_behind_two_dashes)
{
    struct relay {
        const char *path;
        struct option_list rest;
    };
    static const struct option options[] = {
        OPTION_REST(relay, rest, "arguments", "handed on"),
        OPTION_OPERAND(relay, path, "path", "the place"),
        OPTION_END,
    };
    static const struct command relay = {.name = "relay", .summary = "hand on", .options = options};
    struct buffer text = {0};
    help_build_command(&relay, 80, &text);
    cr_expect(strstr(text.data, "Usage: uloop relay [path] [options] [-- arguments]\n"), "%s",
              text.data);
    cr_expect(strstr(text.data, "\n  -- <arguments>              handed on\n"), "%s", text.data);
    buffer_clear(&text);
}
