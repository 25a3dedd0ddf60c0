#include "compile/completion_scene_test.h"

#include <criterion/criterion.h>

/* Feeds the order without any time passing: done exactly when result, last state and proof of a
 * reload are there. */
static void check_reload_order(const struct order *order)
{
    struct completion c;
    begin(&c);
    bool result = false;
    bool last = false;
    bool proof = false;
    for (size_t i = 0; i < order->count; i++) {
        struct completion_event event = order->events[i];
        struct completion_step step = feed(&c, event);
        result = result || event.kind == COMPLETION_RESULT;
        last = last || event.state == &READY_AFTER;
        proof = proof || event.kind == COMPLETION_DROPPED || event.state == &RELOADING ||
                event.state == &RECOVERING;
        cr_assert_neq(step.action, COMPLETION_FAIL);
        cr_assert_eq(step.action == COMPLETION_DONE, result && last && proof);
    }
    cr_assert(result && last && proof);
    completion_clear(&c);
}

Test(completion, waits_through_the_reload_in_every_order_of_events_seen_or_missed)
{
    for (unsigned seen = 0; seen < 16; seen++) {
        for (size_t drop_at = 0; drop_at <= 5; drop_at++) {
            for (size_t result_at = 0; result_at <= 5; result_at++) {
                struct order once = reload_order(&READY_AFTER, seen, drop_at, result_at, false);
                struct order twice = reload_order(&READY_AFTER, seen, drop_at, result_at, true);
                check_reload_order(&once);
                check_reload_order(&twice);
            }
        }
    }
}

Test(completion, is_done_without_a_dropped_connection_when_the_reload_was_seen)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    (void)feed(&c, state_event(&RELOADING));
    cr_assert_eq(feed(&c, state_event(&READY_AFTER)).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, trusts_a_new_generation_after_quiet_when_the_socket_hangs_and_nothing_was_seen)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    struct completion_step step = feed(&c, state_event(&READY_AFTER));
    cr_assert_eq(step.action, COMPLETION_WAIT);
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_QUIET_MS);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, with_errors_is_done_as_soon_as_the_state_is_ready_in_every_order)
{
    for (size_t result_at = 0; result_at < 3; result_at++) {
        for (int compiling_seen = 0; compiling_seen < 2; compiling_seen++) {
            struct completion c;
            struct completion_step step = {0};
            begin(&c);
            for (size_t i = 0; i < 3; i++) {
                if (i == result_at)
                    step = feed(&c, result_event(false));
                if (i == 0 && compiling_seen) {
                    step = feed(&c, state_event(&COMPILING));
                    cr_assert_eq(step.action, COMPLETION_WAIT);
                }
                if (i == 1)
                    step = feed(&c, state_event(&READY_BEFORE));
            }
            cr_assert_eq(step.action, COMPLETION_DONE);
            completion_clear(&c);
        }
    }
}

Test(completion, without_a_reload_is_done_after_half_a_second_in_which_nothing_changed)
{
    struct completion c;
    begin(&c);
    struct completion_step step = feed(&c, result_event(true));
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_QUIET_MS);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms - 1).action, COMPLETION_WAIT);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, begins_the_half_second_anew_when_the_state_changes)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    (void)feed_at(&c, state_event(&COMPILING), START_MS + 400);
    struct completion_step step = feed_at(&c, state_event(&READY_BEFORE), START_MS + 450);
    cr_assert_eq(step.until_ms, START_MS + 450 + COMPLETION_QUIET_MS);
    completion_clear(&c);
}

Test(completion, after_a_drop_under_the_old_generation_waits_two_seconds_and_for_an_answer)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    struct completion_step step = feed(&c, DROPPED);
    cr_assert_eq(step.action, COMPLETION_WAIT);
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_DROPPED_MS);
    uint64_t now = step.until_ms;
    cr_assert_eq(feed_at(&c, LOOKED, now).action, COMPLETION_PROBE);
    struct completion_event silent = {.kind = COMPLETION_PROBED, .success = false};
    step = feed_at(&c, silent, now);
    cr_assert_eq(step.action, COMPLETION_WAIT,
                 "an endpoint that does not answer is not asked at once");
    cr_assert_gt(step.until_ms, now);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms).action, COMPLETION_PROBE);
    cr_assert_eq(feed_at(&c, ANSWERED, step.until_ms).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, does_not_believe_an_answer_from_before_the_state_moved)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    (void)feed(&c, DROPPED);
    (void)feed_at(&c, LOOKED, START_MS + COMPLETION_DROPPED_MS);
    (void)feed_at(&c, state_event(&RELOADING), START_MS + COMPLETION_DROPPED_MS);
    cr_assert_eq(feed_at(&c, ANSWERED, START_MS + COMPLETION_DROPPED_MS).action, COMPLETION_WAIT);
    completion_clear(&c);
}

Test(completion, gives_up_when_the_connection_dropped_and_no_result_ever_comes)
{
    struct completion c;
    begin(&c);
    struct completion_step step = feed(&c, DROPPED);
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_LOST_MS);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms).action, COMPLETION_PROBE);
    step = feed_at(&c, ANSWERED, step.until_ms);
    cr_assert_eq(step.action, COMPLETION_FAIL);
    cr_assert_eq(step.code, E_DISCONNECTED);
    completion_clear(&c);
}

