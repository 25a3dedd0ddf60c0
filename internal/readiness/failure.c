/* The words for a wait that came to nothing. */

#include "readiness/wait.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *or_unknown(const char *text)
{
    return text && *text ? text : "unknown";
}

static void describe_not_reachable(const struct wait *wait, struct error *error)
{
    const char *root = wait->project->root;
    switch (wait->seen.owner) {
    case PREFLIGHT_OWNER_ALIVE:
        error_set(error, E_NOT_REACHABLE,
                  "The Unity Editor of %s is running, but its uloop server does not listen.", root);
        return;
    case PREFLIGHT_OWNER_GONE:
        error_set(error, E_NOT_REACHABLE,
                  "No Unity Editor has the project %s open, and no server listens for it.", root);
        return;
    default:
        error_set(error, E_NOT_REACHABLE,
                  "No uloop server listens at %s; whether a Unity Editor has the project %s open "
                  "cannot be seen from here.",
                  wait->reach.destination.address, root);
        return;
    }
}

/* The error of a look, where it is this one. */
static bool repeat(const struct error *found, enum error_code code, struct error *error)
{
    if (found->code != code)
        return false;
    error_set(error, code, "%s", found->message);
    if (found->next_action)
        error_set_next(error, "%s", found->next_action);
    return true;
}

static void describe_server_failure(const char *last_error, struct error *error)
{
    int length = last_error ? (int)strlen(last_error) : 0;
    while (length > 0 && strchr(". \t\r\n", last_error[length - 1]))
        length--; /* it is put into a sentence */
    error_set(error, E_STATE_FAILED, "The Unity Editor reports that its server failed: %.*s.",
              length ? length : INT_MAX, length ? last_error : "it gives no reason");
}

static void set_message(const struct wait *wait, enum error_code code, struct error *error)
{
    const struct server_state *state = &wait->state;
    const char *phase = or_unknown(state->phase);
    switch (code) {
    case E_STATE_FAILED:
        describe_server_failure(state->last_error, error);
        return;
    case E_STATE_UNREADABLE:
        (void)repeat(&wait->unreadable, wait->unreadable.code, error);
        return;
    case E_STATE_STALE:
        error_set(error, code,
                  "A stale recovery state file says Unity is still busy (%s), but the process that "
                  "wrote it is gone.",
                  phase);
        return;
    case E_STOPPED:
        error_set(error, code, "The uloop server of this project is stopped (%s).",
                  or_unknown(state->reason));
        return;
    case E_ENDPOINT_DENIED:
        if (repeat(&wait->distrust, code, error))
            return;
        error_set(error, code,
                  "The sandbox or the permissions of this process refuse the socket %s; the Editor "
                  "never saw the request.",
                  wait->reach.destination.address);
        return;
    case E_ENDPOINT_FOREIGN:
        if (repeat(&wait->distrust, code, error))
            return;
        error_set(error, code,
                  "The socket %s is served by another user's process; nothing was sent to it.",
                  wait->reach.destination.address);
        return;
    case E_NOT_ANSWERING:
        error_set(error, code,
                  "The Unity Editor accepts connections, but its main thread does not answer.");
        return;
    case E_READY_TIMEOUT:
        error_set(error, code,
                  "The Unity Editor did not become ready in time; the last state was %s.",
                  state->phase ? phase : state_kind_name(state->kind));
        return;
    default:
        if (!repeat(&wait->distrust, code, error))
            describe_not_reachable(wait, error);
        return;
    }
}

static void add_owner(const struct wait *wait, struct error *error)
{
    if (wait->seen.owner == PREFLIGHT_OWNER_UNSEEN)
        return;
    error_add_detail(error, "owner", owner_kind_name(wait->owner.kind));
    if (wait->owner.pid > 0) {
        char *pid = memory_format("%" PRId64, wait->owner.pid);
        error_add_detail_json(error, "ownerPid", pid);
        free(pid);
    }
}

void wait_describe_failure(const struct wait *wait, enum error_code code, struct error *error)
{
    set_message(wait, code, error);
    error_add_detail(error, "phase", wait->state.phase);
    error_add_detail(error, "reason", wait->state.reason);
    if (wait->state.last_error)
        error_add_detail(error, "lastError", wait->state.last_error);
    add_owner(wait, error);
    if (wait->seen.endpoint != PREFLIGHT_ENDPOINT_UNSEEN)
        error_add_detail(error, "endpoint", preflight_endpoint_name(wait->seen.endpoint));
}
