#include "cli/output.h"
#include "cli/text.h"
#include "cli/tool_usage.h"
#include "commands/commands.h"
#include "commands/tool_details.h"
#include "json/layout.h"

#include <stdlib.h>
#include <string.h>

struct list_options {
    bool json;
    uint64_t timeout_ms;
};

/* Shows the tools that the Editor has right now. */
static int list_run(struct cli *cli, const void *options);

const struct command list_command = {
    .name = "list",
    .summary = "list the Editor's tools, as it knows them now",
    .description = "Names also the tools that .uloop/settings.tools.json disables, and those whose "
                   "name is that of a command of uloop, which comes first.",
    .group = GROUP_PROJECT,
    .needs = NEEDS_EDITOR,
    .options =
        (const struct option[]){
            OPTION_FLAG(list_options, json, "json", '\0', "print JSON, also on a terminal"),
            OPTION_SECONDS(list_options, timeout_ms, "timeout", 't', NULL,
                           "give up when the Editor has not answered by then"),
            OPTION_END,
        },
    .options_size = sizeof(struct list_options),
    .run = list_run,
};

enum {
    WIDEST_NAME = 24 /* columns; the description of a longer one begins below it */
};

/* Calls `take` for each name that cannot be used although the Editor may have such a tool: the ones
 * that are disabled, or those that are commands. */
typedef void (*take_name)(struct buffer *out, const char *name);

static void each_disabled(const struct catalog *catalog, struct buffer *out, take_name take)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, catalog->disabled_names)
    {
        if (cJSON_IsString(name))
            take(out, name->valuestring);
    }
}

static void each_hidden_by_command(const struct cli *cli, const struct catalog *catalog,
                                   struct buffer *out, take_name take)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (command_find(cli->table, catalog->entries[i].name))
            take(out, catalog->entries[i].name);
    }
}

static void take_element(struct buffer *out, const char *name)
{
    if (out->data[out->length - 1] != '[')
        buffer_append_char(out, ',');
    json_quote(out, name);
}

static void take_word(struct buffer *out, const char *name)
{
    buffer_append_format(out, "%s%s", out->length > 0 ? ", " : "", name);
}

/* The answer as the Editor sent it, with two members behind its own. */
static int print_json(struct cli *cli, const struct tool_details *details)
{
    struct buffer json = {0};
    struct slice result = details->answer.result;
    buffer_append(&json, result.data, result.length - 1);
    buffer_append_string(&json, ",\"disabledTools\":[");
    each_disabled(&details->catalog, &json, take_element);
    buffer_append_string(&json, "],\"hiddenByCommands\":[");
    each_hidden_by_command(cli, &details->catalog, &json, take_element);
    buffer_append_string(&json, "]}");
    int exit_code = output_result(cli, buffer_slice(&json));
    buffer_clear(&json);
    return exit_code;
}

/* Where descriptions begin: behind the longest name that is not too long. */
static size_t left_column(const struct cli *cli, const struct catalog *catalog)
{
    size_t widest = 0;
    for (size_t i = 0; i < catalog->count; i++) {
        size_t width = text_columns(catalog->entries[i].name);
        if (tool_is_listed(cli, &catalog->entries[i]) && width > widest && width <= WIDEST_NAME)
            widest = width;
    }
    return widest + 2;
}

/* Appends the title and the names, when there are any. */
static void put_names(struct buffer *out, const char *title, const struct buffer *names,
                      size_t columns)
{
    if (names->length == 0)
        return;
    char *words = memory_format("%s: %s", title, names->data);
    buffer_append_char(out, '\n');
    text_wrap(out, words, 0, 0, columns);
    free(words);
}

static int print_table(struct cli *cli, const struct catalog *catalog)
{
    struct buffer text = {0};
    struct buffer disabled = {0};
    struct buffer hidden = {0};
    size_t columns = output_columns(cli);
    size_t left = left_column(cli, catalog);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        if (!tool_is_listed(cli, entry))
            continue;
        buffer_append_string(&text, entry->name);
        text_explain(&text, entry->description, text_columns(entry->name), left, columns);
    }
    if (text.length == 0)
        buffer_append_string(&text, "The Editor has no tools to use.\n");
    each_disabled(catalog, &disabled, take_word);
    put_names(&text, "Disabled in .uloop/settings.tools.json", &disabled, columns);
    each_hidden_by_command(cli, catalog, &hidden, take_word);
    put_names(&text, "Tools hidden by commands of uloop with the same name", &hidden, columns);
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&hidden);
    buffer_clear(&disabled);
    buffer_clear(&text);
    return exit_code;
}

static int list_run(struct cli *cli, const void *options)
{
    const struct list_options *list = options;
    struct error error = {0};
    struct tool_details details;
    if (!tool_details_open(&details, cli, list->timeout_ms, &error))
        return cli_fail(cli, &error);
    int exit_code;
    if (!catalog_apply_settings(&details.catalog, cli->project.root, &error))
        exit_code = cli_fail(cli, &error);
    else if (output_wants_table(cli, list->json))
        exit_code = print_table(cli, &details.catalog);
    else
        exit_code = print_json(cli, &details);
    tool_details_close(&details);
    return exit_code;
}
