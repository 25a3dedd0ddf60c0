#include "base/path.h"
#include "launch/tree.h"

#include <stdlib.h>
#include <uv.h>

enum {
    MOST_DEPTH = 128
};

struct sweep {
    struct error *error; /* the first failure */
    bool complete;
};

static void note_failure(struct sweep *sweep, const char *path, int status)
{
    if (sweep->complete)
        error_set(sweep->error, E_SYSTEM, "Cannot remove %s: %s.", path, uv_strerror(status));
    sweep->complete = false;
}

static int finish(uv_fs_t *request, int status)
{
    uv_fs_req_cleanup(request);
    return status;
}

static void empty(struct sweep *sweep, const char *folder, int depth)
{
    uv_fs_t listing;
    uv_fs_t request;
    uv_dirent_t entry;
    int status = uv_fs_scandir(NULL, &listing, folder, 0, NULL);
    if (status < 0)
        note_failure(sweep, folder, status);
    while (status >= 0 && uv_fs_scandir_next(&listing, &entry) == 0) {
        char *path = path_join(folder, entry.name);
        /* A junction or a link is reported as a link. */
        bool is_folder = entry.type == UV_DIRENT_DIR;
        if (is_folder && depth < MOST_DEPTH)
            empty(sweep, path, depth + 1);
        int removed = finish(&request, is_folder ? uv_fs_rmdir(NULL, &request, path, NULL)
                                                 : uv_fs_unlink(NULL, &request, path, NULL));
        if (removed < 0 && removed != UV_ENOENT)
            note_failure(sweep, path, removed);
        free(path);
    }
    uv_fs_req_cleanup(&listing);
}

bool tree_empty(const char *folder, struct error *error)
{
    struct sweep sweep = {.error = error, .complete = true};
    if (path_is_link(folder))
        return error_set(error, E_SYSTEM, "%s is a link; nothing in it was touched.", folder);
    empty(&sweep, folder, 0);
    return sweep.complete;
}
