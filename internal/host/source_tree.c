#include "host/source_tree.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    MOST_DEPTH = 64,
    MOST_FILES = 200000,
    MOST_DEFINITIONS = 2000,
    MOST_SOURCE_BYTES = 16 * 1024 * 1024,
    MOST_DEFINITION_BYTES = 1024 * 1024,
};

/* A folder being walked, and the ones it is in: by these a link that leads back is known. */
struct folder {
    const struct folder *above;
    uint64_t device, inode;
    size_t depth;
};

struct scan {
    struct source_tree *tree;
    const char *root;
    size_t files; /* names seen */
};

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), wanted = strlen(ending);
    return length >= wanted && strcmp(name + length - wanted, ending) == 0;
}

static bool is_left_out(const char *name)
{
    bool is_cvs = (name[0] == 'c' || name[0] == 'C') && (name[1] == 'v' || name[1] == 'V') &&
                  (name[2] == 's' || name[2] == 'S') && name[3] == '\0';
    return name[0] == '.' || is_cvs || ends_with(name, "~") || ends_with(name, ".tmp");
}

/* Reads a file of the project. False when it is gone meanwhile, or with a fault added. */
static bool read_file(struct scan *scan, const char *relative, size_t most, struct buffer *content)
{
    struct error error = {0};
    char *path = path_join(scan->root, relative);
    enum file_outcome outcome = file_read(path, most, content, &error);
    if (outcome == FILE_FAILED)
        diagnostics_add_error(&scan->tree->faults, relative, "%s", error.message);
    error_clear(&error);
    free(path);
    return outcome == FILE_READ;
}

static void add_script(struct scan *scan, const char *relative)
{
    struct source_tree *tree = scan->tree;
    struct buffer content = {0};
    if (strpbrk(relative, "\r\n")) {
        diagnostics_add_error(&tree->faults, relative, "A line break is in this file's name.");
        return;
    }
    if (read_file(scan, relative, MOST_SOURCE_BYTES, &content)) {
        if (tree->script_count == tree->script_capacity) {
            tree->script_capacity = tree->script_capacity ? 2 * tree->script_capacity : 64;
            tree->scripts =
                memory_resize(tree->scripts, tree->script_capacity * sizeof(*tree->scripts));
        }
        struct script *added = &tree->scripts[tree->script_count++];
        added->path = memory_copy_string(relative);
        sha256(buffer_slice(&content), added->digest);
    }
    buffer_clear(&content);
}

