#ifndef ULOOP_LAUNCH_TURN_H
#define ULOOP_LAUNCH_TURN_H

#include "process/lock_file.h"
#include "readiness/wait.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Whose turn it is to open a project: of several `uloop launch` at once, one looks, cleans up and
 * starts the Editor, and the others find it open, those with --restart too: the Editor is younger
 * than they are. Zero-initialised is none. Not to be moved while it lasts.
 */
struct launch_turn {
    struct lock_file lock;
    char *path;
    struct wait *wait;
    struct wait_listener listener; /* the wait's own, to which what it is told is passed on */
};

/*
 * Waits until nobody else has the turn, and takes it. The lock is .uloop/launch.lock: an Editor
 * that starts empties Temp. Where the system refuses it (a folder that cannot be written, a file
 * system without locks) the turn counts as taken: one launch at a time works there all the same.
 * Fails with E_READY_TIMEOUT or E_INTERRUPTED.
 */
bool turn_take(struct launch_turn *turn, struct wait *wait, uint64_t deadline_ms,
               struct error *error);

/* Ends the turn as soon as the Editor that was started can be seen, now or while the wait goes on;
 * it may be a while after the start when that is a launcher's. */
void turn_end_when_visible(struct launch_turn *turn);

/* Ends it now, if it lasts; before the wait is closed. */
void turn_end(struct launch_turn *turn);

#endif
