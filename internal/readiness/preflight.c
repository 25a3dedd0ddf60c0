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

/* The first row that matches is the rule: state, owner, endpoint, and what to do. */
static const struct row ROWS[] = {
    {STATE(FAILED),           ANY,           ANY,
     FAIL(E_STATE_FAILED, "the Editor reports that its server failed")},
    {STATE(UNREADABLE),       ANY,           ANY,
     FAIL(E_STATE_UNREADABLE, "the state file does not parse")},
    {STATE(STOPPED_FOR_GOOD), ANY,           ANY,
     FAIL(E_STOPPED, "the server was stopped")},
    {ANY,                     ANY,           POINT(DENIED),
     FAIL(E_ENDPOINT_DENIED, "the system refuses the socket to this process")},
    {ANY,                     ANY,           POINT(FOREIGN),
     FAIL(E_ENDPOINT_FOREIGN, "another user's process listens there")},
    {STATE(STOPPED),          ANY,           ANY,
     WAIT_AT_MOST(STOPPED_GRACE_MS, E_STOPPED, "a starting Editor has 2 s to say otherwise")},

    {BUSY | OTHER,            OWNER(UNSEEN), ANY,
     LOOK_OWNER("whether to wait depends on who wrote the state")},
    {BUSY | OTHER,            OWNER(GONE),   POINT(UNSEEN),
     PROBE("the owner is gone: only the endpoint can prove otherwise")},
    {BUSY | OTHER,            OWNER(GONE),   POINT(ANSWERS),
     DISPATCH("the endpoint answers: the owner was missed")},
    {BUSY,                    OWNER(GONE),   POINT(DEAD),
     FAIL(E_STATE_STALE, "nobody is left who could finish what the state says")},
    {BUSY,                    OWNER(GONE),   POINT(SILENT),
     WAIT("the endpoint accepts: somebody is there and still busy")},
    {BUSY,                    LIVES,         ANY,
     WAIT("the Editor is busy and will say when it is ready")},

    {OTHER,                   LIVES,         POINT(UNSEEN),
     PROBE("an unknown phase: only the endpoint tells whether it is ready")},
    {OTHER,                   LIVES,         POINT(ANSWERS),
     DISPATCH("an unknown phase, and the endpoint answers")},
    {OTHER,                   LIVES,         ANY,
     WAIT("an unknown phase of an Editor that does not answer yet")},

    /* What is left: ready and absent, and an unknown phase whose owner is gone. */
    {ANY,                     ANY,           POINT(UNSEEN),
     DISPATCH("nothing speaks against it")},
    {ANY,                     ANY,           POINT(ANSWERS),
     DISPATCH("the endpoint answers")},
    {ANY,                     ANY,           POINT(SILENT),
     FAIL(E_NOT_ANSWERING, "the Editor accepts, and its main thread does not answer")},
    {ANY,                     OWNER(UNSEEN), POINT(DEAD),
     LOOK_OWNER("whether to try again depends on whether the Editor lives")},
    {ANY,                     OWNER(GONE),   POINT(DEAD),
     FAIL(E_NOT_REACHABLE, "no Editor has this project open")},
    {ANY,                     LIVES,         POINT(DEAD),
     RETRY(REFUSED_RETRY_MS, E_NOT_REACHABLE, "the Editor lives: it has 10 s to listen again")},
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
