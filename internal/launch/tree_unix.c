#include "base/path.h"
#include "launch/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MOST_DEPTH = 128 /* each level holds a descriptor; no Editor's files lie so deep */
};

struct sweep {
    dev_t device;
    struct error *error; /* the first failure */
    bool complete;
};

static void note_failure(struct sweep *sweep, const char *path, int reason)
{
    if (sweep->complete)
        error_set(sweep->error, E_SYSTEM, "Cannot remove %s: %s.", path, strerror(reason));
    sweep->complete = false;
}

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void empty(struct sweep *sweep, int descriptor, const char *path, int depth);

/* Empties the folder `name`, so that it can be removed. */
static void enter(struct sweep *sweep, int parent, const char *name, const char *path, int depth)
{
    struct stat status;
    int descriptor = depth < MOST_DEPTH ? open_folder(parent, name) : -1;
    if (descriptor < 0)
        note_failure(sweep, path, depth < MOST_DEPTH ? errno : ELOOP);
    else if (fstat(descriptor, &status) == 0 && status.st_dev == sweep->device)
        empty(sweep, descriptor, path, depth);
    else
        (void)close(descriptor);
}

/* Returns whether it went. */
static bool remove_entry(struct sweep *sweep, int parent, const char *name, const char *folder,
                         int depth)
{
    struct stat status;
    char *path = path_join(folder, name);
    bool is_folder =
        fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
    if (is_folder)
        enter(sweep, parent, name, path, depth + 1);
    bool removed = unlinkat(parent, name, is_folder ? AT_REMOVEDIR : 0) == 0;
    if (!removed && errno != ENOENT)
        note_failure(sweep, path, errno);
    free(path);
    return removed;
}

/* Takes over the descriptor. */
static void empty(struct sweep *sweep, int descriptor, const char *path, int depth)
{
    DIR *listing = fdopendir(descriptor);
    const struct dirent *entry;
    if (!listing) {
        note_failure(sweep, path, errno);
        (void)close(descriptor);
        return;
    }
    /* Again until nothing more goes: some file systems skip entries while others are removed. */
    for (bool removed = true; removed; rewinddir(listing)) {
        removed = false;
        while ((entry = readdir(listing)) != NULL) {
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                removed |= remove_entry(sweep, descriptor, entry->d_name, path, depth);
        }
    }
    (void)closedir(listing);
}

bool tree_empty(const char *folder, struct error *error)
{
    struct sweep sweep = {.error = error, .complete = true};
    struct stat status;
    int descriptor = open_folder(AT_FDCWD, folder);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        int reason = errno;
        if (descriptor >= 0)
            (void)close(descriptor);
        return error_set(error, E_SYSTEM, "Cannot look into %s: %s.", folder, strerror(reason));
    }
    sweep.device = status.st_dev;
    empty(&sweep, descriptor, folder, 0);
    return sweep.complete;
}
