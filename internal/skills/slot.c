#include "skills/slot.h"

#include "base/file.h"
#include "base/path.h"
#include "project/project.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

void slot_look(const char *folder, const char *name, struct slot *slot)
{
    struct error error = {0};
    struct folder_files files = {0};
    *slot = (struct slot){.kind = SLOT_FOREIGN, .path = path_join(folder, name)};
    if (!path_exists(slot->path)) {
        slot->kind = SLOT_EMPTY;
    } else if (!path_is_link(slot->path) && path_is_folder(slot->path) &&
               marker_read(slot->path, name, &slot->marker)) {
        bool same = folder_read_all(slot->path, MARKER_FILE, &files, &error) &&
                    folder_files_equal(&files, &slot->marker.files);
        slot->kind = same ? SLOT_OURS : SLOT_CHANGED;
    }
    folder_files_clear(&files);
    error_clear(&error);
}

static int rename_folder(const char *from, const char *to)
{
    uv_fs_t request;
    int status = uv_fs_rename(NULL, &request, from, to, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

static int remove_folder(const char *path)
{
    uv_fs_t request;
    int status = uv_fs_rmdir(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

/* Removes the folders between a file that is gone and `folder`, as far as they are empty. */
static void remove_folders_above(const char *folder, const char *file)
{
    char *at = path_parent(file);
    while (at && strlen(at) > strlen(folder) && remove_folder(at) == 0) {
        char *above = path_parent(at);
        free(at);
        at = above;
    }
    free(at);
}

/* Removes of the folder what the marker knows, then the marker, then the folder. What else is in it
 * stays, and keeps the folder. */
static bool remove_installed(const char *path, const struct marker *marker, struct error *error)
{
    struct folder_files files;
    if (!folder_read_all(path, MARKER_FILE, &files, error))
        return false;
    bool done = true;
    for (size_t i = 0; i < files.count && done; i++) {
        if (!folder_files_find(&marker->files, files.items[i].path))
            continue;
        char *file = project_path(path, files.items[i].path);
        done = file_remove(file, error);
        remove_folders_above(path, file);
        free(file);
    }
    folder_files_clear(&files);
    char *file = path_join(path, MARKER_FILE);
    done = done && file_remove(file, error);
    int status = done ? remove_folder(path) : 0;
    free(file);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot remove the folder %s: %s.", path,
                         uv_strerror(status));
    return done;
}

/* The name beside `path` for what is to come ("new") or to go ("old"): hidden, so that no agent
 * takes it for a skill, and with our process id, so that slot_sweep() can tell whose it is. */
static char *name_beside(const char *path, const char *suffix)
{
    char *folder = path_parent(path);
    char *name =
        memory_format(".%s.%d.%s", path_name(path, PATH_NATIVE), (int)uv_os_getpid(), suffix);
    char *beside = path_join(folder, name);
    free(name);
    free(folder);
    return beside;
}

/* Whoever may read the new file may run it, if its owner could run the old one. */
static void copy_run_permission(const char *from, const char *to)
{
    enum {
        OWNER_RUNS = 0100,
        ALL_READ = 0444
    };
    uv_fs_t request;
    bool runs =
        uv_fs_stat(NULL, &request, from, NULL) == 0 && (request.statbuf.st_mode & OWNER_RUNS) != 0;
    uv_fs_req_cleanup(&request);
    if (!runs || uv_fs_stat(NULL, &request, to, NULL) < 0)
        return;
    int mode = (int)(request.statbuf.st_mode & 0777);
    uv_fs_req_cleanup(&request);
    (void)uv_fs_chmod(NULL, &request, to, mode | (mode & ALL_READ) >> 2, NULL);
    uv_fs_req_cleanup(&request);
}

static bool write_file(const char *folder, const struct skill *skill,
                       const struct folder_file *file, struct error *error)
{
    struct buffer content = {0};
    char *path = project_path(folder, file->path);
    char *above = path_parent(path);
    bool done = skill_read_file(skill, file, &content, error) && file_make_folder(above, error) &&
                file_write(path, buffer_slice(&content), error);
    if (done && skill->folder) {
        char *from = project_path(skill->folder, file->path);
        copy_run_permission(from, path);
        free(from);
    }
    free(above);
    free(path);
    buffer_clear(&content);
    return done;
}

/* Writes the whole folder under a name that nobody looks at. The marker comes first: if we are
 * killed, it tells slot_sweep() what to remove. */
static bool write_folder(const char *folder, const struct skill *skill, const struct marker *marker,
                         struct error *error)
{
    if (path_exists(folder))
        return error_set(error, E_SYSTEM, "%s is in the way.", folder);
    bool done = file_make_folder(folder, error) && marker_write(folder, marker, error);
    for (size_t i = 0; i < skill->files.count && done; i++)
        done = write_file(folder, skill, &skill->files.items[i], error);
    if (!done) {
        struct error second = {0};
        if (path_is_folder(folder) && !remove_installed(folder, marker, &second))
            error_clear(&second); /* the first error is the one to tell of */
    }
    return done;
}

/* Puts `fresh` in the place of the slot; what was there is at `old` then, if there was anything. */
static bool exchange(const struct slot *slot, const char *fresh, const char *old,
                     struct error *error)
{
    int status = slot->kind == SLOT_OURS ? rename_folder(slot->path, old) : 0;
    if (status == 0) {
        status = rename_folder(fresh, slot->path);
        if (status < 0 && slot->kind == SLOT_OURS)
            (void)rename_folder(old, slot->path);
    }
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot put the folder %s in its place: %s.", slot->path,
                         uv_strerror(status));
    return true;
}

bool slot_fill(const struct slot *slot, const struct skill *skill, size_t made_folders,
               struct error *error)
{
    const struct marker marker = {
        .name = skill->name,
        .source = skill->source,
        .made_folders = made_folders,
        .files = skill->files,
    };
    struct error second = {0};
    char *above = path_parent(slot->path);
    char *fresh = name_beside(slot->path, "new");
    char *old = name_beside(slot->path, "old");
    bool written = file_make_folder(above, error) && write_folder(fresh, skill, &marker, error);
    bool done = written && exchange(slot, fresh, old, error);
    if (written && !done && !remove_installed(fresh, &marker, &second))
        error_clear(&second);
    if (done && slot->kind == SLOT_OURS)
        done = remove_installed(old, &slot->marker, error);
    free(old);
    free(fresh);
    free(above);
    return done;
}

bool slot_empty(const struct slot *slot, struct error *error)
{
    char *old = name_beside(slot->path, "old");
    int status = rename_folder(slot->path, old);
    bool done = status == 0 ? remove_installed(old, &slot->marker, error)
                            : error_set(error, E_SYSTEM, "Cannot move the folder %s away: %s.",
                                        slot->path, uv_strerror(status));
    free(old);
    return done;
}

/* Reads ".<name>.<pid>.new" or ".old"; *skill is the caller's to free. */
static bool read_name_beside(const char *name, char **skill, int *pid)
{
    const char *dot = *name == '.' ? strchr(name + 1, '.') : NULL;
    char *end = NULL;
    if (!dot || dot[1] < '1' || dot[1] > '9')
        return false;
    long number = strtol(dot + 1, &end, 10);
    if (number > INT_MAX || (strcmp(end, ".new") != 0 && strcmp(end, ".old") != 0))
        return false;
    *pid = (int)number;
    *skill = memory_copy_bytes(name + 1, (size_t)(dot - name - 1));
    return true;
}

void slot_sweep(const char *folder)
{
    struct error error = {0};
    struct folder_listing listing;
    if (!folder_list(folder, &listing, &error)) {
        error_clear(&error); /* whoever needs the folder will say what is wrong with it */
        return;
    }
    for (size_t i = 0; i < listing.count; i++) {
        struct marker marker;
        char *skill;
        int pid;
        if (listing.items[i].kind != FOLDER_ITEM_FOLDER ||
            !read_name_beside(listing.items[i].name, &skill, &pid))
            continue;
        char *path = path_join(folder, listing.items[i].name);
        bool abandoned = uv_kill(pid, 0) == UV_ESRCH && marker_read(path, skill, &marker);
        if (abandoned && !remove_installed(path, &marker, &error))
            error_clear(&error); /* it is hidden, and in nobody's way */
        if (abandoned)
            marker_clear(&marker);
        free(path);
        free(skill);
    }
    folder_listing_clear(&listing);
}

void slot_clear(struct slot *slot)
{
    free(slot->path);
    marker_clear(&slot->marker);
    *slot = (struct slot){0};
}
