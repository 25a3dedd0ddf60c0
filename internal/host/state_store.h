#ifndef ULOOP_HOST_STATE_STORE_H
#define ULOOP_HOST_STATE_STORE_H

#include "base/error.h"
#include "host/lifecycle.h"

#include <stdbool.h>
#include <stdint.h>

/* The writer's side of server-state.json. Contract: "server-state.json" in docs/protocol.md. */

/* Which project's state, and what every writing of it says beside the phase. Strings borrowed. */
struct state_store {
    const char *project_root; /* canonical root */
    const char *endpoint;
    int64_t owner_pid;
    const char *owner_started_at; /* process_start_token(); NULL when it cannot be had */
};

/*
 * Writes the state by the contract's four renames, with the time of now. A reader finds the old
 * state or the new one, whole, also after a crash between any two steps. Makes the folder when it
 * is missing. Fails with E_SYSTEM.
 */
bool state_store_write(const struct state_store *store, const struct published *published,
                       const char *last_error, struct error *error);

/* Brings a rotation to its end in which a writer died: run before the first reading and writing.
 * Fails with E_SYSTEM. */
bool state_store_recover(const char *project_root, struct error *error);

/* Removes all four names. Fails with E_SYSTEM. */
bool state_store_delete(const char *project_root, struct error *error);

/* A generation id that was never used: 32 lower-case hex digits. Fails with E_SYSTEM. */
bool generation_new(char generation[GENERATION_SIZE], struct error *error);

#endif
