#ifndef ULOOP_COMMANDS_TOOL_DETAILS_H
#define ULOOP_COMMANDS_TOOL_DETAILS_H

#include "catalog/catalog.h"
#include "commands/dispatch.h"

/* The tools that the Editor itself says it has: its answer to get-tool-details, and that as a
 * catalog. Not to be moved while it is open. */
struct tool_details {
    struct answer answer;
    struct catalog catalog;
};

/*
 * Asks the Editor, once more where a reload cuts the connection: the question changes nothing.
 * Fails as answer_open() does, and with E_ANSWER_MALFORMED when the answer could not be a project's
 * catalog: no list of tools, a name that cannot be typed, more than CATALOG_MOST_BYTES.
 */
bool tool_details_open(struct tool_details *details, struct cli *cli, uint64_t timeout_ms,
                       struct error *error);
void tool_details_close(struct tool_details *details);

#endif
