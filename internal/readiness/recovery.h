#ifndef ULOOP_READINESS_RECOVERY_H
#define ULOOP_READINESS_RECOVERY_H

#include "readiness/wait.h"

#include <stdbool.h>
#include <stddef.h>

/* What a clean-up came to. Release with recovery_clear(). */
struct recovery {
    char **removed; /* relative to the project's root, but for the socket's absolute path */
    size_t removed_count;
    struct error *failures; /* E_SYSTEM, one for each name that could not be removed */
    size_t failure_count;
};

/*
 * Who still uses the recovery state: E_PROJECT_IN_USE in *error, naming the process, while an owner
 * lives and the state is busy or ready. True when nobody does.
 */
bool recovery_is_free(struct wait *wait, struct error *error);

/*
 * Removes what a crashed Editor leaves: the four names of the state file, the three lock files of
 * older packages, the lock of our own host unless that lives, and the project's socket when it is
 * ours and refuses twice. Never follows a symbolic link out of the project; what cannot be removed
 * is told, and the rest still goes.
 */
void recovery_remove(struct wait *wait, struct recovery *recovery);

void recovery_clear(struct recovery *recovery);

#endif
