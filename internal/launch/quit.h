#ifndef ULOOP_LAUNCH_QUIT_H
#define ULOOP_LAUNCH_QUIT_H

#include "readiness/wait.h"

#include <stdbool.h>

/* How long an Editor may take to quit by itself, and how long the system to end it after that. */
#define QUIT_ASKED_MS  10000
#define QUIT_KILLED_MS 5000

/*
 * Ends the Editor that has the wait's project open: asks it, and kills it when it has not gone
 * within QUIT_ASKED_MS. *killed tells whether that was needed. The owner must have been found by
 * its command line: a state file may name any pid.
 *
 * Fails with E_SYSTEM when it cannot be ended, or E_INTERRUPTED.
 */
bool quit_owner(struct wait *wait, const struct owner *owner, bool *killed, struct error *error);

#endif
