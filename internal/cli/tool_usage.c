#include "cli/tool_usage.h"

#include "cli/suggest.h"
#include "cli/text.h"
#include "cli/tool_options.h"

#include <stdlib.h>

static const struct option CALL_OPTIONS[] = {
    OPTION_SECONDS(call_options, timeout_ms, "timeout", '\0', NULL,
                   "give up when the Editor has not answered by then"),
    OPTION_END,
};

static const struct option NO_OPTIONS[] = {OPTION_END};

bool tool_catalog_load(struct cli *cli, struct catalog *catalog, struct error *error)
{
    if (!cli_open_project(cli, error)) {
        if (cli->common.project_path)
            return false;
        error_clear(error);
    }
    return catalog_load(cli->project.root, catalog, error);
}

bool tool_is_listed(const struct cli *cli, const struct catalog_entry *entry)
{
    return !entry->disabled && !command_find(cli->table, entry->name);
}

static bool refuse_unknown(const struct cli *cli, const struct catalog *catalog, const char *name,
                           struct error *error)
{
    struct suggestion nearest = {.typed = name};
    for (const struct command *const *command = cli->table->commands; *command; command++)
        suggest_consider(&nearest, (*command)->name);
    for (size_t i = 0; i < catalog->count; i++) {
        if (tool_is_listed(cli, &catalog->entries[i]))
            suggest_consider(&nearest, catalog->entries[i].name);
    }
    char *excerpt = text_excerpt(name);
    error_set(error, E_UNKNOWN_COMMAND, "There is no command or tool '%s' in %s.%s%s%s", excerpt,
              catalog->source, nearest.best ? " Did you mean " : "",
              nearest.best ? nearest.best : "", nearest.best ? "?" : "");
    if (nearest.best)
        error_add_detail(error, "suggestion", nearest.best);
    /* The catalog is as old as the last sync, and may have come from another server. */
    if (cli->project.root)
        error_set_next(error,
                       "Run `uloop --help` for the commands. If the Editor has a tool of that "
                       "name, run `uloop sync` first, which asks it for its tools.");
    free(excerpt);
    return false;
}

static bool refuse_disabled(const struct catalog *catalog, const char *name, struct error *error)
{
    error_set(error, E_UNKNOWN_COMMAND, "The tool %s is disabled in %s.", name,
              catalog->settings_path);
    error_set_next(error, "Take %s out of disabledTools in %s, then run the command again.", name,
                   catalog->settings_path);
    return false;
}

bool tool_usage_open(struct cli *cli, const char *name, struct tool_usage *usage,
                     struct error *error)
{
    *usage = (struct tool_usage){.call_options = CALL_OPTIONS};
    if (!tool_catalog_load(cli, &usage->catalog, error))
        return false;
    const struct catalog *catalog = &usage->catalog;
    const struct catalog_entry *entry = catalog_find(catalog, name);
    bool done;
    if (!entry)
        done = refuse_unknown(cli, catalog, name, error);
    else if (entry->disabled)
        done = refuse_disabled(catalog, name, error);
    else
        done = tool_read(entry->definition, catalog->source, &usage->tool, error);
    if (done) {
        usage->options = tool_options_new(&usage->tool, catalog->source, error);
        done = usage->options != NULL;
    }
    if (!done)
        tool_usage_clear(usage);
    else if (option_exists(usage->options, CALL_OPTIONS[0].name))
        usage->call_options = NO_OPTIONS;
    return done;
}

void tool_usage_clear(struct tool_usage *usage)
{
    free(usage->options);
    tool_clear(&usage->tool);
    catalog_clear(&usage->catalog);
    *usage = (struct tool_usage){0};
}
