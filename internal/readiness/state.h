#ifndef ULOOP_READINESS_STATE_H
#define ULOOP_READINESS_STATE_H

#include "base/error.h"

#include <stdint.h>

/* What the state file says, as far as the readiness decision cares. Contract: "server-state.json"
 * in docs/protocol.md. */
enum state_kind {
    STATE_ABSENT, /* no state file: nothing runs, or a server of a generation that writes none */
    STATE_UNREADABLE, /* it is there and does not parse, or could not be looked at */
    STATE_BUSY,       /* starting, compiling, reloading, recovering, stopping */
    STATE_READY,
    STATE_STOPPED,
    STATE_FAILED,
    STATE_OTHER, /* a phase this client does not know */
};

/* One reading. Release with state_clear(). Strings are NULL where the file has null, nothing, or no
 * string. */
struct server_state {
    enum state_kind kind;
    char *phase; /* as written; "" when the member is missing */
    char *generation;
    char *updated_at;
    char *reason;
    char *endpoint;
    char *last_error;
    int64_t owner_pid; /* 0 when not said; only our own host says it */
    char *owner_started_at;
};

/*
 * Reads the project's server-state.json, or the sidecar that stands in for it while the writer
 * rotates files: the target, else .tmp, else .bak, never .tmp.write. One try, without waiting:
 * whoever waits tries again (STATE_READ_TRIES times, STATE_READ_PAUSE_MS apart) before
 * STATE_UNREADABLE counts.
 *
 * project_root: canonical root.
 * state: always filled. For STATE_UNREADABLE *error names the file and the reason: E_SHORTAGE when
 * the process had no descriptor or memory to look at it, which says nothing of the file, else
 * E_STATE_UNREADABLE.
 */
void state_read(const char *project_root, struct server_state *state, struct error *error);

#define STATE_READ_TRIES       20
#define STATE_READ_PAUSE_MS    25
#define STATE_READ_PATIENCE_MS (STATE_READ_TRIES * STATE_READ_PAUSE_MS)

void state_clear(struct server_state *state);

/* Makes *copy a reading of its own, releasing what it held. */
void state_copy(struct server_state *copy, const struct server_state *state);

/* Do two readings say the same: kind, phase, generation and time of writing? */
bool state_equals(const struct server_state *a, const struct server_state *b);

/* Was the server stopped by hand, so that nothing will start it again by itself? */
bool state_is_manual_stop(const struct server_state *state);

/* The paths of the four names a writer uses; `suffix` is "", ".tmp", ".bak" or ".tmp.write". The
 * caller frees. */
char *state_path(const char *project_root, const char *suffix);

/* The word for a kind, for messages: "absent", "unreadable", "busy", … */
const char *state_kind_name(enum state_kind kind);

#endif
