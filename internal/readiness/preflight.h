#ifndef ULOOP_READINESS_PREFLIGHT_H
#define ULOOP_READINESS_PREFLIGHT_H

#include "base/error.h"

#include <stdint.h>

/*
 * The readiness decision: a pure function over a table. What is not known yet is UNSEEN, and the
 * table itself says when it must be looked at: a ready Editor is dispatched to without any look at
 * processes or the endpoint. The rules are numbered and explained in docs/architecture.md, "The
 * readiness decision".
 */

enum preflight_state {
    PREFLIGHT_ABSENT,
    PREFLIGHT_UNREADABLE, /* after all tries */
    PREFLIGHT_BUSY,
    PREFLIGHT_READY,
    PREFLIGHT_STOPPED,          /* found so: a new Editor may be about to write a new state */
    PREFLIGHT_STOPPED_FOR_GOOD, /* by hand, or while one watched */
    PREFLIGHT_FAILED,
    PREFLIGHT_OTHER, /* a phase this client does not know */
    PREFLIGHT_STATES,
};

enum preflight_owner {
    PREFLIGHT_OWNER_UNSEEN,
    PREFLIGHT_OWNER_ALIVE,
    PREFLIGHT_OWNER_GONE,
    PREFLIGHT_OWNER_UNKNOWN, /* the look failed */
    PREFLIGHT_OWNERS,
};

enum preflight_endpoint {
    PREFLIGHT_ENDPOINT_UNSEEN,
    PREFLIGHT_ENDPOINT_ANSWERS, /* get-version was answered */
    PREFLIGHT_ENDPOINT_DEAD,    /* there is no socket, or it refuses */
    PREFLIGHT_ENDPOINT_DENIED,  /* the system forbids to connect */
    PREFLIGHT_ENDPOINT_FOREIGN, /* somebody else's process listens there */
    PREFLIGHT_ENDPOINT_SILENT,  /* it accepts, or would if its queue were not full, and does not
                                   answer in time */
    PREFLIGHT_ENDPOINTS,
};

enum preflight_action {
    PREFLIGHT_DISPATCH,   /* connect and send; a connection that fails is the endpoint's observation
                           */
    PREFLIGHT_LOOK_OWNER, /* find the owner, then decide again */
    PREFLIGHT_PROBE,      /* ask the endpoint for get-version, then decide again */
    PREFLIGHT_WAIT,       /* until something happens */
    PREFLIGHT_RETRY,      /* connect again after a pause of 50 ms, doubling to 1 s */
    PREFLIGHT_FAIL,
};

struct preflight_observation {
    enum preflight_state state;
    enum preflight_owner owner;
    enum preflight_endpoint endpoint;
};

/* One row. `code` is the error of PREFLIGHT_FAIL, and of a wait or retry that lasted longer than
 * `limit_ms`. */
struct preflight_rule {
    enum preflight_action action;
    enum error_code code;
    uint64_t limit_ms; /* 0: the whole wait's deadline is the only limit */
    const char *why;   /* a sentence for `uloop status --explain` */
};

/* The one rule for an observation. Never NULL: the table has a rule for every combination. */
const struct preflight_rule *preflight_decide(struct preflight_observation seen);

/* The words for messages, static. */
const char *preflight_state_name(enum preflight_state state);
const char *preflight_owner_name(enum preflight_owner owner);
const char *preflight_endpoint_name(enum preflight_endpoint endpoint);
const char *preflight_action_name(enum preflight_action action);

#endif
