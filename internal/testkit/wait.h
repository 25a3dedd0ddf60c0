#ifndef ULOOP_TESTKIT_WAIT_H
#define ULOOP_TESTKIT_WAIT_H

#include "base/buffer.h"

#include <stdbool.h>

/*
 * How a test blocks. While it waits for one thing, everything it started goes on: programs' output
 * is read, the Editor takes connections and answers probes. So a test reads from top to bottom,
 * without threads, and nothing stalls because the test looks the other way.
 */

/* Longer than anything takes on a slow machine: it only bounds how long a failure takes. */
#define TESTKIT_LIMIT_MS 120000

/* A descriptor to look after during every wait. Lives in the struct of whoever it serves. */
struct watch {
    int descriptor;
    short events; /* as for poll(); 0 still tells of a hang-up */
    void (*ready)(void *context, short events);
    void (*describe)(void *context, struct buffer *text); /* for a failure's message; may be NULL */
    void *context;
    struct watch *next;
};

void watch_start(struct watch *watch);
void watch_stop(struct watch *watch); /* harmless on one that was not started */

/* What a test waits for. */
struct awaited {
    bool (*done)(void *context);
    bool (*hopeless)(void *context); /* it cannot come any more: fail at once; may be NULL */
    void *context;
};

/*
 * Blocks until awaited->done() says so. Fails the test after TESTKIT_LIMIT_MS, or when it has
 * become hopeless and no event is left, with a message that names `what` was awaited and adds what
 * every watch describes.
 */
void wait_until(const struct awaited *awaited, const char *format, ...) PRINTF_LIKE(2, 3);

/* Handles the events that are there already, without waiting. */
void watch_handle_pending(void);

/* Blocks until the descriptor can be written, or has hung up. */
void wait_writable(int descriptor, const char *what);

/* Fails the test, with what every watch describes behind the message. */
_Noreturn void testkit_fail(const char *format, ...) PRINTF_LIKE(1, 2);

/* For a program that is no Criterion test: what a failure does with its message instead. It must
 * end the process; by exit(), what testkit made is released. */
void testkit_on_failure(void (*handler)(const char *message));

#endif
