/* A wait's decisions: look, decide, sleep, and again from the start. */

#include "readiness/wait.h"

#include "base/clock.h"
#include "base/path.h"

#include <inttypes.h>

enum {
    FIRST_RETRY_PAUSE_MS = 50,
    LONGEST_RETRY_PAUSE_MS = 1000,
};

static void log_decision(const struct wait *wait, const struct preflight_rule *rule)
{
    log_debug(wait->log, "state %s%s%s, owner %s, endpoint %s: %s (%s)",
              preflight_state_name(wait->seen.state), wait->state.phase ? " " : "",
              wait->state.phase ? wait->state.phase : "", preflight_owner_name(wait->seen.owner),
              preflight_endpoint_name(wait->seen.endpoint), preflight_action_name(rule->action),
              rule->why);
}

/* Decides, looking at what the table wants to know before. NULL when the state changed meanwhile:
 * look again. */
static const struct preflight_rule *decide(struct wait *wait, uint64_t deadline_ms)
{
    const struct preflight_rule *rule = preflight_decide(wait->seen);
    while (rule->action == PREFLIGHT_LOOK_OWNER || rule->action == PREFLIGHT_PROBE) {
        if (rule->action == PREFLIGHT_LOOK_OWNER)
            wait_look_owner(wait);
        else
            wait_probe(wait, deadline_ms);
        const struct preflight_rule *next = preflight_decide(wait->seen);
        if (next == rule)
            return NULL;
        rule = next;
    }
    log_decision(wait, rule);
    if (rule->action == PREFLIGHT_FAIL && !wait_state_is_unchanged(wait))
        return NULL;
    return rule;
}

/* When the rule's own limit is over; a patient wait has none while the owner lives. */
static uint64_t limit_of(struct wait *wait, const struct preflight_rule *rule)
{
    if (wait->patient)
        wait_look_owner(wait);
    bool lifted = wait->patient && wait->seen.owner == PREFLIGHT_OWNER_ALIVE;
    return rule->limit_ms && !lifted ? clock_after(wait->rule_since_ms, rule->limit_ms)
                                     : CLOCK_NEVER;
}

/* Until when to sleep under a rule; 0 when its limit is over. */
static uint64_t sleep_until(struct wait *wait, const struct preflight_rule *rule,
                            uint64_t deadline_ms)
{
    uint64_t now = clock_now_ms();
    if (wait->rule != rule) {
        wait->rule = rule;
        wait->rule_since_ms = now;
        wait->retry_pause_ms = FIRST_RETRY_PAUSE_MS;
    }
    uint64_t limit = limit_of(wait, rule);
    if (now >= limit)
        return 0;
    uint64_t until = clock_earlier(limit, deadline_ms);
    if (rule->action == PREFLIGHT_RETRY) {
        log_debug(wait->log, "connecting again in %" PRIu64 " ms", wait->retry_pause_ms);
        until = clock_earlier(until, clock_after(now, wait->retry_pause_ms));
        wait->retry_pause_ms = clock_earlier(wait->retry_pause_ms * 2, LONGEST_RETRY_PAUSE_MS);
    }
    return until;
}

/* Sleeps under a rule that says so; false with *error when the wait is over. */
static bool sleep_under(struct wait *wait, const struct preflight_rule *rule, uint64_t deadline_ms,
                        struct error *error)
{
    /* What changed before the watch stood was not reported, and what changed while one asked the
     * endpoint was: look once more first. But not for ever, however often things change. */
    if (clock_now_ms() < deadline_ms && (watch_arm(&wait->watch) || wait->watch.changed))
        return true;
    uint64_t until = sleep_until(wait, rule, deadline_ms);
    if (until == 0 || clock_now_ms() >= deadline_ms) {
        wait_describe_failure(wait, until == 0 ? rule->code : E_READY_TIMEOUT, error);
        return false;
    }
    if (wait->listener.waiting)
        wait->listener.waiting(wait->listener.context,
                               wait->state.phase ? wait->state.phase : "connecting");
    return wait_sleep(wait, until, error);
}

/* Before the next look: the pause between two tries to read the file, or none where it just
 * changed. */
static bool pause_briefly(struct wait *wait, uint64_t deadline_ms, struct error *error)
{
    uint64_t now = clock_now_ms();
    if (now >= deadline_ms) {
        wait_describe_failure(wait, E_READY_TIMEOUT, error);
        return false;
    }
    uint64_t pause_ms = wait_is_reading_again(wait) ? STATE_READ_PAUSE_MS : 0;
    return wait_sleep(wait, clock_after(now, pause_ms), error);
}

/* Connects where the rule says so. NULL with the rule that then holds in *rule, which is NULL to
 * look again. */
