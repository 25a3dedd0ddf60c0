#include "launch/clean_up.h"

#include "base/file.h"
#include "base/path.h"
#include "launch/tree.h"
#include "readiness/recovery.h"

#include <stdlib.h>

static const char LOCK_FILE[] = "Temp/UnityLockfile";

bool clean_up_finds_lock(const char *project_root)
{
    char *lock = project_path(project_root, LOCK_FILE);
    bool found = path_exists(lock);
    free(lock);
    return found;
}

/* Refuses a folder of the project that is a link: what lies there is not the project's. */
static bool check_is_no_link(const char *folder, struct error *error)
{
    return !path_is_link(folder) ||
           error_set(error, E_SYSTEM, "%s is a symbolic link; nothing in it was touched.", folder);
}

/* The lock file first: where even that stays, an Editor has it open, and the rest is in use. */
static bool empty_temp(struct wait *wait, struct error *error)
{
    char *temp = project_path(wait->project->root, "Temp");
    char *lock = project_path(wait->project->root, LOCK_FILE);
    struct error rest = {0};
    bool removed = check_is_no_link(temp, error) && file_remove(lock, error);
    if (removed && !tree_empty(temp, &rest))
        log_debug(wait->log, "cleaning up after a crash: %s", rest.message);
    error_clear(&rest);
    free(lock);
    free(temp);
    return removed;
}

static bool remove_state(struct wait *wait, struct error *error)
{
    struct recovery recovery = {0};
    bool removed = recovery_run(wait, RECOVERY_UNLESS_SEEN, &recovery, error);
    if (recovery.failure_count > 0) {
        removed = false;
        error_clear(error);
        *error = recovery.failures[0];
        recovery.failures[0] = (struct error){0};
    }
    recovery_clear(&recovery);
    return removed;
}

bool clean_up_after_crash(struct wait *wait, struct error *error)
{
    return remove_state(wait, error) &&
           (!clean_up_finds_lock(wait->project->root) || empty_temp(wait, error));
}

static bool remove_folder(const char *folder, struct error *error)
{
    uv_fs_t request;
    if (path_is_link(folder) || !path_is_folder(folder))
        return file_remove(folder, error);
    if (!tree_empty(folder, error))
        return false;
    int status = uv_fs_rmdir(NULL, &request, folder, NULL);
    uv_fs_req_cleanup(&request);
    return status == 0 ||
           error_set(error, E_SYSTEM, "Cannot remove %s: %s.", folder, uv_strerror(status));
}

bool clean_up_recovered_scenes(const char *project_root, struct error *error)
{
    char *assets = project_path(project_root, "Assets");
    char *folder = path_join(assets, "_Recovery");
    char *meta = path_join(assets, "_Recovery.meta");
    bool any = path_exists(folder) || path_exists(meta);
    bool removed = !any || (check_is_no_link(assets, error) && remove_folder(folder, error) &&
                            file_remove(meta, error));
    free(meta);
    free(folder);
    free(assets);
    return removed;
}
