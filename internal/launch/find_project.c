#include "launch/find_project.h"

#include "base/buffer.h"
#include "base/path.h"
#include "json/layout.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    MOST_NAMED = 20 /* of the projects found, in the error's message */
};

struct folder {
    char *path;
    int64_t depth;
    struct folder *next;
};

/* The search goes a level at a time, so that of two projects the nearer one comes first. */
struct search {
    struct folder *first;
    struct folder **end;
    int64_t max_depth; /* < 0: none */
    char **found;
    size_t found_count;
    size_t unreadable; /* folders that could not be looked into */
};

static bool is_skipped(const char *name)
{
    static const char *const SKIPPED[] = {".git", "Build", "Builds",       "Library",
                                          "Logs", "Temp",  "node_modules", "obj"};
    for (size_t i = 0; i < sizeof(SKIPPED) / sizeof(SKIPPED[0]); i++) {
        if (path_equals(name, SKIPPED[i], PATH_NATIVE))
            return true;
    }
    return false;
}

static void enqueue(struct search *search, char *path, int64_t depth)
{
    struct folder *folder = memory_new(sizeof(*folder));
    *folder = (struct folder){.path = path, .depth = depth};
    *search->end = folder;
    search->end = &folder->next;
}

static void enqueue_children(struct search *search, const struct folder *folder)
{
    uv_fs_t listing;
    uv_dirent_t entry;
    int status = uv_fs_scandir(NULL, &listing, folder->path, 0, NULL);
    while (status >= 0 && uv_fs_scandir_next(&listing, &entry) == 0) {
        bool may_be_folder = entry.type == UV_DIRENT_DIR || entry.type == UV_DIRENT_UNKNOWN;
        if (!may_be_folder || is_skipped(entry.name))
            continue;
        char *path = path_join(folder->path, entry.name);
        if (entry.type == UV_DIRENT_UNKNOWN && (path_is_link(path) || !path_is_folder(path)))
            free(path);
        else
            enqueue(search, path, folder->depth + 1);
    }
    uv_fs_req_cleanup(&listing);
    if (status < 0)
        search->unreadable++;
}

/* Takes the queue's first folder: a project, or one to look below. */
static void take_folder(struct search *search)
{
    struct folder *folder = search->first;
    search->first = folder->next;
    if (!search->first)
        search->end = &search->first;
    if (project_is_at(folder->path)) {
        size_t size = (search->found_count + 1) * sizeof(*search->found);
        search->found = memory_resize(search->found, size);
        search->found[search->found_count++] = memory_copy_string(folder->path);
    } else if (search->max_depth < 0 || folder->depth < search->max_depth) {
        enqueue_children(search, folder);
    }
    free(folder->path);
    free(folder);
}

static void fail_ambiguous(const struct search *search, const char *start, struct error *error)
{
    struct buffer names = {0};
    struct buffer json = {0};
    for (size_t i = 0; i < search->found_count && i < MOST_NAMED; i++) {
        buffer_append_format(&names, "%s%s", i > 0 ? ", " : "", search->found[i]);
        buffer_append_char(&json, i > 0 ? ',' : '[');
        json_quote(&json, search->found[i]);
    }
    buffer_append_char(&json, ']');
    error_set(error, E_PROJECT_NOT_FOUND, "There are %zu Unity projects below %s: %s%s.",
              search->found_count, start, names.data,
              search->found_count > MOST_NAMED ? " and more" : "");
    error_set_next(error, "Name one of them: `uloop launch <path>`.");
    error_add_detail_json(error, "projects", json.data);
    buffer_clear(&json);
    buffer_clear(&names);
}

static void fail_none(const struct search *search, const char *start, struct error *error)
{
    char *levels = search->max_depth < 0
                       ? memory_copy_string("at any depth")
                       : memory_format("down to a depth of %lld", (long long)search->max_depth);
    char *hidden = search->unreadable == 0 ? memory_copy_string("")
                                           : memory_format(" %zu folders could not be looked into.",
                                                           search->unreadable);
    error_set(error, E_PROJECT_NOT_FOUND, "There is no Unity project in %s or below it, %s.%s",
              start, levels, hidden);
    error_set_next(error, "Name the project (`uloop launch <path>`), or look deeper with "
                          "--max-depth.");
    free(hidden);
    free(levels);
}

/* Finds the one project in or below the folder. */
static char *search_down(const char *start, int64_t max_depth, struct error *error)
{
    struct search search = {.max_depth = max_depth};
    char *root = NULL;
    search.end = &search.first;
    enqueue(&search, memory_copy_string(start), 0);
    while (search.first)
        take_folder(&search);
    if (search.found_count == 1)
        root = memory_copy_string(search.found[0]);
    else if (search.found_count == 0)
        fail_none(&search, start, error);
    else
        fail_ambiguous(&search, start, error);
    for (size_t i = 0; i < search.found_count; i++)
        free(search.found[i]);
    free(search.found);
    return root;
}

bool find_project(const char *path, int64_t max_depth, struct project *project, struct error *error)
{
    struct error none = {0};
    if (project_open(path, project, &none))
        return true;
    /* What is no folder has nothing below it: then project_open() said what is wrong. */
    char *start = path_is_folder(path ? path : ".")
                      ? path_canonical(path ? path : ".", E_PROJECT_NOT_FOUND, error)
                      : NULL;
    if (!start) {
        error_clear(error);
        *error = none;
        return false;
    }
    error_clear(&none);
    char *root = search_down(start, max_depth, error);
    bool opened = root && project_open(root, project, error);
    free(root);
    free(start);
    return opened;
}
