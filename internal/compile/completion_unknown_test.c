/* When a compile is done in a phase that this client does not know. */

#include "compile/completion_scene_test.h"

#include <criterion/criterion.h>

/* Waits for what the step says, is asked for a probe then, and is done with its answer. */
static void expect_done_after(struct completion *c, struct completion_step step, uint64_t quiet_ms)
{
    cr_assert_eq(step.action, COMPLETION_WAIT);
    cr_assert_eq(step.until_ms, START_MS + quiet_ms);
    cr_assert_eq(feed_at(c, LOOKED, step.until_ms - 1).action, COMPLETION_WAIT);
    cr_assert_eq(feed_at(c, LOOKED, step.until_ms).action, COMPLETION_PROBE);
    cr_assert_eq(feed_at(c, ANSWERED, step.until_ms).action, COMPLETION_DONE);
}

/* The order ends in a phase that is not known: nobody says that the reload is over, so that in no
 * order it is done before the endpoint has answered behind the last event. */
static void check_order_to_an_unknown_phase(const struct order *order)
{
    struct completion c;
    struct completion_step step = {0};
    begin(&c);
    for (size_t i = 0; i < order->count; i++) {
        step = feed(&c, order->events[i]);
        cr_assert_eq(step.action, COMPLETION_WAIT);
    }
    expect_done_after(&c, step, COMPLETION_QUIET_MS);
    completion_clear(&c);
}

Test(completion, asks_the_endpoint_in_an_unknown_phase_in_every_order_of_events_seen_or_missed)
{
    for (unsigned seen = 0; seen < 16; seen++) {
        for (size_t drop_at = 0; drop_at <= 5; drop_at++) {
            for (size_t result_at = 0; result_at <= 5; result_at++) {
                struct order once = reload_order(&UNKNOWN_AFTER, seen, drop_at, result_at, false);
                struct order twice = reload_order(&UNKNOWN_AFTER, seen, drop_at, result_at, true);
                check_order_to_an_unknown_phase(&once);
                check_order_to_an_unknown_phase(&twice);
            }
        }
    }
}

/* As before the request, where the endpoint answered too. */
Test(completion, asks_the_endpoint_in_an_unknown_phase_that_does_not_change)
{
    for (int dropped = 0; dropped < 2; dropped++) {
        for (int result_first = 0; result_first < 2; result_first++) {
            struct completion c;
            completion_init(&c, &UNKNOWN_BEFORE, BEFORE, false, DEADLINE_MS, START_MS);
            if (dropped && !result_first)
                (void)feed(&c, DROPPED);
            struct completion_step step = feed(&c, result_event(true));
            if (dropped && result_first)
                step = feed(&c, DROPPED);
            expect_done_after(&c, step, dropped ? COMPLETION_DROPPED_MS : COMPLETION_QUIET_MS);
            completion_clear(&c);
        }
    }
}

Test(completion, with_errors_is_done_at_once_in_an_unknown_phase_in_every_order)
{
    for (int dropped = 0; dropped < 2; dropped++) {
        for (int result_first = 0; result_first < 2; result_first++) {
            struct completion c;
            begin(&c);
            (void)feed(&c, state_event(&COMPILING));
            if (dropped)
                (void)feed(&c, DROPPED);
            struct completion_event unknown = state_event(&UNKNOWN_AFTER);
            struct completion_event result = result_event(false);
            cr_assert_eq(feed(&c, result_first ? result : unknown).action, COMPLETION_WAIT);
            cr_assert_eq(feed(&c, result_first ? unknown : result).action, COMPLETION_DONE);
            completion_clear(&c);
        }
    }
}

Test(completion, without_a_result_waits_for_it_in_an_unknown_phase)
{
    for (int attached = 0; attached < 2; attached++) {
        struct completion c;
        completion_init(&c, &COMPILING, BEFORE, attached, DEADLINE_MS, START_MS);
        (void)feed(&c, DROPPED);
        struct completion_step step = feed(&c, state_event(&UNKNOWN_BEFORE));
        cr_assert_eq(step.action, COMPLETION_WAIT);
        cr_assert_eq(step.until_ms, DEADLINE_MS);
        completion_clear(&c);
    }
}
