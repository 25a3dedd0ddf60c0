#ifndef ULOOP_HOST_PROJECT_WATCH_H
#define ULOOP_HOST_PROJECT_WATCH_H

#include "base/error.h"
#include "base/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/*
 * Notices that a project's folder is gone: removed, moved away, or replaced by another one. Made in
 * place, not to be moved before it is closed.
 */
struct project_watch {
    const char *root;      /* borrowed */
    uint64_t device, file; /* which folder it was */
    uv_fs_event_t changes; /* in the folder, and of itself; keeps the system from giving its number
                              to another one */
    uv_timer_t look;       /* for what makes no event there: a folder above it that is moved */
    uint64_t look_ms;
    void (*on_gone)(void *context);
    void (*on_closed)(void *context);
    void *context;
    int open_handles;
};

/* Tells on_gone once, in a later turn of the loop, when it is so; looks at each event and once more
 * when no further one comes, and every look_ms besides. */
void project_watch_start(struct project_watch *watch, uv_loop_t *loop, const char *root,
                         uint64_t look_ms, struct log *log, void (*on_gone)(void *context),
                         void *context);

/* on_closed is called, with the same context, when nothing of it is in use any more. */
void project_watch_close(struct project_watch *watch, void (*on_closed)(void *context));

/* Makes a folder in the project, with those above it; but never the project's own folder, which who
 * removed it did not mean to have again. */
bool project_make_folder(const char *root, const char *path, struct error *error);

#endif
