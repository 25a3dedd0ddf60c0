#ifndef ULOOP_HOST_LIFECYCLE_H
#define ULOOP_HOST_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a server says of itself, as a machine that knows no clock, file or socket: events in, the
 * state to publish out. Contract: "Who writes what, when" in docs/protocol.md.
 */

enum phase {
    PHASE_NONE, /* nothing was published yet */
    PHASE_STARTING,
    PHASE_READY,
    PHASE_COMPILING,
    PHASE_RELOADING,
    PHASE_RECOVERING,
    PHASE_STOPPING,
    PHASE_STOPPED,
    PHASE_FAILED,
    PHASE_COUNT,
};

enum lifecycle_event {
    LIFECYCLE_START,
    LIFECYCLE_PROBED, /* get-version was answered over the real endpoint */
    LIFECYCLE_COMPILE_BEGIN,
    LIFECYCLE_COMPILE_END,
    LIFECYCLE_RELOAD_BEGIN,
    LIFECYCLE_RELOAD_END,
    LIFECYCLE_RELOAD_END_WITHOUT_SERVER, /* there is no server to restore */
    LIFECYCLE_LISTENER_LOST,             /* nobody can reach the server any more */
    LIFECYCLE_FAIL, /* the server could not be brought up, or a reload could not begin */
    LIFECYCLE_STOP_BEGIN,
    LIFECYCLE_STOP_END,
    LIFECYCLE_EVENT_COUNT,
};

/* 32 hex digits and the NUL behind them. */
#define GENERATION_SIZE ((size_t)33)

/* What is published of one phase. */
struct published {
    enum phase phase;
    const char *reason; /* static */
    char generation[GENERATION_SIZE];
};

/* Zero-initialised has published nothing. A value: to try an event, feed a copy. */
struct lifecycle {
    struct published now;
    struct published before_compile; /* written back, with its generation, when the compile ends */
};

/*
 * Takes an event. `new_generation` is used unless the phase before a compile is restored, which
 * keeps its own. False, with nothing changed, when the table does not allow the event in this
 * phase: that is a mistake of the caller.
 */
bool lifecycle_feed(struct lifecycle *lifecycle, enum lifecycle_event event,
                    const char new_generation[GENERATION_SIZE]);

/* The contract's word for a phase, and a word for an event; static. */
const char *phase_name(enum phase phase);
const char *lifecycle_event_name(enum lifecycle_event event);

#endif
