#ifndef ULOOP_READINESS_WATCH_H
#define ULOOP_READINESS_WATCH_H

#include "base/error.h"
#include "base/log.h"
#include "process/process.h"
#include "readiness/folder_events.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* However sure the events are, somebody looks once in this time: network file systems lose events.
 */
#define WATCH_SAFETY_MS 1000

/* How often one looks where the system gives no file events. */
#define WATCH_POLLING_MS 100

/* Which folder a path led to, to notice that another one took its place. */
struct folder_identity {
    uint64_t device;
    uint64_t inode;
};

/* One folder whose entries are watched; while it is missing, the nearest one above it. */
struct folder_watch {
    struct folder_events events;
    char *wanted;
    char *highest;                   /* no folder above this one stands in for the wanted one */
    char *watched;                   /* NULL while nothing is */
    struct folder_identity identity; /* of `watched` */
    struct watch *watch;
};

/*
 * Everything that can end a wait for one project, on one loop: changes of its state folder and of
 * the stored compile results, the owner's exit, signals, whatever else its user starts on the loop,
 * and time. It decides nothing: whoever waits calls watch_next(), and looks again from the start
 * when it returns.
 *
 * Made in place by watch_open(), released by watch_close(). Not to be moved or copied between the
 * two.
 */
struct watch {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t interrupt, termination, change;
    struct folder_watch state, results;
    struct process_watch owner;
    int64_t owner_pid; /* whose exit is awaited; 0 for none */
    bool woken;        /* something happened since the last watch_next() */
    bool changed;      /* a folder did, or the owner exited, since whoever looks set it to false:
                          another watch_next() than that of a sleep may have taken the event */
    bool interrupted;  /* SIGINT or SIGTERM came: every wait is to end */
    bool owner_exited;
    const char
        *polling; /* why there are no file events and one polls instead; NULL where there are */
    struct log *log;
};

/*
 * Opens the loop and takes the signals. Folders are watched only from watch_arm() on: most commands
 * never wait. On failure (E_SYSTEM) the watch must not be closed.
 */
bool watch_open(struct watch *watch, const char *project_root, struct log *log,
                struct error *error);

/*
 * Starts to watch the folders, or follows them where they were made, removed or replaced. Returns
 * true when something changed in what is watched: then look again before you wait, for the change
 * in between was not reported.
 */
bool watch_arm(struct watch *watch);

/* Awaits the exit of this process instead of another one's, or of the one that had its pid until it
 * exited; 0 for none. */
void watch_owner(struct watch *watch, int64_t pid);

/* Blocks until something happened, or `until_ms` came, or the safety look is due. */
void watch_next(struct watch *watch, uint64_t until_ms);

/* Ends the current watch_next(): for whatever else runs on the loop. `context` is the watch. */
void watch_wake(void *context);

void watch_close(struct watch *watch);

#endif
