#include "compile/completion_scene_test.h"

#include <criterion/criterion.h>

/* The generations of the compilation, of the reload, and after it. */
#define COMPILATION "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define RELOAD      "cccccccccccccccccccccccccccccccc"
#define AFTER       "dddddddddddddddddddddddddddddddd"

#define STATE(name, its_kind, its_phase, its_generation)                                           \
    const struct server_state name = {                                                             \
        .kind = its_kind, .phase = (char *)its_phase, .generation = (char *)its_generation}

STATE(READY_BEFORE, STATE_READY, "ready", BEFORE);
STATE(COMPILING, STATE_BUSY, "compiling", COMPILATION);
STATE(RELOADING, STATE_BUSY, "reloading", RELOAD);
STATE(RECOVERING, STATE_BUSY, "recovering", AFTER);
STATE(READY_AFTER, STATE_READY, "ready", AFTER);
STATE(UNKNOWN_BEFORE, STATE_OTHER, "idle", BEFORE);
STATE(UNKNOWN_AFTER, STATE_OTHER, "idle", AFTER);
STATE(FAILED, STATE_FAILED, "failed", AFTER);
STATE(STOPPED, STATE_STOPPED, "stopped", AFTER);
STATE(ABSENT, STATE_ABSENT, NULL, NULL);

const struct completion_event LOOKED = {.kind = COMPLETION_LOOKED};
const struct completion_event DROPPED = {.kind = COMPLETION_DROPPED};
const struct completion_event OWNER_EXITED = {.kind = COMPLETION_OWNER_EXITED};
const struct completion_event ANSWERED = {.kind = COMPLETION_PROBED, .success = true};

struct completion_event state_event(const struct server_state *state)
{
    return (struct completion_event){.kind = COMPLETION_STATE, .state = state};
}

struct completion_event result_event(bool success)
{
    return (struct completion_event){.kind = COMPLETION_RESULT, .success = success};
}

void begin(struct completion *c)
{
    completion_init(c, &READY_BEFORE, BEFORE, false, DEADLINE_MS, START_MS);
}

struct completion_step feed_at(struct completion *c, struct completion_event event, uint64_t now_ms)
{
    return completion_feed(c, &event, now_ms);
}

struct completion_step feed(struct completion *c, struct completion_event event)
{
    return feed_at(c, event, START_MS);
}

static void append(struct order *order, struct completion_event event)
{
    cr_assert_lt(order->count, (size_t)MOST_EVENTS);
    order->events[order->count++] = event;
}

struct order reload_order(const struct server_state *last, unsigned seen, size_t drop_at,
                          size_t result_at, bool twice)
{
    const struct server_state *states[] = {&COMPILING, &READY_BEFORE, &RELOADING, &RECOVERING,
                                           last};
    struct order order = {0};
    for (size_t i = 0; i <= 5; i++) {
        if (i == result_at)
            append(&order, result_event(true));
        if (i == drop_at)
            append(&order, DROPPED);
        if (i < 4 && (seen & (1U << i)))
            append(&order, state_event(states[i]));
        else if (i == 4)
            append(&order, state_event(states[i]));
    }
    if (twice)
        append(&order, result_event(true));
    return order;
}
