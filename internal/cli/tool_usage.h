#ifndef ULOOP_CLI_TOOL_USAGE_H
#define ULOOP_CLI_TOOL_USAGE_H

#include "catalog/catalog.h"
#include "cli/cli.h"

#include <stdint.h>

/* The options that every tool has beside those of its schema. */
struct call_options {
    uint64_t timeout_ms; /* 0: not given */
};

/* A tool that was named on the command line, and how it can be called. Release with
 * tool_usage_clear(). */
struct tool_usage {
    struct catalog catalog;
    struct tool tool;
    struct option *options;            /* from its schema */
    const struct option *call_options; /* for struct call_options, less what the schema also has */
};

/*
 * Loads the tools of the project that is meant: --project-path's, else the nearest one from the
 * current folder up; outside of a project the built-in ones. Fails with E_CATALOG_BROKEN, or
 * E_PROJECT_NOT_FOUND for a --project-path that is no project.
 */
bool tool_catalog_load(struct cli *cli, struct catalog *catalog, struct error *error);

/* Is the tool one to offer: neither disabled nor hidden behind a command of the same name? */
bool tool_is_listed(const struct cli *cli, const struct catalog_entry *entry);

/*
 * Finds the tool. Fails with E_UNKNOWN_COMMAND when there is none (naming the command or tool that
 * was probably meant) or it is disabled (naming the file), and as tool_catalog_load() does.
 */
bool tool_usage_open(struct cli *cli, const char *name, struct tool_usage *usage,
                     struct error *error);

void tool_usage_clear(struct tool_usage *usage);

#endif
