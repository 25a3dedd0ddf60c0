#ifndef ULOOP_COMPILE_COMPLETION_SCENE_TEST_H
#define ULOOP_COMPILE_COMPLETION_SCENE_TEST_H

#include "compile/completion.h"

#include <stddef.h>

/* What the tests of the completion rule are made of: the states of one compile, the events that
 * tell of them, and their orders. */

/* The generation before the request. */
#define BEFORE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

enum {
    START_MS = 1000,
    DEADLINE_MS = 91000,
    MOST_EVENTS = 12,
};

extern const struct server_state READY_BEFORE, COMPILING, RELOADING, RECOVERING, READY_AFTER,
    UNKNOWN_BEFORE, UNKNOWN_AFTER, FAILED, STOPPED, ABSENT;

extern const struct completion_event LOOKED, DROPPED, OWNER_EXITED, ANSWERED;

struct completion_event state_event(const struct server_state *state);
struct completion_event result_event(bool success);

/* A request sent in READY_BEFORE, at START_MS. */
void begin(struct completion *c);

/* Feeds an event, the second without any time having passed. */
struct completion_step feed_at(struct completion *c, struct completion_event event,
                               uint64_t now_ms);
struct completion_step feed(struct completion *c, struct completion_event event);

struct order {
    struct completion_event events[MOST_EVENTS];
    size_t count;
};

/*
 * A compile that succeeds and reloads, up to the state `last`. Of the states before it, those in
 * the set `seen` were seen; the connection drops before event `drop_at`, the result comes before
 * event `result_at`, and once more at the end if `twice`.
 */
struct order reload_order(const struct server_state *last, unsigned seen, size_t drop_at,
                          size_t result_at, bool twice);

#endif
