/* A wait's looks: at the state, its owner and the endpoint. */

#include "readiness/wait.h"

#include "base/clock.h"

enum {
    QUESTION_ID = 1,
    QUEUE_PAUSE_MS = 50, /* nothing tells that there is room in a listener's queue again */
};

bool wait_open(struct wait *wait, const struct project *project, struct log *log,
               struct error *error)
{
    *wait = (struct wait){.project = project, .log = log, .unreadable_since_ms = CLOCK_NEVER};
    if (!reach_open(&wait->reach, project, error))
        return false;
    if (watch_open(&wait->watch, project->root, log, error))
        return true;
    reach_close(&wait->reach);
    return false;
}

void wait_close(struct wait *wait)
{
    watch_close(&wait->watch);
    state_clear(&wait->state);
    state_clear(&wait->dispatched);
    error_clear(&wait->unreadable);
    error_clear(&wait->distrust);
    reach_close(&wait->reach);
}

/* Will nothing start the server again by itself? While an Editor starts up it stops and starts. */
static bool is_stopped_for_good(const struct wait *wait, const struct server_state *state)
{
    if (wait->started_pid > 0)
        return process_look(wait->started_pid) == PROCESS_GONE;
    return wait->ran || (!wait->patient && state_is_manual_stop(state));
}

static enum preflight_state classify(const struct wait *wait, const struct server_state *state)
{
    switch (state->kind) {
    case STATE_ABSENT:
        return PREFLIGHT_ABSENT;
    case STATE_UNREADABLE:
        return PREFLIGHT_UNREADABLE;
    case STATE_BUSY:
        return PREFLIGHT_BUSY;
    case STATE_READY:
        return PREFLIGHT_READY;
    case STATE_FAILED:
        return PREFLIGHT_FAILED;
    case STATE_STOPPED:
        return is_stopped_for_good(wait, state) ? PREFLIGHT_STOPPED_FOR_GOOD : PREFLIGHT_STOPPED;
    case STATE_OTHER:
        break;
    }
    return PREFLIGHT_OTHER;
}

void wait_look(struct wait *wait)
{
    struct server_state state = {0};
    struct error unreadable = {0};
    wait->watch.changed = false;
    state_read(wait->project->root, &state, &unreadable);
    if (state.kind != STATE_UNREADABLE)
        wait->unreadable_since_ms = CLOCK_NEVER;
    else if (wait->unreadable_since_ms == CLOCK_NEVER)
        wait->unreadable_since_ms = clock_now_ms();
    if (unreadable.message)
        log_debug(wait->log, "%s", unreadable.message);
    error_clear(&wait->unreadable);
    wait->unreadable = unreadable;
    state_clear(&wait->state);
    wait->state = state;
    wait->seen = (struct preflight_observation){.state = classify(wait, &state)};
    wait->ran = wait->ran || state.kind == STATE_BUSY || state.kind == STATE_READY;
    log_trace(wait->log, "state %s", state.phase ? state.phase : state_kind_name(state.kind));
}

bool wait_is_reading_again(const struct wait *wait)
{
    return wait->unreadable_since_ms != CLOCK_NEVER &&
           clock_now_ms() < clock_after(wait->unreadable_since_ms, STATE_READ_PATIENCE_MS);
}

/* Nothing that was known of the owner has to be looked at again while its exit would have been an
 * event. */
static bool owner_is_still_watched(const struct wait *wait)
{
    return wait->owner.kind == OWNER_ALIVE && wait->watch.owner.active &&
           wait->watch.owner_pid == wait->owner.pid && !wait->watch.owner_exited &&
           (wait->state.owner_pid == 0 || wait->state.owner_pid == wait->owner.pid);
}

void wait_look_owner(struct wait *wait)
{
    static const enum preflight_owner SEEN[] = {
        [OWNER_ALIVE] = PREFLIGHT_OWNER_ALIVE,
        [OWNER_GONE] = PREFLIGHT_OWNER_GONE,
        [OWNER_UNKNOWN] = PREFLIGHT_OWNER_UNKNOWN,
    };
    if (wait->seen.owner != PREFLIGHT_OWNER_UNSEEN)
        return;
    if (!owner_is_still_watched(wait)) {
        wait->owner = owner_find(wait->project->root, &wait->state);
        if (wait->owner.kind != OWNER_ALIVE && process_look(wait->started_pid) == PROCESS_ALIVE)
            wait->owner = (struct owner){OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE, wait->started_pid};
        /* What is reached by ULOOP_ENDPOINT may run in another container, under other numbers. */
        if (wait->owner.kind == OWNER_GONE && wait->reach.is_told)
            wait->owner.kind = OWNER_UNKNOWN;
        watch_owner(&wait->watch, wait->owner.kind == OWNER_ALIVE ? wait->owner.pid : 0);
    }
    wait->seen.owner = SEEN[wait->owner.kind];
}

bool wait_sleep(struct wait *wait, uint64_t until_ms, struct error *error)
{
    if (!wait->watch.interrupted)
        watch_next(&wait->watch, until_ms);
    if (wait->watch.interrupted)
        return error_set(error, E_INTERRUPTED, "Interrupted by a signal.");
    return true;
}

/* What silence says of the endpoint: nothing, where a signal or the deadline cut it short. */
static enum preflight_endpoint silent_endpoint(const struct wait *wait, uint64_t deadline_ms)
{
    bool cut_short = wait->watch.interrupted || clock_now_ms() >= deadline_ms;
    return cut_short ? PREFLIGHT_ENDPOINT_UNSEEN : PREFLIGHT_ENDPOINT_SILENT;
}