/* The value of the line "guid: <hex>" in a .meta file; NULL when it has none. */
static char *guid_of_meta(const struct buffer *meta)
{
    static const char KEY[] = "guid: ";
    const char *at = meta->data;
    while (at) {
        if (strncmp(at, KEY, sizeof(KEY) - 1) == 0) {
            at += sizeof(KEY) - 1;
            return memory_copy_bytes(at, strspn(at, "0123456789abcdefABCDEF"));
        }
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return NULL;
}

static void add_definition(struct scan *scan, const char *folder, const char *relative)
{
    struct source_tree *tree = scan->tree;
    struct buffer text = {0}, meta = {0};
    if (tree->definition_count == MOST_DEFINITIONS) {
        diagnostics_add_error(&tree->faults, relative,
                              "The project has more than %d assembly definitions.",
                              (int)MOST_DEFINITIONS);
        return;
    }
    if (!read_file(scan, relative, MOST_DEFINITION_BYTES, &text)) {
        buffer_clear(&text);
        return;
    }
    char *meta_path = memory_format("%s.meta", relative);
    if (tree->definition_count == tree->definition_capacity) {
        tree->definition_capacity = tree->definition_capacity ? 2 * tree->definition_capacity : 16;
        tree->definitions = memory_resize(tree->definitions,
                                          tree->definition_capacity * sizeof(*tree->definitions));
    }
    struct definition_file *added = &tree->definitions[tree->definition_count++];
    *added = (struct definition_file){
        .path = memory_copy_string(relative), .folder = memory_copy_string(folder), .text = text};
    if (read_file(scan, meta_path, MOST_DEFINITION_BYTES, &meta))
        added->guid = guid_of_meta(&meta);
    buffer_clear(&meta);
    free(meta_path);
}

/* Is this the identity of a folder, and none that we are in? */
static bool enter(struct scan *scan, const char *relative, const struct folder *above,
                  struct folder *entered)
{
    uv_fs_t request;
    char *path = path_join(scan->root, relative);
    int status = uv_fs_stat(NULL, &request, path, NULL);
    uv_stat_t found = request.statbuf;
    uv_fs_req_cleanup(&request);
    free(path);
    if (status < 0 || (found.st_mode & S_IFMT) != S_IFDIR)
        return false;
    for (const struct folder *at = above; at; at = at->above) {
        if (at->device == found.st_dev && at->inode == found.st_ino)
            return false;
    }
    *entered = (struct folder){.above = above,
                               .device = found.st_dev,
                               .inode = found.st_ino,
                               .depth = above ? above->depth + 1 : 0};
    if (entered->depth <= MOST_DEPTH)
        return true;
    diagnostics_add_error(&scan->tree->faults, relative, "This folder is nested more than %d deep.",
                          (int)MOST_DEPTH);
    return false;
}

static void scan_folder(struct scan *scan, const char *folder, const struct folder *self);

static void scan_entry(struct scan *scan, const char *folder, const struct folder *self,
                       const uv_dirent_t *entry)
{
    struct folder below;
    char *relative = memory_format("%s/%s", folder, entry->name);
    bool may_be_folder = entry->type == UV_DIRENT_DIR || entry->type == UV_DIRENT_LINK ||
                         entry->type == UV_DIRENT_UNKNOWN;
    if (may_be_folder && enter(scan, relative, self, &below))
        scan_folder(scan, relative, &below);
    else if (entry->type != UV_DIRENT_DIR && ends_with(entry->name, ".cs"))
        add_script(scan, relative);
    else if (entry->type != UV_DIRENT_DIR && ends_with(entry->name, ".asmdef"))
        add_definition(scan, folder, relative);
    free(relative);
}

static void scan_folder(struct scan *scan, const char *folder, const struct folder *self)
{
    uv_fs_t request;
    uv_dirent_t entry;
    char *path = path_join(scan->root, folder);
    int status = uv_fs_scandir(NULL, &request, path, 0, NULL);
    if (status < 0 && status != UV_ENOENT)
        diagnostics_add_error(&scan->tree->faults, folder, "Cannot read the folder %s: %s.", path,
                              uv_strerror(status));
    while (status >= 0 && uv_fs_scandir_next(&request, &entry) != UV_EOF) {
        if (scan->files == MOST_FILES)
            diagnostics_add_error(&scan->tree->faults, NULL,
                                  "The project has more than %d files and folders below Assets and "
                                  "Packages.",
                                  (int)MOST_FILES);
        if (scan->files++ >= MOST_FILES)
            break;
        if (!is_left_out(entry.name))
            scan_entry(scan, folder, self, &entry);
    }
    uv_fs_req_cleanup(&request);
    free(path);
}

static int compare_scripts(const void *a, const void *b)
{
    return strcmp(((const struct script *)a)->path, ((const struct script *)b)->path);
}

static int compare_definitions(const void *a, const void *b)
{
    const struct definition_file *one = a, *other = b;
    return strcmp(one->path, other->path);
}

void source_tree_scan(const char *project_root, struct source_tree *tree)
{
    static const char *const FOLDERS[] = {"Assets", "Packages"};
    struct scan scan = {.tree = tree, .root = project_root};
    struct folder self;
    *tree = (struct source_tree){0};
    for (size_t at = 0; at < sizeof(FOLDERS) / sizeof(FOLDERS[0]); at++) {
        if (enter(&scan, FOLDERS[at], NULL, &self))
            scan_folder(&scan, FOLDERS[at], &self);
    }
    if (tree->script_count > 0)
        qsort(tree->scripts, tree->script_count, sizeof(*tree->scripts), compare_scripts);
    if (tree->definition_count > 0)
        qsort(tree->definitions, tree->definition_count, sizeof(*tree->definitions),
              compare_definitions);
}

void source_tree_clear(struct source_tree *tree)
{
    for (size_t at = 0; at < tree->script_count; at++)
        free(tree->scripts[at].path);
    for (size_t at = 0; at < tree->definition_count; at++) {
        free(tree->definitions[at].path);
        free(tree->definitions[at].folder);
        free(tree->definitions[at].guid);
        buffer_clear(&tree->definitions[at].text);
    }
    free(tree->scripts);
    free(tree->definitions);
    diagnostics_clear(&tree->faults);
    *tree = (struct source_tree){0};
}
