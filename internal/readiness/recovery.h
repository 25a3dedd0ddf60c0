#ifndef ULOOP_READINESS_RECOVERY_H
#define ULOOP_READINESS_RECOVERY_H

#include "readiness/wait.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a clean-up came to. Release with recovery_clear(). */
struct recovery {
    char **removed; /* relative to the project's root, but for the socket's absolute path */
    size_t removed_count;
    struct error *failures; /* E_SYSTEM, one for each name that could not be removed */
    size_t failure_count;
    bool keeps_lock;     /* RECOVERY_FORCED: another process holds the lock of the host */
    int64_t lock_holder; /* its pid; 0 when the system does not say */
};

/* What a clean-up is held back by. */
enum recovery_care {
    RECOVERY_UNLESS_USED, /* somebody uses the state, or nobody can tell whether somebody does */
    RECOVERY_UNLESS_SEEN, /* somebody is seen to use it: for who has looked by other means, too */
    RECOVERY_FORCED,      /* nothing */
};

/*
 * Removes what a crashed Editor leaves: the four names of the state file, the three lock files of
 * older packages, the lock of our own host, and the project's socket when it is ours and refuses
 * twice. Never follows a symbolic link out of the project; what cannot be removed is told, and the
 * rest still goes.
 *
 * Nothing is removed, with E_PROJECT_IN_USE naming the process, while another process holds the
 * host's lock, or an owner lives and the state is neither stopped, failed nor unreadable. Beside an
 * owner that lives and has published nothing yet, no file but the lock and the dead socket goes.
 *
 * The lock is held from the look to the end, so that no host begins meanwhile. An Editor takes no
 * lock: what has changed since the look is left alone, and that is told as a failure.
 *
 * `*recovery` is to be zero-initialised. Fails with E_PROJECT_IN_USE or E_INTERRUPTED.
 */
bool recovery_run(struct wait *wait, enum recovery_care care, struct recovery *recovery,
                  struct error *error);

void recovery_clear(struct recovery *recovery);

#endif
