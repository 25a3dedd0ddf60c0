#include "compile/completion.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROBE_PAUSE_MS = 1000
};

static bool is_reload_phase(const char *phase)
{
    return phase && (strcmp(phase, "reloading") == 0 || strcmp(phase, "recovering") == 0);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What has to stay as it is for a while begins to do so anew. */
static void disturb(struct completion *c, uint64_t now_ms)
{
    c->quiet_since_ms = now_ms;
    c->probed = false;
    c->probe_at_ms = 0;
    c->told_ready = false;
}

static void take_state(struct completion *c, const struct server_state *state)
{
    c->state = state->kind;
    c->new_generation =
        state->kind != STATE_ABSENT && !same_text(state->generation, c->generation_before);
    c->reload_seen = c->reload_seen || is_reload_phase(state->phase);
    c->busy_seen = c->busy_seen || state->kind == STATE_BUSY;
}

void completion_init(struct completion *c, const struct server_state *before,
                     const char *generation_before, bool attached, uint64_t deadline_ms,
                     uint64_t now_ms)
{
    *c = (struct completion){
        .generation_before = memory_copy_string(generation_before),
        .deadline_ms = deadline_ms,
        .attached = attached,
        .dropped = attached,
        .ask_pause_ms = COMPLETION_FIRST_ASK_MS,
        .ask_at_ms = clock_after(now_ms, COMPLETION_FIRST_ASK_MS),
    };
    take_state(c, before);
    disturb(c, now_ms);
}

static void take_event(struct completion *c, const struct completion_event *event, uint64_t now_ms)
{
    switch (event->kind) {
    case COMPLETION_LOOKED:
        return;
    case COMPLETION_STATE:
        take_state(c, event->state);
        disturb(c, now_ms);
        return;
    case COMPLETION_RESULT:
        if (c->has_result) /* it came on both ways, and is the same */
            return;
        c->has_result = true;
        c->success = event->success;
        disturb(c, now_ms);
        return;
    case COMPLETION_DROPPED:
        if (c->dropped)
            return;
        c->dropped = true;
        disturb(c, now_ms);
        return;
    case COMPLETION_PROBED:
        c->probed = event->success;
        c->probe_at_ms = clock_after(now_ms, PROBE_PAUSE_MS);
        return;
    case COMPLETION_TOLD:
        c->told_ready = event->ready;
        c->unsupported = !event->supported;
        c->ask_at_ms = clock_after(now_ms, c->ask_pause_ms);
        c->ask_pause_ms = clock_earlier(c->ask_pause_ms * 2, COMPLETION_LAST_ASK_MS);
        return;
    case COMPLETION_OWNER_EXITED:
        c->owner_exited = true;
        return;
    }
}

static struct completion_step act(enum completion_action action)
{
    return (struct completion_step){.action = action, .until_ms = CLOCK_NEVER};
}

static struct completion_step fail(enum error_code code)
{
    return (struct completion_step){.action = COMPLETION_FAIL, .code = code};
}

static struct completion_step wait_until(uint64_t until_ms)
{
    return (struct completion_step){.action = COMPLETION_WAIT, .until_ms = until_ms};
}

/* When everything was quiet for `span_ms` and the endpoint answers as well, takes `then`. */
static struct completion_step after_quiet_and_probe(const struct completion *c, uint64_t span_ms,
                                                    struct completion_step then, uint64_t now_ms)
{
    uint64_t quiet_at = clock_after(c->quiet_since_ms, span_ms);
    if (now_ms < quiet_at)
        return wait_until(quiet_at);
    if (c->probed)
        return then;
    return now_ms < c->probe_at_ms ? wait_until(c->probe_at_ms) : act(COMPLETION_PROBE);
}

/* Ready, but no result: it is still to come, unless what would have brought it is gone. A result is
 * stored before `compiling` ends: where somebody else's compile was seen to end, none will come. */
static struct completion_step without_result(const struct completion *c, uint64_t now_ms)
{
    if (c->attached)
        return c->busy_seen ? fail(E_DISCONNECTED) : wait_until(CLOCK_NEVER);
    if (!c->dropped)
        return wait_until(CLOCK_NEVER);
    bool reload_is_over = c->generation_before && c->new_generation;
    return after_quiet_and_probe(c, reload_is_over ? COMPLETION_DROPPED_MS : COMPLETION_LOST_MS,
                                 fail(E_DISCONNECTED), now_ms);
}

/* The state is ready: is there proof that no reload is still to come? */
static struct completion_step when_ready(const struct completion *c, uint64_t now_ms)
{
    if (!c->has_result)
        return without_result(c, now_ms);
    if (!c->success)
        return act(COMPLETION_DONE); /* nothing was built that would be reloaded */
    if (c->new_generation && (c->reload_seen || c->dropped))
        return act(COMPLETION_DONE); /* the reload is over */
    if (c->dropped)
        return after_quiet_and_probe(c, COMPLETION_DROPPED_MS, act(COMPLETION_DONE), now_ms);
    uint64_t quiet_at = clock_after(c->quiet_since_ms, COMPLETION_QUIET_MS);
    return now_ms < quiet_at ? wait_until(quiet_at) : act(COMPLETION_DONE);
}

/* No state file: the Editor of a later generation is asked; one that does not know the question
 * counts as ready. */
static struct completion_step without_state(const struct completion *c, uint64_t now_ms)
{
    if (c->unsupported)
        return when_ready(c, now_ms);
    if (c->told_ready && c->has_result)
        return act(COMPLETION_DONE);
    return now_ms < c->ask_at_ms ? wait_until(c->ask_at_ms) : act(COMPLETION_ASK);
}

/* A phase of a newer package, which may be a busy one or the ready one. As for a dispatch, only the
 * endpoint can tell. */
static struct completion_step when_unknown(const struct completion *c, uint64_t now_ms)
{
    if (!c->has_result)
        return wait_until(CLOCK_NEVER);
    if (!c->success)
        return act(COMPLETION_DONE);
    bool reload_begins = c->dropped && !c->new_generation;
    return after_quiet_and_probe(c, reload_begins ? COMPLETION_DROPPED_MS : COMPLETION_QUIET_MS,
                                 act(COMPLETION_DONE), now_ms);
}

static struct completion_step decide(const struct completion *c, uint64_t now_ms)
{
    switch (c->state) {
    case STATE_FAILED:
        return fail(E_STATE_FAILED);
    case STATE_STOPPED:
        return fail(E_STOPPED);
    case STATE_UNREADABLE:
        return fail(E_STATE_UNREADABLE);
    case STATE_READY:
        return when_ready(c, now_ms);
    case STATE_ABSENT:
        return without_state(c, now_ms);
    case STATE_OTHER:
        return when_unknown(c, now_ms);
    case STATE_BUSY:
        break;
    }
    return wait_until(CLOCK_NEVER);
}

struct completion_step completion_feed(struct completion *c, const struct completion_event *event,
                                       uint64_t now_ms)
{
    take_event(c, event, now_ms);
    struct completion_step step = decide(c, now_ms);
    bool ended = step.action == COMPLETION_DONE || step.action == COMPLETION_FAIL;
    if (!ended && c->owner_exited)
        return fail(E_OWNER_EXITED);
    if (!ended && now_ms >= c->deadline_ms)
        return fail(E_COMPILE_TIMEOUT);
    step.until_ms = clock_earlier(step.until_ms, c->deadline_ms);
    return step;
}

void completion_clear(struct completion *c)
{
    free(c->generation_before);
    *c = (struct completion){0};
}
