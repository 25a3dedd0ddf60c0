#ifndef ULOOP_COMPILE_COMPLETION_H
#define ULOOP_COMPILE_COMPLETION_H

#include "base/error.h"
#include "readiness/state.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * When is a compile done? A pure machine: it is told what happened, in whatever order it happens,
 * and says what to do now. It knows no clock, no file and no socket. Rule: "When is a compile done"
 * in docs/architecture.md.
 */

/* How long a reload may still be about to begin. */
#define COMPLETION_QUIET_MS 500 /* after a success, with the connection open */
#define COMPLETION_DROPPED_MS                                                                      \
    2000 /* after a success, with the connection dropped: a reload is beginning */

/* How long a result may still be about to come with the connection dropped; COMPLETION_DROPPED_MS
 * behind a reload, before which it would have been stored. */
#define COMPLETION_LOST_MS 10000

/* The pauses between questions for get-compile-status where there is no state file. */
#define COMPLETION_FIRST_ASK_MS 20
#define COMPLETION_LAST_ASK_MS  200

enum completion_event_kind {
    COMPLETION_LOOKED,  /* nothing but time passed */
    COMPLETION_STATE,   /* the state file says something else than before */
    COMPLETION_RESULT,  /* the result is known, from the answer or from its file */
    COMPLETION_DROPPED, /* the connection is gone */
    COMPLETION_PROBED,  /* the endpoint answered get-version, or did not */
    COMPLETION_TOLD,    /* get-compile-status was answered, or is not known to the server */
    COMPLETION_OWNER_EXITED,
};

struct completion_event {
    enum completion_event_kind kind;
    const struct server_state *state; /* STATE: what it says now */
    bool success;                     /* RESULT: Success is true; PROBED: it answered */
    bool ready;                       /* TOLD: the Editor says that it is ready */
    bool supported;                   /* TOLD: the server knows the question */
};

enum completion_action {
    COMPLETION_WAIT,  /* until something happens, or until_ms */
    COMPLETION_PROBE, /* ask get-version and feed COMPLETION_PROBED */
    COMPLETION_ASK,   /* ask get-compile-status and feed COMPLETION_TOLD */
    COMPLETION_DONE,
    COMPLETION_FAIL, /* with `code` */
};

struct completion_step {
    enum completion_action action;
    uint64_t until_ms; /* WAIT: CLOCK_NEVER when only an event can change anything */
    enum error_code code;
};

struct completion {
    char *generation_before; /* NULL when there was no state before the request */
    uint64_t deadline_ms;
    bool attached; /* somebody else's request is waited for: there never was a connection */

    bool has_result;
    bool success; /* of the result: Success is true */
    bool dropped;
    bool owner_exited;
    bool reload_seen;
    bool busy_seen;
    bool told_ready;
    bool unsupported; /* the server does not know get-compile-status */

    enum state_kind state;
    bool new_generation;     /* the state's generation is another than before the request */
    uint64_t quiet_since_ms; /* since when neither state, result nor connection changed */
    bool probed;             /* the endpoint answered since then */
    uint64_t probe_at_ms;    /* not before this */
    uint64_t ask_at_ms;
    uint64_t ask_pause_ms;
};

/*
 * Begins with the state just before the request was sent; NULL generation where it has none.
 * `attached` when the request was sent by an earlier command, which gave up waiting for it.
 */
void completion_init(struct completion *completion, const struct server_state *before,
                     const char *generation_before, bool attached, uint64_t deadline_ms,
                     uint64_t now_ms);

/* Feeds one thing that happened; returns what to do now: keep waiting (until when), ask, finish, or
 * fail. */
struct completion_step completion_feed(struct completion *completion,
                                       const struct completion_event *event, uint64_t now_ms);

void completion_clear(struct completion *completion);

#endif
