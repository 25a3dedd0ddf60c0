#include "host/project_watch.h"

#include "base/file.h"
#include "base/path.h"

#include <stddef.h>

/* Who removes a folder empties it first: the last event that comes of it comes before the folder
 * itself goes, which is told to nobody while a file in it is open, as the host's own lock is. */
#define SETTLED_MS 200

/* libuv's status of a look at the folder. */
static int identify(const char *root, uint64_t *device, uint64_t *file)
{
    uv_fs_t request;
    int status = uv_fs_stat(NULL, &request, root, NULL);
    *device = request.statbuf.st_dev;
    *file = request.statbuf.st_ino;
    uv_fs_req_cleanup(&request);
    return status;
}

/* Where it cannot be looked at (no permission, a server of files that does not answer) nothing is
 * known, and it is not gone. */
static bool is_gone(const struct project_watch *watch)
{
    uint64_t device, file;
    int status = identify(watch->root, &device, &file);
    if (status != 0)
        return status == UV_ENOENT || status == UV_ENOTDIR;
    return device != watch->device || file != watch->file;
}

static void look(struct project_watch *watch)
{
    void (*on_gone)(void *context) = watch->on_gone;
    if (!on_gone || !is_gone(watch))
        return;
    watch->on_gone = NULL;
    on_gone(watch->context);
}

static void on_look(uv_timer_t *timer)
{
    look(timer->data);
}

static void on_change(uv_fs_event_t *changes, const char *name, int events, int status)
{
    struct project_watch *watch = changes->data;
    (void)name;
    (void)events;
    (void)status;
    look(watch);
    if (watch->on_gone)
        (void)uv_timer_start(&watch->look, on_look, SETTLED_MS, watch->look_ms);
}

void project_watch_start(struct project_watch *watch, uv_loop_t *loop, const char *root,
                         uint64_t look_ms, struct log *log, void (*on_gone)(void *context),
                         void *context)
{
    *watch = (struct project_watch){.root = root,
                                    .look_ms = look_ms,
                                    .on_gone = on_gone,
                                    .context = context,
                                    .open_handles = 2};
    (void)uv_fs_event_init(loop, &watch->changes); /* neither can fail */
    (void)uv_timer_init(loop, &watch->look);
    watch->changes.data = watch->look.data = watch;
    (void)identify(root, &watch->device, &watch->file); /* 0 where it is gone already */
    int status = uv_fs_event_start(&watch->changes, on_change, root, 0);
    if (status < 0)
        log_debug(log, "no events come from %s: %s", root, uv_strerror(status));
    (void)uv_timer_start(&watch->look, on_look, 0, look_ms);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct project_watch *watch = handle->data;
    if (--watch->open_handles == 0)
        watch->on_closed(watch->context);
}

void project_watch_close(struct project_watch *watch, void (*on_closed)(void *context))
{
    watch->on_gone = NULL;
    watch->on_closed = on_closed;
    uv_close((uv_handle_t *)&watch->changes, on_handle_closed);
    uv_close((uv_handle_t *)&watch->look, on_handle_closed);
}

bool project_make_folder(const char *root, const char *path, struct error *error)
{
    if (!path_is_folder(root))
        return error_set(error, E_PROJECT_NOT_FOUND, "The project folder %s is not there any more.",
                         root);
    return file_make_folder(path, error);
}
