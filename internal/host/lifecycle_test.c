#include "host/lifecycle.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A generation that is told from every other one. */
struct generation {
    char text[GENERATION_SIZE];
};

static struct generation generation(unsigned int number)
{
    struct generation made;
    (void)snprintf(made.text, sizeof(made.text), "%032x", number);
    return made;
}

static void feed(struct lifecycle *lifecycle, enum lifecycle_event event, unsigned int number)
{
    struct generation made = generation(number);
    cr_assert(lifecycle_feed(lifecycle, event, made.text), "%s in %s", lifecycle_event_name(event),
              phase_name(lifecycle->now.phase));
}

static void expect(const struct lifecycle *lifecycle, enum phase phase, const char *reason,
                   unsigned int number)
{
    struct generation expected = generation(number);
    cr_assert_str_eq(phase_name(lifecycle->now.phase), phase_name(phase));
    cr_assert_str_eq(lifecycle->now.reason, reason);
    cr_assert_str_eq(lifecycle->now.generation, expected.text);
}

static struct lifecycle ready(void)
{
    struct lifecycle lifecycle = {0};
    feed(&lifecycle, LIFECYCLE_START, 1);
    feed(&lifecycle, LIFECYCLE_PROBED, 2);
    return lifecycle;
}

Test(lifecycle, is_ready_only_after_the_probe)
{
    struct lifecycle lifecycle = {0};
    feed(&lifecycle, LIFECYCLE_START, 1);
    expect(&lifecycle, PHASE_STARTING, "manual-start", 1);
    feed(&lifecycle, LIFECYCLE_PROBED, 2);
    expect(&lifecycle, PHASE_READY, "manual-start", 2);
}

Test(lifecycle, restores_the_old_generation_when_a_compile_ends)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_COMPILE_BEGIN, 3);
    expect(&lifecycle, PHASE_COMPILING, "compilation-started", 3);
    feed(&lifecycle, LIFECYCLE_COMPILE_END, 4);
    expect(&lifecycle, PHASE_READY, "manual-start", 2);
}

Test(lifecycle, goes_through_a_reload_to_a_ready_of_its_own)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_COMPILE_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_COMPILE_END, 4);
    feed(&lifecycle, LIFECYCLE_RELOAD_BEGIN, 5);
    expect(&lifecycle, PHASE_RELOADING, "domain-reload-before", 5);
    feed(&lifecycle, LIFECYCLE_RELOAD_END, 6);
    expect(&lifecycle, PHASE_RECOVERING, "domain-reload-after", 6);
    feed(&lifecycle, LIFECYCLE_PROBED, 7);
    expect(&lifecycle, PHASE_READY, "server-recovery", 7);
    feed(&lifecycle, LIFECYCLE_COMPILE_BEGIN, 8);
    feed(&lifecycle, LIFECYCLE_COMPILE_END, 9);
    expect(&lifecycle, PHASE_READY, "server-recovery", 7);
}

Test(lifecycle, stops_a_compile_without_ready_in_between)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_COMPILE_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_STOP_BEGIN, 4);
    expect(&lifecycle, PHASE_STOPPING, "manual-stop", 4);
    feed(&lifecycle, LIFECYCLE_STOP_END, 5);
    expect(&lifecycle, PHASE_STOPPED, "manual-stop", 5);
}

Test(lifecycle, fails_when_the_server_cannot_be_brought_up)
{
    struct lifecycle lifecycle = {0};
    feed(&lifecycle, LIFECYCLE_START, 1);
    feed(&lifecycle, LIFECYCLE_FAIL, 2);
    expect(&lifecycle, PHASE_FAILED, "manual-start", 2);

    lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_RELOAD_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_RELOAD_END, 4);
    feed(&lifecycle, LIFECYCLE_FAIL, 5);
    expect(&lifecycle, PHASE_FAILED, "server-recovery", 5);
}

Test(lifecycle, is_stopped_after_a_reload_that_finds_no_server)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_RELOAD_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_RELOAD_END_WITHOUT_SERVER, 4);
    expect(&lifecycle, PHASE_STOPPED, "domain-reload-after-no-server", 4);
}

Test(lifecycle, is_failed_after_a_reload_that_could_not_begin)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_FAIL, 3);
    expect(&lifecycle, PHASE_FAILED, "domain-reload-rollback", 3);

    lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_RELOAD_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_FAIL, 4);
    expect(&lifecycle, PHASE_FAILED, "domain-reload-rollback", 4);
}

Test(lifecycle, recovers_a_lost_listener)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_LISTENER_LOST, 3);
    expect(&lifecycle, PHASE_RECOVERING, "server-recovery", 3);
    feed(&lifecycle, LIFECYCLE_PROBED, 4);
    expect(&lifecycle, PHASE_READY, "server-recovery", 4);
}

Test(lifecycle, loads_what_was_compiled_while_the_listener_was_lost)
{
    struct lifecycle lifecycle = ready();
    feed(&lifecycle, LIFECYCLE_COMPILE_BEGIN, 3);
    feed(&lifecycle, LIFECYCLE_LISTENER_LOST, 4);
    expect(&lifecycle, PHASE_RECOVERING, "server-recovery", 4);
    feed(&lifecycle, LIFECYCLE_RELOAD_BEGIN, 5);
    expect(&lifecycle, PHASE_RELOADING, "domain-reload-before", 5);
}

/* The whole table once more, as the contract has it: a row a phase, a column an event. */
Test(lifecycle, allows_nothing_but_the_transitions_of_the_contract)
{
    static const char *const ALLOWED[PHASE_COUNT] = {
        /* start, probed, compile begin, end, reload begin, end, end without a server,
         * listener lost, fail, stop begin, end */
        [PHASE_NONE] = "x..........",      [PHASE_STARTING] = ".x......xx.",
        [PHASE_READY] = "..x.x..xxx.",     [PHASE_COMPILING] = "...x...x.x.",
        [PHASE_RELOADING] = ".....xx.xx.", [PHASE_RECOVERING] = ".x..x...xx.",
        [PHASE_STOPPING] = "..........x",  [PHASE_STOPPED] = "...........",
        [PHASE_FAILED] = "...........",
    };
    struct generation new_generation = generation(9);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        for (int event = 0; event < LIFECYCLE_EVENT_COUNT; event++) {
            struct lifecycle lifecycle = {.now.phase = (enum phase)phase, .now.reason = "old"};
            struct lifecycle before = lifecycle;
            bool taken =
                lifecycle_feed(&lifecycle, (enum lifecycle_event)event, new_generation.text);
            cr_expect_eq(taken, ALLOWED[phase][event] == 'x', "%s in %s",
                         lifecycle_event_name((enum lifecycle_event)event),
                         phase_name((enum phase)phase));
            if (!taken)
                cr_expect_eq(memcmp(&lifecycle, &before, sizeof(before)), 0);
        }
    }
}
