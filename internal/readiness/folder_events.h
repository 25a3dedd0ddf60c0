#ifndef ULOOP_READINESS_FOLDER_EVENTS_H
#define ULOOP_READINESS_FOLDER_EVENTS_H

#include <uv.h>

/*
 * Tells that something changed among a folder's entries. libuv's file events do it everywhere; on
 * Linux they are inotify, whose descriptor takes the kernel 5 to 25 ms to close, and a command is
 * not over before. There dnotify comes first, which ends at once, and libuv where that is refused.
 */
struct folder_events {
    uv_fs_event_t event;
    int descriptor; /* Linux: of the folder, -1 while dnotify does not watch it */
    void (*on_change)(void *context);
    void *context;
};

/* Prepares; may be called once. Returns 0 or libuv's error. */
int folder_events_init(struct folder_events *events, uv_loop_t *loop,
                       void (*on_change)(void *context), void *context);

/* Watches the folder from now on. Returns 0 or libuv's error: UV_ENOENT when it is not there. */
int folder_events_start(struct folder_events *events, const char *folder);

/* The same by libuv alone: what a system has that knows nothing better, or is refused it. */
int folder_events_start_libuv(struct folder_events *events, const char *folder);

/* Stops; harmless when it watches nothing. */
void folder_events_stop(struct folder_events *events);

/* The signal by which the system tells of changes, for whoever has a loop to take it; 0 for none.
 */
int folder_events_signal(void);

#endif
