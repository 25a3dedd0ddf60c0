#ifndef ULOOP_CLI_TOOL_OPTIONS_H
#define ULOOP_CLI_TOOL_OPTIONS_H

#include "catalog/tool.h"
#include "cli/option.h"

/*
 * The options that a tool's parameter schema gives it, as a table. A boolean is a switch; a
 * parameter of a type that this client does not know takes JSON where the text is JSON, else a
 * string. Free the table with free(); its strings are borrowed from the tool.
 *
 * Fails with E_CATALOG_BROKEN when a parameter's option would be --project-path, which is uloop's
 * own everywhere. source: what errors call the place that the tool comes from.
 */
struct option *tool_options_new(const struct tool *tool, const char *source, struct error *error);

/* Were all required options given? Fails with E_INVALID_ARGUMENT, naming those that were not. */
bool tool_options_check_required(const struct option *options, const cJSON *params,
                                 struct error *error);

#endif
