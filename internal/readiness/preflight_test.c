#include "readiness/preflight.h"

#include <criterion/criterion.h>
#include <stdbool.h>

static const struct preflight_rule *rule_for(enum preflight_state state, enum preflight_owner owner,
                                             enum preflight_endpoint endpoint)
{
    return preflight_decide(
        (struct preflight_observation){.state = state, .owner = owner, .endpoint = endpoint});
}

/* Calls `check` with every combination of observations, and its rule. */
static void for_every_combination(void (*check)(struct preflight_observation seen,
                                                const struct preflight_rule *rule))
{
    for (int state = 0; state < PREFLIGHT_STATES; state++) {
        for (int owner = 0; owner < PREFLIGHT_OWNERS; owner++) {
            for (int endpoint = 0; endpoint < PREFLIGHT_ENDPOINTS; endpoint++) {
                struct preflight_observation seen = {.state = (enum preflight_state)state,
                                                     .owner = (enum preflight_owner)owner,
                                                     .endpoint = (enum preflight_endpoint)endpoint};
                check(seen, preflight_decide(seen));
            }
        }
    }
}

/*
 * The rules once more, as sentences instead of a table. Written from docs/architecture.md: what it
 * says and what the table does are compared over every combination.
 */
static enum preflight_action action_by_the_book(struct preflight_observation seen,
                                                enum error_code *code)
{
    bool gone = seen.owner == PREFLIGHT_OWNER_GONE;
    bool unseen_owner = seen.owner == PREFLIGHT_OWNER_UNSEEN;
    bool unseen_endpoint = seen.endpoint == PREFLIGHT_ENDPOINT_UNSEEN;
    bool answers = seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS;
    bool dead = seen.endpoint == PREFLIGHT_ENDPOINT_DEAD;
    *code = E_NONE;
    if (seen.state == PREFLIGHT_FAILED || seen.state == PREFLIGHT_UNREADABLE ||
        seen.state == PREFLIGHT_STOPPED_FOR_GOOD) {
        *code = seen.state == PREFLIGHT_FAILED       ? E_STATE_FAILED
                : seen.state == PREFLIGHT_UNREADABLE ? E_STATE_UNREADABLE
                                                     : E_STOPPED;
        return PREFLIGHT_FAIL;
    }
    if (seen.endpoint == PREFLIGHT_ENDPOINT_DENIED || seen.endpoint == PREFLIGHT_ENDPOINT_FOREIGN) {
        *code = seen.endpoint == PREFLIGHT_ENDPOINT_DENIED ? E_ENDPOINT_DENIED : E_ENDPOINT_FOREIGN;
        return PREFLIGHT_FAIL;
    }
    if (seen.state == PREFLIGHT_STOPPED) {
        *code = E_STOPPED;
        return PREFLIGHT_WAIT;
    }
    if (seen.state == PREFLIGHT_BUSY || seen.state == PREFLIGHT_OTHER) {
        bool probes = gone || seen.state == PREFLIGHT_OTHER;
        if (unseen_owner)
            return PREFLIGHT_LOOK_OWNER;
        if (probes && unseen_endpoint)
            return PREFLIGHT_PROBE;
        if (probes && answers)
            return PREFLIGHT_DISPATCH;
        if (!gone || (seen.state == PREFLIGHT_BUSY && !dead))
            return PREFLIGHT_WAIT;
        *code = seen.state == PREFLIGHT_BUSY ? E_STATE_STALE
                : dead                       ? E_NOT_REACHABLE
                                             : E_NOT_ANSWERING;
        return PREFLIGHT_FAIL;
    }
    if (unseen_endpoint || answers)
        return PREFLIGHT_DISPATCH;
    if (!dead) {
        *code = E_NOT_ANSWERING;
        return PREFLIGHT_FAIL;
    }
    if (unseen_owner)
        return PREFLIGHT_LOOK_OWNER;
    *code = E_NOT_REACHABLE;
    return gone ? PREFLIGHT_FAIL : PREFLIGHT_RETRY;
}

static void check_against_the_book(struct preflight_observation seen,
                                   const struct preflight_rule *rule)
{
    enum error_code code = E_NONE;
    enum preflight_action action = action_by_the_book(seen, &code);
    cr_expect_eq(rule->action, action, "state %s, owner %s, endpoint %s: %s, not %s",
                 preflight_state_name(seen.state), preflight_owner_name(seen.owner),
                 preflight_endpoint_name(seen.endpoint), preflight_action_name(rule->action),
                 preflight_action_name(action));
    cr_expect_eq(rule->code, code, "state %s, owner %s, endpoint %s",
                 preflight_state_name(seen.state), preflight_owner_name(seen.owner),
                 preflight_endpoint_name(seen.endpoint));
}

Test(preflight, does_what_the_rules_say_in_every_combination)
{
    for_every_combination(check_against_the_book);
}

static void check_progress(struct preflight_observation seen, const struct preflight_rule *rule)
{
    if (rule->action == PREFLIGHT_LOOK_OWNER)
        cr_expect_eq(seen.owner, PREFLIGHT_OWNER_UNSEEN, "looks for an owner that it has seen");
    if (rule->action == PREFLIGHT_PROBE)
        cr_expect_eq(seen.endpoint, PREFLIGHT_ENDPOINT_UNSEEN, "probes what it has probed");
    if (rule->action == PREFLIGHT_DISPATCH)
        cr_expect(seen.endpoint == PREFLIGHT_ENDPOINT_UNSEEN ||
                      seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS,
                  "dispatches to an endpoint that does not answer");
    cr_expect_not_null(rule->why);
}

Test(preflight, asks_only_for_what_it_has_not_seen_so_that_it_always_comes_to_an_end)
{
    for_every_combination(check_progress);
}

static void check_busy(struct preflight_observation seen, const struct preflight_rule *rule)
{
    bool missed_owner =
        seen.owner == PREFLIGHT_OWNER_GONE && seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS;
    if (seen.state == PREFLIGHT_BUSY && !missed_owner)
        cr_expect_neq(rule->action, PREFLIGHT_DISPATCH);
}

Test(preflight, never_dispatches_while_busy_unless_the_owner_was_missed)
{
    for_every_combination(check_busy);
}

Test(preflight, dispatches_to_a_ready_editor_without_any_other_look)
{
    cr_assert_eq(
        rule_for(PREFLIGHT_READY, PREFLIGHT_OWNER_UNSEEN, PREFLIGHT_ENDPOINT_UNSEEN)->action,
        PREFLIGHT_DISPATCH);
}

Test(preflight, gives_a_stopped_server_two_seconds_and_a_refusing_one_ten)
{
    cr_assert_eq(
        rule_for(PREFLIGHT_STOPPED, PREFLIGHT_OWNER_UNSEEN, PREFLIGHT_ENDPOINT_UNSEEN)->limit_ms,
        (uint64_t)2000);
    cr_assert_eq(
        rule_for(PREFLIGHT_READY, PREFLIGHT_OWNER_ALIVE, PREFLIGHT_ENDPOINT_DEAD)->limit_ms,
        (uint64_t)10000);
}
