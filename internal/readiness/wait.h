#ifndef ULOOP_READINESS_WAIT_H
#define ULOOP_READINESS_WAIT_H

#include "base/error.h"
#include "ipc/client.h"
#include "project/project.h"
#include "readiness/owner.h"
#include "readiness/preflight.h"
#include "readiness/reach.h"
#include "readiness/state.h"
#include "readiness/watch.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a readiness wait lasts when the user does not say. */
#define WAIT_DEFAULT_MS 180000

/* How long the endpoint may take to accept, and to answer a question like get-version. */
#define WAIT_CONNECT_MS 1000
#define WAIT_ANSWER_MS  3000

/* Told whenever a wait goes to sleep, at least once a second: what it waits for. For a progress
 * line. */
struct wait_listener {
    void (*waiting)(void *context, const char *phase);
    void *context;
};

/*
 * A wait for one project: what was observed last, and the loop it sleeps on. After any wake it
 * looks again from the start: no conclusion outlives the observation it was drawn from. Made by
 * wait_open(), released by wait_close().
 */
struct wait {
    struct watch watch;
    const struct project *project; /* borrowed */
    struct reach reach;
    struct error distrust; /* why the endpoint was not even connected to; E_NONE when it was */
    struct log *log;
    struct wait_listener listener;
    bool patient; /* while the owner lives only the deadline ends the wait, no rule's own limit */
    int64_t started_pid; /* an Editor that the caller started, 0 for none: while it lives it is the
                            owner if no other is found, and no stop is for good */

    struct server_state state;
    struct server_state dispatched; /* the state as it was when the last connection was returned */
    struct owner owner;             /* valid when seen.owner is not UNSEEN */
    struct preflight_observation seen;

    uint64_t unreadable_since_ms; /* CLOCK_NEVER while the state can be read */
    struct error unreadable;      /* why it cannot be read; empty while it can */
    bool ran; /* an earlier look found the server in another state than stopped */
    const struct preflight_rule
        *rule; /* of the current sleep, and since when it has been the same */
    uint64_t rule_since_ms;
    uint64_t retry_pause_ms;
};

/* On failure (E_SYSTEM, or E_INVALID_ARGUMENT for ULOOP_ENDPOINT) there is nothing to close.
 * `project` must outlive the wait; `log` may be NULL. */
bool wait_open(struct wait *wait, const struct project *project, struct log *log,
               struct error *error);
void wait_close(struct wait *wait);

/*
 * Waits until a request may be dispatched, and returns the connection to dispatch it on
 * (client_close() it). The state was read again after the connection stood: it is still the one
 * that was decided upon.
 * NULL with *error: E_READY_TIMEOUT at `deadline_ms`, E_INTERRUPTED, or the code of the rule that
 * ended the wait.
 */
struct client *wait_for_dispatch(struct wait *wait, uint64_t deadline_ms, struct error *error);

/* What else there is to wait for. */
enum wait_target {
    WAIT_FOR_READY,   /* a request could be dispatched: the endpoint answers */
    WAIT_FOR_SETTLED, /* no phase is busy: ready, stopped, failed, or no state at all */
    WAIT_FOR_STOPPED, /* the server said so, or its process and its listener are gone */
};

/* Waits for the target by the same looks and rules; false with *error as above. */
bool wait_for(struct wait *wait, enum wait_target target, uint64_t deadline_ms,
              struct error *error);

/* Reads the state again, without any look at its owner or the endpoint. */
void wait_look(struct wait *wait);

/*
 * Does the state not parse, but only since a moment ago? It may be half-written by a writer that
 * does not rotate: it is read again every STATE_READ_PAUSE_MS, and counts as unreadable after
 * STATE_READ_PATIENCE_MS.
 */
bool wait_is_reading_again(const struct wait *wait);

/* Finds the owner, and asks the endpoint for get-version, unless it was done since the last
 * wait_look(). */
void wait_look_owner(struct wait *wait);
void wait_probe(struct wait *wait, uint64_t deadline_ms);

/* Is the state on disk still the one of the last look? Asked just before anything is done about it.
 */
bool wait_state_is_unchanged(const struct wait *wait);

/* Is it still the one under which wait_for_dispatch() returned its last connection? */
bool wait_is_where_it_dispatched(const struct wait *wait);

/* Connects to the endpoint (client_close() it), within WAIT_CONNECT_MS. NULL when that fails;
 * seen.endpoint then says why, and is UNSEEN when a signal or the deadline came first. */
struct client *wait_connect(struct wait *wait, uint64_t deadline_ms);

/*
 * Asks the endpoint a short question. Returns the connection in whatever phase it got to
 * (client_close() it): CLIENT_SENT when there was no answer in WAIT_ANSWER_MS, or the state changed
 * meanwhile. NULL when nothing could be connected to; seen.endpoint then says why.
 */
struct client *wait_ask(struct wait *wait, const char *method, const char *params_json,
                        uint64_t deadline_ms);

/* Sleeps until something happened or `until_ms` came. False with *error E_INTERRUPTED when a signal
 * ends the wait. */
bool wait_sleep(struct wait *wait, uint64_t until_ms, struct error *error);

/* Is the project's folder still there? Else *error has `code`. */
bool wait_finds_project(const struct wait *wait, enum error_code code, struct error *error);

/* Fills *error with `code`, worded after what was observed, with the observation as details. */
void wait_describe_failure(const struct wait *wait, enum error_code code, struct error *error);

#endif
