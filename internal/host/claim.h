#ifndef ULOOP_HOST_CLAIM_H
#define ULOOP_HOST_CLAIM_H

#include "base/error.h"
#include "base/log.h"
#include "process/lock_file.h"
#include "project/project.h"

#include <stdbool.h>
#include <uv.h>

/* The right to serve a project: one process at a time has it. */
struct claim {
    struct lock_file lock;
};

/*
 * Makes sure that nobody else serves the project: no other uloop holds its lock, no process owns
 * its state or has it open as an Editor, and nobody listens at `address`. A socket that was left
 * behind is removed, but only after it refused a connection. Nothing else is changed before all
 * this is sure.
 *
 * Runs `loop`, on which nothing else may be under way yet, for as long as a connection takes to be
 * made or refused, and for LOCK_FILE_PATIENCE_MS at most while another process that is not seen to
 * serve holds the lock. A host that has just been killed is given a moment to be gone. Fails with
 * E_PROJECT_IN_USE, which names the other process where it is known, with E_ENDPOINT_FOREIGN or
 * with E_SYSTEM. Release with claim_release().
 */
bool claim_take(struct claim *claim, uv_loop_t *loop, const struct project *project,
                const char *address, struct log *log, struct error *error);

void claim_release(struct claim *claim);

/* The pid of the host that serves the project; 0 when there is none, or the system does not say. */
int64_t claim_holder(const struct project *project);

#endif