/* What a connection that did not come about says of it. */
static enum preflight_endpoint unreached_endpoint(const struct client *client)
{
    if (client->error.code == E_ENDPOINT_FOREIGN)
        return PREFLIGHT_ENDPOINT_FOREIGN;
    if (client->status == UV_EACCES || client->status == UV_EPERM)
        return PREFLIGHT_ENDPOINT_DENIED;
    return PREFLIGHT_ENDPOINT_DEAD;
}

/* Finds the endpoint; false when it is not to be connected to. */
static bool find_endpoint(struct wait *wait)
{
    error_clear(&wait->distrust);
    if (reach_look(&wait->reach, wait->project, &wait->distrust))
        return true;
    switch (wait->distrust.code) {
    case E_ENDPOINT_FOREIGN:
        wait->seen.endpoint = PREFLIGHT_ENDPOINT_FOREIGN;
        break;
    case E_ENDPOINT_DENIED:
        wait->seen.endpoint = PREFLIGHT_ENDPOINT_DENIED;
        break;
    default:
        wait->seen.endpoint = PREFLIGHT_ENDPOINT_DEAD;
        break;
    }
    log_debug(wait->log, "%s", wait->distrust.message);
    return false;
}

/* Is somebody there who has not taken those yet that came before? A Unix socket refuses then, where
 * TCP would have us wait. */
static bool is_queue_full(const struct client *client)
{
    return client->phase == CLIENT_UNREACHED && client->status == UV_EAGAIN;
}

static struct client *connect_once(struct wait *wait, uint64_t until_ms)
{
    struct client *client =
        client_connect(&wait->watch.loop, &wait->reach.destination, watch_wake, &wait->watch);
    while (client->phase == CLIENT_CONNECTING && clock_now_ms() < until_ms &&
           !wait->watch.interrupted)
        watch_next(&wait->watch, until_ms);
    return client;
}

static void pause_for_the_queue(struct wait *wait, uint64_t until_ms)
{
    uint64_t end = clock_earlier(until_ms, clock_after(clock_now_ms(), QUEUE_PAUSE_MS));
    log_debug(wait->log, "the queue of %s is full: connecting again in %d ms",
              wait->reach.destination.address, QUEUE_PAUSE_MS);
    while (clock_now_ms() < end && !wait->watch.interrupted)
        watch_next(&wait->watch, end);
}

struct client *wait_connect(struct wait *wait, uint64_t deadline_ms)
{
    uint64_t until = clock_earlier(deadline_ms, clock_after(clock_now_ms(), WAIT_CONNECT_MS));
    if (!find_endpoint(wait))
        return NULL;
    struct client *client = connect_once(wait, until);
    while (is_queue_full(client) && clock_now_ms() < until && !wait->watch.interrupted) {
        client_close(client);
        pause_for_the_queue(wait, until);
        client = connect_once(wait, until);
    }
    if (client->phase == CLIENT_CONNECTED)
        return client;
    bool silent = client->phase == CLIENT_CONNECTING || is_queue_full(client);
    wait->seen.endpoint = silent ? silent_endpoint(wait, deadline_ms) : unreached_endpoint(client);
    log_debug(wait->log, "connect %s: %s", wait->reach.destination.address,
              client_why_unreached(client));
    client_close(client);
    return NULL;
}

static bool is_on_disk(const struct wait *wait, const struct server_state *state)
{
    struct server_state now = {0};
    struct error unreadable = {0};
    state_read(wait->project->root, &now, &unreadable);
    bool same = state_equals(&now, state);
    error_clear(&unreadable);
    state_clear(&now);
    return same;
}

bool wait_state_is_unchanged(const struct wait *wait)
{
    return is_on_disk(wait, &wait->state);
}

bool wait_is_where_it_dispatched(const struct wait *wait)
{
    return is_on_disk(wait, &wait->dispatched);
}

struct client *wait_ask(struct wait *wait, const char *method, const char *params_json,
                        uint64_t deadline_ms)
{
    struct client *client = wait_connect(wait, deadline_ms);
    if (!client)
        return NULL;
    uint64_t until = clock_earlier(deadline_ms, clock_after(clock_now_ms(), WAIT_ANSWER_MS));
    client_send(client, &(struct rpc_request){.method = method,
                                              .params_json = params_json,
                                              .project_root = wait->project->root,
                                              .id = QUESTION_ID});
    while (client->phase == CLIENT_SENT && clock_now_ms() < until && !wait->watch.interrupted &&
           wait_state_is_unchanged(wait))
        watch_next(&wait->watch, until);
    return client;
}

void wait_probe(struct wait *wait, uint64_t deadline_ms)
{
    if (wait->seen.endpoint != PREFLIGHT_ENDPOINT_UNSEEN)
        return;
    struct client *client = wait_ask(wait, RPC_PROBE_METHOD, "{}", deadline_ms);
    if (!client)
        return;
    /* An error is an answer too: the request that follows will be told the same. */
    if (client->phase == CLIENT_ANSWERED || client->phase == CLIENT_REFUSED)
        wait->seen.endpoint = PREFLIGHT_ENDPOINT_ANSWERS;
    else if (client->phase != CLIENT_SENT)
        wait->seen.endpoint = PREFLIGHT_ENDPOINT_DEAD;
    else if (wait_state_is_unchanged(wait))
        wait->seen.endpoint = silent_endpoint(wait, deadline_ms);
    client_close(client);
}