Test(completion, gives_up_sooner_behind_a_reload_before_which_the_result_would_have_been_stored)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, DROPPED);
    struct completion_step step = feed(&c, state_event(&READY_AFTER));
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_DROPPED_MS);
    (void)feed_at(&c, LOOKED, step.until_ms);
    step = feed_at(&c, ANSWERED, step.until_ms);
    cr_assert_eq(step.action, COMPLETION_FAIL);
    cr_assert_eq(step.code, E_DISCONNECTED);
    completion_clear(&c);
}

Test(completion, attached_to_an_earlier_request_waits_for_its_result_and_the_reload)
{
    struct completion c;
    completion_init(&c, &READY_BEFORE, BEFORE, true, DEADLINE_MS, START_MS);
    cr_assert_eq(feed(&c, LOOKED).until_ms, DEADLINE_MS);
    (void)feed(&c, state_event(&COMPILING));
    (void)feed(&c, result_event(true));
    (void)feed(&c, state_event(&RELOADING));
    cr_assert_eq(feed(&c, state_event(&READY_AFTER)).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, attached_to_an_earlier_request_gives_up_when_what_ran_ends_without_its_result)
{
    struct completion c;
    completion_init(&c, &COMPILING, BEFORE, true, DEADLINE_MS, START_MS);
    struct completion_step step = feed(&c, state_event(&READY_BEFORE));
    cr_assert_eq(step.action, COMPLETION_FAIL);
    cr_assert_eq(step.code, E_DISCONNECTED);
    completion_clear(&c);
}

/* Feeds `event` behind the first `count` events of a reload that is not done yet. */
static struct completion_step feed_behind(size_t count, struct completion_event event)
{
    struct order order = reload_order(&READY_AFTER, 15, 3, 1, false);
    struct completion c;
    begin(&c);
    for (size_t i = 0; i < count; i++)
        (void)feed(&c, order.events[i]);
    struct completion_step step = feed(&c, event);
    completion_clear(&c);
    return step;
}

Test(completion, ends_at_once_when_the_state_fails_or_stops_or_the_owner_exits_at_any_time)
{
    for (size_t count = 0; count < 6; count++) {
        struct completion_step failed = feed_behind(count, state_event(&FAILED));
        cr_assert_eq(failed.action, COMPLETION_FAIL);
        cr_assert_eq(failed.code, E_STATE_FAILED);
        struct completion_step stopped = feed_behind(count, state_event(&STOPPED));
        cr_assert_eq(stopped.action, COMPLETION_FAIL);
        cr_assert_eq(stopped.code, E_STOPPED);
        struct completion_step exited = feed_behind(count, OWNER_EXITED);
        cr_assert_eq(exited.action, COMPLETION_FAIL);
        cr_assert_eq(exited.code, E_OWNER_EXITED);
    }
}

Test(completion, never_waits_beyond_the_deadline)
{
    struct completion c;
    begin(&c);
    cr_assert_eq(feed(&c, state_event(&COMPILING)).until_ms, DEADLINE_MS);
    struct completion_step step = feed_at(&c, LOOKED, DEADLINE_MS);
    cr_assert_eq(step.action, COMPLETION_FAIL);
    cr_assert_eq(step.code, E_COMPILE_TIMEOUT);
    completion_clear(&c);
}

Test(completion, prefers_the_result_that_came_with_the_deadline)
{
    struct completion c;
    begin(&c);
    cr_assert_eq(feed_at(&c, result_event(false), DEADLINE_MS).action, COMPLETION_DONE);
    completion_clear(&c);
}

static struct completion_event told(bool ready, bool supported)
{
    return (struct completion_event){
        .kind = COMPLETION_TOLD, .ready = ready, .supported = supported};
}

Test(completion, asks_for_the_status_in_growing_pauses_where_there_is_no_state_file)
{
    static const uint64_t PAUSES[] = {20, 20, 40, 80, 160, 200, 200};
    struct completion c;
    completion_init(&c, &ABSENT, NULL, false, DEADLINE_MS, START_MS);
    uint64_t now = START_MS;
    for (size_t i = 0; i < sizeof(PAUSES) / sizeof(PAUSES[0]); i++) {
        struct completion_step step = feed_at(&c, LOOKED, now);
        cr_assert_eq(step.action, COMPLETION_WAIT);
        cr_assert_eq(step.until_ms, now + PAUSES[i], "pause %zu", i);
        now = step.until_ms;
        cr_assert_eq(feed_at(&c, LOOKED, now).action, COMPLETION_ASK);
        (void)feed_at(&c, told(false, true), now);
    }
    (void)feed_at(&c, result_event(true), now);
    cr_assert_eq(feed_at(&c, told(true, true), now).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, does_without_the_status_where_the_server_does_not_know_it)
{
    struct completion c;
    completion_init(&c, &ABSENT, NULL, false, DEADLINE_MS, START_MS);
    (void)feed(&c, told(false, false));
    struct completion_step step = feed(&c, result_event(true));
    cr_assert_eq(step.until_ms, START_MS + COMPLETION_QUIET_MS);
    cr_assert_eq(feed_at(&c, LOOKED, step.until_ms).action, COMPLETION_DONE);
    completion_clear(&c);
}

Test(completion, survives_that_the_state_file_is_gone_for_a_moment)
{
    struct completion c;
    begin(&c);
    (void)feed(&c, result_event(true));
    (void)feed(&c, DROPPED);
    cr_assert_eq(feed(&c, state_event(&ABSENT)).action, COMPLETION_WAIT);
    (void)feed(&c, state_event(&RECOVERING));
    cr_assert_eq(feed(&c, state_event(&READY_AFTER)).action, COMPLETION_DONE);
    completion_clear(&c);
}
