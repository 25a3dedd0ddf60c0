#include "launch/turn.h"

#include "base/clock.h"
#include "project/own_folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One try; false with E_PROJECT_IN_USE when another has the turn, and with another error when the
 * lock cannot be had at all. */
static bool try_lock(struct launch_turn *turn, int64_t *holder, struct error *error)
{
    return own_folder_make(turn->wait->project->root, error) &&
           lock_file_take(&turn->lock, turn->path, holder, error);
}

/* Sleeps until the turn may be over: its holder's exit, a state of the Editor that it started, or
 * the safety look. A holder without a pid (0) is in another namespace of processes or has just let
 * go: no exit would tell of that. False with *error when the wait is over. */
static bool wait_behind(struct wait *wait, int64_t holder, uint64_t deadline_ms,
                        struct error *error)
{
    char process[sizeof(" (process )") + 20] = "";
    uint64_t until = deadline_ms;
    if (holder > 0)
        (void)snprintf(process, sizeof(process), " (process %" PRId64 ")", holder);
    else
        until = clock_earlier(until, clock_after(clock_now_ms(), WATCH_POLLING_MS));
    if (clock_now_ms() >= deadline_ms)
        return error_set(error, E_READY_TIMEOUT,
                         "Another `uloop launch`%s opens the project, and was not done in time.",
                         process);
    log_debug(wait->log, "another uloop launch%s opens the project: waiting behind it", process);
    watch_owner(&wait->watch, holder);
    if (watch_arm(&wait->watch))
        return true;
    if (wait->listener.waiting)
        wait->listener.waiting(wait->listener.context, "another uloop launch");
    return wait_sleep(wait, until, error);
}

bool turn_take(struct launch_turn *turn, struct wait *wait, uint64_t deadline_ms,
               struct error *error)
{
    int64_t holder = 0;
    turn->wait = wait;
    turn->path = project_path(wait->project->root, ".uloop/launch.lock");
    while (!try_lock(turn, &holder, error)) {
        bool is_held = error->code == E_PROJECT_IN_USE;
        if (!is_held)
            log_debug(wait->log, "going on without a lock: %s", error->message);
        error_clear(error);
        if (!is_held)
            break;
        if (!wait_behind(wait, holder, deadline_ms, error))
            return false;
    }
    watch_owner(&wait->watch, 0);
    return true;
}

static bool end_if_visible(struct launch_turn *turn)
{
    struct owner owner = owner_find_user(turn->wait->project->root, &turn->wait->state);
    if (owner.kind == OWNER_ALIVE)
        turn_end(turn);
    return owner.kind == OWNER_ALIVE;
}

static void on_waiting(void *context, const char *phase)
{
    struct launch_turn *turn = context;
    const struct wait_listener listener = turn->listener;
    (void)end_if_visible(turn);
    if (listener.waiting)
        listener.waiting(listener.context, phase);
}

void turn_end_when_visible(struct launch_turn *turn)
{
    if (!turn->path || end_if_visible(turn))
        return;
    turn->listener = turn->wait->listener;
    turn->wait->listener = (struct wait_listener){.waiting = on_waiting, .context = turn};
}

void turn_end(struct launch_turn *turn)
{
    if (!turn->path)
        return;
    if (turn->wait->listener.context == turn)
        turn->wait->listener = turn->listener;
    lock_file_remove(&turn->lock, turn->path);
    free(turn->path);
    turn->path = NULL;
}
