#include "project/project.h"

#include "base/memory.h"
#include "base/path.h"
#include "json/utf8.h"
#include "project/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* 1 for a folder, 0 for anything else and nothing, < 0 when the system does not let us look. */
static int look_for_folder(const char *path)
{
    uv_fs_t request;
    int status = uv_fs_stat(NULL, &request, path, NULL);
    if (status == 0)
        status = (request.statbuf.st_mode & S_IFMT) == S_IFDIR;
    else if (status == UV_ENOENT || status == UV_ENOTDIR)
        status = 0;
    uv_fs_req_cleanup(&request);
    return status;
}

/*
 * What keeps a folder from being a Unity project: the member it lacks, NULL when it has them all.
 * *status is < 0 when the system does not let us look; the member is then the one asked for.
 */
static const char *missing_member(const char *folder, int *status)
{
    static const char *const MEMBERS[] = {"Assets", "ProjectSettings"};
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        char *path = path_join(folder, MEMBERS[i]);
        *status = look_for_folder(path);
        free(path);
        if (*status <= 0)
            return MEMBERS[i];
    }
    return NULL;
}

bool project_is_at(const char *folder)
{
    int status;
    return !missing_member(folder, &status);
}

static bool fail_unreadable(const char *folder, int status, struct error *error)
{
    return error_set(error, E_PROJECT_NOT_FOUND, "The folder %s cannot be read: %s.", folder,
                     uv_strerror(status));
}

/* Whether the user named a folder at all, each other case with words of its own. */
static bool check_named(const char *path, struct error *error)
{
    if (!*path)
        return error_set(error, E_PROJECT_NOT_FOUND, "The project path is empty.");
    uv_fs_t request;
    int status = uv_fs_stat(NULL, &request, path, NULL);
    bool is_folder = status == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFDIR;
    uv_fs_req_cleanup(&request);
    if (status == UV_ENAMETOOLONG)
        return error_set(error, E_PROJECT_NOT_FOUND,
                         "The project path is longer than this system allows (%zu bytes).",
                         strlen(path));
    if (status == UV_ENOENT)
        return error_set(error, E_PROJECT_NOT_FOUND, "There is no folder %s.", path);
    if (status < 0 && status != UV_ENOTDIR)
        return fail_unreadable(path, status, error);
    return is_folder || error_set(error, E_PROJECT_NOT_FOUND, "%s is not a folder.", path);
}

/* The canonical root of the project at `path`; NULL with *error set. */
static char *find_named(const char *path, struct error *error)
{
    char *folder =
        check_named(path, error) ? path_canonical(path, E_PROJECT_NOT_FOUND, error) : NULL;
    if (!folder)
        return NULL;
    int status;
    const char *missing = missing_member(folder, &status);
    if (!missing)
        return folder;
    if (status < 0)
        fail_unreadable(folder, status, error);
    else
        error_set(error, E_PROJECT_NOT_FOUND, "%s is not a Unity project: it has no %s folder.",
                  folder, missing);
    free(folder);
    return NULL;
}

/* A repository ends the search: a project above it is another one, which is not meant. */
static bool is_repository(const char *folder)
{
    char *git = path_join(folder, ".git");
    bool found = path_exists(git);
    free(git);
    return found;
}

/*
 * Climbs from *folder, which is canonical, to the first project. A folder that cannot be looked
 * into ends the search too: going on could find the wrong project.
 */
static bool climb(char **folder, struct error *error)
{
    char *start = memory_copy_string(*folder);
    bool found = false;
    for (;;) {
        int status;
        found = !missing_member(*folder, &status);
        if (found)
            break;
        if (status < 0) {
            fail_unreadable(*folder, status, error);
            break;
        }
        bool ends_here = is_repository(*folder);
        char *parent = ends_here ? NULL : path_parent(*folder);
        if (!parent) {
            error_set(error, E_PROJECT_NOT_FOUND,
                      "There is no Unity project in %s or the folders above it, up to %s%s.", start,
                      *folder, ends_here ? ", where .git ends the search" : "");
            break;
        }
        free(*folder);
        *folder = parent;
    }
    free(start);
    return found;
}

/* The canonical root of the first project from the current folder up; NULL with *error set. */
static char *find_upwards(struct error *error)
{
    struct error cause = {0};
    char *folder = path_canonical(".", E_PROJECT_NOT_FOUND, &cause);
    if (!folder) {
        error_set(error, E_PROJECT_NOT_FOUND,
                  "The current folder cannot be used; was it removed? %s", cause.message);
        error_clear(&cause);
        return NULL;
    }
    if (climb(&folder, error))
        return folder;
    free(folder);
    return NULL;
}

bool project_open(const char *path, struct project *project, struct error *error)
{
    *project = (struct project){0};
    char *root = path ? find_named(path, error) : find_upwards(error);
    if (!root)
        return false;
    /* The root travels in JSON, and its hash is the endpoint's: other bytes than UTF-8 would not
     * arrive at the Editor as they are. */
    if (!utf8_is_valid(root)) {
        error_set(error, E_PROJECT_NOT_FOUND, "The path of the project %s is not valid UTF-8.",
                  root);
        free(root);
        return false;
    }
    project->root = root;
    project->endpoint_name = endpoint_name(root);
    return true;
}

char *project_path(const char *root, const char *relative)
{
    char *path = path_join(root, relative);
    if (PATH_NATIVE == PATH_WINDOWS) {
        for (char *at = strchr(path, '/'); at; at = strchr(at, '/'))
            *at = '\\';
    }
    return path;
}

char *project_file(const struct project *project, const char *relative)
{
    return project_path(project->root, relative);
}

void project_clear(struct project *project)
{
    free(project->root);
    free(project->endpoint_name);
    *project = (struct project){0};
}
