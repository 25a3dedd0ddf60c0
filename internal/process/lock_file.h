#ifndef ULOOP_PROCESS_LOCK_FILE_H
#define ULOOP_PROCESS_LOCK_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* A lock file that the system lets go of when its process ends, however that is. Within one process
 * nothing is locked: it excludes other processes only. */
struct lock_file {
    intptr_t handle; /* 0 while nothing is held: standard input is never a lock */
};

/*
 * Takes the lock without waiting, making the file when it is missing; its folder must be there.
 * Fails with E_PROJECT_IN_USE, `*holder` then being the other process's pid or 0, or with E_SYSTEM.
 */
bool lock_file_take(struct lock_file *lock, const char *path, int64_t *holder, struct error *error);

/* The same, trying again for so long while another has it; runs the loop meanwhile. */
bool lock_file_await(struct lock_file *lock, const char *path, uv_loop_t *loop,
                     uint64_t patience_ms, int64_t *holder, struct error *error);

/* How patient to be with one who holds a project's lock to clean up, which takes a moment. */
#define LOCK_FILE_PATIENCE_MS 1000

/* Lets go of the lock and leaves the file; harmless when nothing is held. */
void lock_file_release(struct lock_file *lock);

/* The same, and takes the file away: nobody else can hold it while we do, and whoever is about to
 * take it notices. */
void lock_file_remove(struct lock_file *lock, const char *path);

/* The pid of whoever holds the lock; 0 when nobody does, or the system does not say. */
int64_t lock_file_holder(const char *path);

#endif
