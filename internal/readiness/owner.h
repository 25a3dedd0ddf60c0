#ifndef ULOOP_READINESS_OWNER_H
#define ULOOP_READINESS_OWNER_H

#include "readiness/state.h"

#include <stdint.h>

/* Does the process live whose state this is? "Unknown" is a look that failed, never one that found
 * nothing. */
enum owner_kind {
    OWNER_ALIVE,
    OWNER_GONE,
    OWNER_UNKNOWN,
};

/* What the answer rests on. */
enum owner_source {
    OWNER_FROM_STATE,           /* ownerPid and ownerStartedAt in the state */
    OWNER_FROM_EDITOR_INSTANCE, /* Library/EditorInstance.json */
    OWNER_FROM_PROCESS_TABLE,
};

struct owner {
    enum owner_kind kind;
    enum owner_source source;
    int64_t pid; /* of a living owner, or of the gone one that the state names; else 0 */
};

/*
 * Finds the owner, stopping at the first sure answer: the process the state names (its start
 * excludes a pid that was used again), the process of EditorInstance.json if it is alive and an
 * Editor of this project, the process table. A few milliseconds with 2,000 processes. Rule: "The
 * readiness decision" in docs/architecture.md.
 */
struct owner owner_find(const char *project_root, const struct server_state *state);

/* Finds who has the project open, server or not: a -batchmode run counts, too, and so does an
 * Editor beside the state of another process that is gone. */
struct owner owner_find_user(const char *project_root, const struct server_state *state);

const char *owner_kind_name(enum owner_kind kind); /* "alive", "gone", "unknown" */
const char *owner_source_name(
    enum owner_source source); /* "server-state.json", "EditorInstance.json", "process table" */

#endif
