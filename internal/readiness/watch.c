#include "readiness/watch.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/path.h"
#include "readiness/filesystem.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void watch_wake(void *context)
{
    struct watch *watch = context;
    watch->woken = true;
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* that the loop turned is all that is wanted */
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct watch *watch = handle->data;
    (void)number;
    watch->interrupted = true;
    watch->woken = true;
}

static void on_owner_exit(void *context)
{
    struct watch *watch = context;
    log_debug(watch->log, "the owner, process %" PRId64 ", exited", watch->owner_pid);
    watch->owner_exited = true;
    watch->changed = true;
    watch->woken = true;
}

static void on_folder_change(void *context)
{
    struct watch *watch = context;
    watch->changed = true;
    watch->woken = true;
}

/* By libuv. It may have been the folder's own end, and a new one may have its inode by now: the
 * watch begins anew. */
static void on_folder_event(void *context)
{
    struct folder_watch *folder = context;
    folder->identity = (struct folder_identity){0};
    on_folder_change(folder->watch);
}

static void on_change(uv_signal_t *handle, int number)
{
    (void)number;
    on_folder_change(handle->data);
}

static bool identify(const char *path, struct folder_identity *identity)
{
    uv_fs_t request;
    bool is_folder = uv_fs_stat(NULL, &request, path, NULL) == 0 &&
                     (request.statbuf.st_mode & S_IFMT) == S_IFDIR;
    identity->device = request.statbuf.st_dev;
    identity->inode = request.statbuf.st_ino;
    uv_fs_req_cleanup(&request);
    return is_folder;
}

/* The wanted folder, or the nearest one above it that is there, up to `highest`; NULL when there is
 * none. */
static char *nearest_folder(const struct folder_watch *folder, struct folder_identity *identity)
{
    char *path = memory_copy_string(folder->wanted);
    while (path && !identify(path, identity)) {
        char *parent = strcmp(path, folder->highest) == 0 ? NULL : path_parent(path);
        free(path);
        path = parent;
    }
    return path;
}

static bool is_current(const struct folder_watch *folder, const char *nearest,
                       const struct folder_identity *identity)
{
    if (!nearest || !folder->watched)
        return nearest == folder->watched;
    return strcmp(nearest, folder->watched) == 0 && identity->device == folder->identity.device &&
           identity->inode == folder->identity.inode;
}

static void release_folder(struct folder_watch *folder)
{
    folder_events_stop(&folder->events);
    free(folder->watched);
    folder->watched = NULL;
}

/* Puts the watch where it belongs by now; true when that is somewhere else than before. */
static bool follow_folder(struct folder_watch *folder)
{
    struct watch *watch = folder->watch;
    struct folder_identity identity = {0};
    char *nearest = nearest_folder(folder, &identity);
    if (is_current(folder, nearest, &identity)) {
        free(nearest);
        return false;
    }
    release_folder(folder);
    folder->watched = nearest;
    folder->identity = identity;
    if (nearest && !watch->polling) {
        int status = folder_events_start(&folder->events, nearest);
        if (status ==
            UV_ENOENT) /* gone since the look above: followed again before the next wait */
            folder->identity = (struct folder_identity){0};
        else if (status < 0)
            watch->polling = uv_strerror(status);
        log_trace(watch->log, "watching %s: %s", nearest,
                  status < 0 ? uv_strerror(status) : "events");
    }
    return true;
}

bool watch_arm(struct watch *watch)
{
    bool state_moved = follow_folder(&watch->state);
    bool results_moved = follow_folder(&watch->results);
    return state_moved || results_moved;
}

void watch_owner(struct watch *watch, int64_t pid)
{
    if (pid == watch->owner_pid && !watch->owner_exited)
        return;
    process_watch_stop(&watch->owner);
    (void)uv_run(&watch->loop,
                 UV_RUN_NOWAIT); /* its memory is free again when the close was worked off */
    watch->owner_pid = pid;
    watch->owner_exited = false;
    if (pid == 0)
        return;
    int status = process_watch_start(&watch->owner, &watch->loop, pid, on_owner_exit, watch);
    if (status == UV_ESRCH)
        on_owner_exit(watch);
    else if (status < 0)
        log_debug(watch->log, "no event for the exit of process %lld (%s): looking once a second",
                  (long long)pid, uv_strerror(status));
}

void watch_next(struct watch *watch, uint64_t until_ms)
{
    uint64_t now = clock_now_ms();
    uint64_t pause = watch->polling ? WATCH_POLLING_MS : WATCH_SAFETY_MS;
    uint64_t until = clock_earlier(until_ms, clock_after(now, pause));
    uv_update_time(&watch->loop);
    /* It repeats: one that is due before the loop begins to block, or a moment too early by the
     * loop's coarser clock, would leave it to block without a limit. */
    if (uv_timer_start(&watch->timer, on_timer, until > now ? until - now : 0, 1) < 0)
        return;
    do {
        (void)uv_run(&watch->loop, watch->woken ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    } while (!watch->woken && clock_now_ms() < until);
    watch->woken = false;
}

static int open_handles(struct watch *watch)
{
    struct folder_watch *folders[] = {&watch->state, &watch->results};
    int status = uv_timer_init(&watch->loop, &watch->timer);
    for (size_t i = 0; i < 2 && status == 0; i++) {
        status = folder_events_init(&folders[i]->events, &watch->loop, on_folder_event, folders[i]);
        folders[i]->watch = watch;
    }
    uv_signal_t *signals[] = {&watch->interrupt, &watch->termination};
    const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2 && status == 0; i++) {
        status = uv_signal_init(&watch->loop, signals[i]);
        signals[i]->data = watch;
        if (status == 0)
            status = uv_signal_start(signals[i], on_signal, numbers[i]);
    }
    /* Before the first folder is watched: without a handler the signal would end the program. */
    if (status == 0)
        status = uv_signal_init(&watch->loop, &watch->change);
    watch->change.data = watch;
    if (status == 0 && folder_events_signal() != 0)
        status = uv_signal_start(&watch->change, on_change, folder_events_signal());
    return status;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* With whatever handles it has by now. */
static void close_loop(uv_loop_t *loop)
{
    uv_walk(loop, close_handle, NULL);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(loop);
}

static int open_loop(struct watch *watch)
{
    int status = loop_open(&watch->loop);
    if (status < 0)
        return status;
    status = open_handles(watch);
    if (status < 0)
        close_loop(&watch->loop);
    return status;
}

static void free_folder(struct folder_watch *folder)
{
    free(folder->wanted);
    free(folder->highest);
    free(folder->watched);
}

bool watch_open(struct watch *watch, const char *project_root, struct log *log, struct error *error)
{
    *watch = (struct watch){.log = log};
    watch->state.wanted = path_join(project_root, "Temp/UnityCliLoop");
    watch->state.highest = memory_copy_string(project_root);
    watch->results.wanted = path_join(watch->state.wanted, "compile-results");
    watch->results.highest = memory_copy_string(watch->results.wanted);
    watch->polling = filesystem_without_events(project_root);
    int status = open_loop(watch);
    if (status == 0)
        return true;
    free_folder(&watch->state);
    free_folder(&watch->results);
    return error_set(error, E_SYSTEM, "Cannot open an event loop: %s.", uv_strerror(status));
}

void watch_close(struct watch *watch)
{
    process_watch_stop(&watch->owner);
    folder_events_stop(&watch->state.events);
    folder_events_stop(&watch->results.events);
    close_loop(&watch->loop);
    free_folder(&watch->state);
    free_folder(&watch->results);
}
