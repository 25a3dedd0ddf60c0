#include "readiness/preflight.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    STOPPED_GRACE_MS = 2000,  /* for the new state of an Editor that is just starting */
    REFUSED_RETRY_MS = 10000, /* for the listener of an Editor that lives */
};

struct row {
    unsigned states, owners, endpoints; /* sets, one bit a value */
    struct preflight_rule rule;
};

#define ANY         (~0U)
#define STATE(name) (1U << PREFLIGHT_##name)
#define OWNER(name) (1U << PREFLIGHT_OWNER_##name)
#define POINT(name) (1U << PREFLIGHT_ENDPOINT_##name)
#define BUSY        STATE(BUSY)
#define OTHER       STATE(OTHER)
#define LIVES       (OWNER(ALIVE) | OWNER(UNKNOWN)) /* a look that failed proves nobody's absence */

/* clang-format off */
#define DISPATCH(why)               {PREFLIGHT_DISPATCH, E_NONE, 0, why}
#define LOOK_OWNER(why)             {PREFLIGHT_LOOK_OWNER, E_NONE, 0, why}
#define PROBE(why)                  {PREFLIGHT_PROBE, E_NONE, 0, why}
#define WAIT(why)                   {PREFLIGHT_WAIT, E_NONE, 0, why}
#define WAIT_AT_MOST(ms, code, why) {PREFLIGHT_WAIT, code, ms, why}
#define RETRY(ms, code, why)        {PREFLIGHT_RETRY, code, ms, why}
#define FAIL(code, why)             {PREFLIGHT_FAIL, code, 0, why}

static const struct row ROWS[] = {
#define RULE(states, owners, endpoints, rule) {states, owners, endpoints, rule},
#include "readiness/preflight_rules.h"
};
/* clang-format on */

static bool matches(const struct row *row, struct preflight_observation seen)
{
    return row->states & (1U << seen.state) && row->owners & (1U << seen.owner) &&
           row->endpoints & (1U << seen.endpoint);
}

const struct preflight_rule *preflight_decide(struct preflight_observation seen)
{
    const size_t last = sizeof(ROWS) / sizeof(ROWS[0]) - 1;
    size_t at = 0;
    while (at < last && !matches(&ROWS[at], seen))
        at++;
    return &ROWS[at].rule;
}

const char *preflight_state_name(enum preflight_state state)
{
    static const char *const NAMES[] = {"absent",  "unreadable", "busy",   "ready",
                                        "stopped", "stopped",    "failed", "unknown phase"};
    return NAMES[state];
}

const char *preflight_owner_name(enum preflight_owner owner)
{
    static const char *const NAMES[] = {"not looked at", "alive", "gone", "unknown"};
    return NAMES[owner];
}

const char *preflight_endpoint_name(enum preflight_endpoint endpoint)
{
    static const char *const NAMES[] = {"not looked at", "answers",        "absent or refused",
                                        "denied",        "another user's", "silent"};
    return NAMES[endpoint];
}

const char *preflight_action_name(enum preflight_action action)
{
    static const char *const NAMES[] = {"dispatch", "look at the owner", "probe", "wait", "retry",
                                        "fail"};
    return NAMES[action];
}