static struct client *try_dispatch(struct wait *wait, const struct preflight_rule **rule,
                                   uint64_t deadline_ms)
{
    *rule = decide(wait, deadline_ms);
    if (!*rule || (*rule)->action != PREFLIGHT_DISPATCH)
        return NULL;
    struct client *client = wait_connect(wait, deadline_ms);
    if (!client) {
        *rule = decide(wait, deadline_ms);
    } else if (!wait_state_is_unchanged(wait)) {
        client_close(client);
        client = NULL;
        *rule = NULL;
    }
    return client;
}

bool wait_finds_project(const struct wait *wait, enum error_code code, struct error *error)
{
    const char *root = wait->project->root;
    return path_is_folder(root) ||
           error_set(error, code, "The project folder %s is not there any more.", root);
}

/* Asked where there is no state: none can come without the folder. */
static bool is_project_there(const struct wait *wait, struct error *error)
{
    return wait->state.kind != STATE_ABSENT || wait_finds_project(wait, E_PROJECT_NOT_FOUND, error);
}

/* One round behind a look, without the target: sleeps, or ends the wait with *error. */
static bool go_on(struct wait *wait, const struct preflight_rule *rule, uint64_t deadline_ms,
                  struct error *error)
{
    if (!rule)
        return pause_briefly(wait, deadline_ms, error);
    if (rule->action != PREFLIGHT_FAIL)
        return sleep_under(wait, rule, deadline_ms, error);
    wait_describe_failure(wait, rule->code, error);
    return false;
}

struct client *wait_for_dispatch(struct wait *wait, uint64_t deadline_ms, struct error *error)
{
    const struct preflight_rule *rule = NULL;
    do {
        rule = NULL;
        wait_look(wait);
        if (!is_project_there(wait, error))
            return NULL;
        struct client *client =
            wait_is_reading_again(wait) ? NULL : try_dispatch(wait, &rule, deadline_ms);
        if (client) {
            state_copy(&wait->dispatched, &wait->state);
            return client;
        }
    } while (go_on(wait, rule, deadline_ms, error));
    return NULL;
}

/* Does the endpoint answer where the rule would dispatch? Else *rule as for try_dispatch(). */
static bool is_ready(struct wait *wait, const struct preflight_rule **rule, uint64_t deadline_ms)
{
    *rule = decide(wait, deadline_ms);
    if (!*rule || (*rule)->action != PREFLIGHT_DISPATCH)
        return false;
    wait_probe(wait, deadline_ms);
    if (wait->seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS)
        return true;
    *rule = wait->seen.endpoint == PREFLIGHT_ENDPOINT_UNSEEN ? NULL : decide(wait, deadline_ms);
    return false;
}

static bool is_settled(struct wait *wait, const struct preflight_rule **rule, uint64_t deadline_ms)
{
    if (wait->state.kind != STATE_BUSY && wait->state.kind != STATE_OTHER &&
        wait->state.kind != STATE_UNREADABLE)
        return true;
    *rule = decide(wait, deadline_ms);
    return false;
}

/*
 * Is the server gone without a word? Only where no process of it is found: and where none would be
 * (ULOOP_ENDPOINT), only while the state is none in which a server that lives does not listen. That
 * there is no token says nothing of who listens.
 */
static bool has_vanished(struct wait *wait, uint64_t deadline_ms)
{
    wait_look_owner(wait);
    bool is_hidden = wait->reach.is_told && wait->seen.owner == PREFLIGHT_OWNER_UNKNOWN &&
                     wait->state.kind != STATE_BUSY;
    if (wait->seen.owner == PREFLIGHT_OWNER_GONE || is_hidden)
        wait_probe(wait, deadline_ms);
    return wait->seen.endpoint == PREFLIGHT_ENDPOINT_DEAD && wait->distrust.code == E_NONE &&
           wait_state_is_unchanged(wait);
}

static bool is_stopped(struct wait *wait, const struct preflight_rule **rule, uint64_t deadline_ms)
{
    static const struct preflight_rule UNTIL_IT_STOPS = {.action = PREFLIGHT_WAIT,
                                                         .why = "the server runs, and is to stop"};
    if (wait->state.kind == STATE_STOPPED)
        return true;
    if (has_vanished(wait, deadline_ms))
        return true;
    *rule = &UNTIL_IT_STOPS;
    log_debug(wait->log, "waiting for the server to stop");
    return false;
}

bool wait_for(struct wait *wait, enum wait_target target, uint64_t deadline_ms, struct error *error)
{
    typedef bool (*reached)(struct wait *, const struct preflight_rule **, uint64_t);
    static const reached REACHED[] = {
        [WAIT_FOR_READY] = is_ready,
        [WAIT_FOR_SETTLED] = is_settled,
        [WAIT_FOR_STOPPED] = is_stopped,
    };
    const struct preflight_rule *rule = NULL;
    do {
        rule = NULL;
        wait_look(wait);
        if (!is_project_there(wait, error))
            return false;
        if (!wait_is_reading_again(wait) && REACHED[target](wait, &rule, deadline_ms))
            return true;
    } while (go_on(wait, rule, deadline_ms, error));
    return false;
}
