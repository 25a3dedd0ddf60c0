#include "host/lifecycle.h"

#include <string.h>

enum effect {
    NEW_STATE,     /* a generation of its own */
    TAKE_SNAPSHOT, /* the same, and what was there before is kept */
    RESTORE,       /* what was kept is written back as it was */
};

struct transition {
    enum phase from;
    enum lifecycle_event event;
    enum phase to; /* not used by RESTORE */
    enum effect effect;
    const char *reason;
};

/* Everything that is allowed. A compile is stopped without `ready` in between: nobody is to
 * dispatch into a server that is about to go. A compile whose listener is lost goes on without its
 * phase; what it made is loaded from `recovering`, for the same reason. */
static const struct transition TRANSITIONS[] = {
    {PHASE_NONE, LIFECYCLE_START, PHASE_STARTING, NEW_STATE, "manual-start"},
    {PHASE_STARTING, LIFECYCLE_PROBED, PHASE_READY, NEW_STATE, "manual-start"},
    {PHASE_READY, LIFECYCLE_COMPILE_BEGIN, PHASE_COMPILING, TAKE_SNAPSHOT, "compilation-started"},
    {PHASE_COMPILING, LIFECYCLE_COMPILE_END, PHASE_NONE, RESTORE, NULL},
    {PHASE_READY, LIFECYCLE_RELOAD_BEGIN, PHASE_RELOADING, NEW_STATE, "domain-reload-before"},
    {PHASE_RELOADING, LIFECYCLE_RELOAD_END, PHASE_RECOVERING, NEW_STATE, "domain-reload-after"},
    {PHASE_RELOADING, LIFECYCLE_RELOAD_END_WITHOUT_SERVER, PHASE_STOPPED, NEW_STATE,
     "domain-reload-after-no-server"},
    {PHASE_RECOVERING, LIFECYCLE_PROBED, PHASE_READY, NEW_STATE, "server-recovery"},
    {PHASE_READY, LIFECYCLE_LISTENER_LOST, PHASE_RECOVERING, NEW_STATE, "server-recovery"},
    {PHASE_COMPILING, LIFECYCLE_LISTENER_LOST, PHASE_RECOVERING, NEW_STATE, "server-recovery"},
    {PHASE_RECOVERING, LIFECYCLE_RELOAD_BEGIN, PHASE_RELOADING, NEW_STATE, "domain-reload-before"},
    {PHASE_STARTING, LIFECYCLE_FAIL, PHASE_FAILED, NEW_STATE, "manual-start"},
    {PHASE_RECOVERING, LIFECYCLE_FAIL, PHASE_FAILED, NEW_STATE, "server-recovery"},
    {PHASE_READY, LIFECYCLE_FAIL, PHASE_FAILED, NEW_STATE, "domain-reload-rollback"},
    {PHASE_RELOADING, LIFECYCLE_FAIL, PHASE_FAILED, NEW_STATE, "domain-reload-rollback"},
    {PHASE_STARTING, LIFECYCLE_STOP_BEGIN, PHASE_STOPPING, NEW_STATE, "manual-stop"},
    {PHASE_READY, LIFECYCLE_STOP_BEGIN, PHASE_STOPPING, NEW_STATE, "manual-stop"},
    {PHASE_COMPILING, LIFECYCLE_STOP_BEGIN, PHASE_STOPPING, NEW_STATE, "manual-stop"},
    {PHASE_RELOADING, LIFECYCLE_STOP_BEGIN, PHASE_STOPPING, NEW_STATE, "manual-stop"},
    {PHASE_RECOVERING, LIFECYCLE_STOP_BEGIN, PHASE_STOPPING, NEW_STATE, "manual-stop"},
    {PHASE_STOPPING, LIFECYCLE_STOP_END, PHASE_STOPPED, NEW_STATE, "manual-stop"},
};

static const struct transition *find(enum phase from, enum lifecycle_event event)
{
    for (size_t at = 0; at < sizeof(TRANSITIONS) / sizeof(TRANSITIONS[0]); at++) {
        if (TRANSITIONS[at].from == from && TRANSITIONS[at].event == event)
            return &TRANSITIONS[at];
    }
    return NULL;
}

bool lifecycle_feed(struct lifecycle *lifecycle, enum lifecycle_event event,
                    const char new_generation[GENERATION_SIZE])
{
    const struct transition *transition = find(lifecycle->now.phase, event);
    if (!transition)
        return false;
    if (transition->effect == RESTORE) {
        lifecycle->now = lifecycle->before_compile;
        return true;
    }
    if (transition->effect == TAKE_SNAPSHOT)
        lifecycle->before_compile = lifecycle->now;
    lifecycle->now.phase = transition->to;
    lifecycle->now.reason = transition->reason;
    memcpy(lifecycle->now.generation, new_generation, GENERATION_SIZE);
    return true;
}

const char *phase_name(enum phase phase)
{
    static const char *const NAMES[PHASE_COUNT] = {
        [PHASE_NONE] = "none",           [PHASE_STARTING] = "starting",
        [PHASE_READY] = "ready",         [PHASE_COMPILING] = "compiling",
        [PHASE_RELOADING] = "reloading", [PHASE_RECOVERING] = "recovering",
        [PHASE_STOPPING] = "stopping",   [PHASE_STOPPED] = "stopped",
        [PHASE_FAILED] = "failed",
    };
    return NAMES[phase];
}

const char *lifecycle_event_name(enum lifecycle_event event)
{
    static const char *const NAMES[LIFECYCLE_EVENT_COUNT] = {
        [LIFECYCLE_START] = "start",
        [LIFECYCLE_PROBED] = "probed",
        [LIFECYCLE_COMPILE_BEGIN] = "compile begin",
        [LIFECYCLE_COMPILE_END] = "compile end",
        [LIFECYCLE_RELOAD_BEGIN] = "reload begin",
        [LIFECYCLE_RELOAD_END] = "reload end",
        [LIFECYCLE_RELOAD_END_WITHOUT_SERVER] = "reload end without a server",
        [LIFECYCLE_LISTENER_LOST] = "listener lost",
        [LIFECYCLE_FAIL] = "fail",
        [LIFECYCLE_STOP_BEGIN] = "stop begin",
        [LIFECYCLE_STOP_END] = "stop end",
    };
    return NAMES[event];
}
