#include "skills/folder.h"

#include "base/file.h"
#include "base/path.h"
#include "json/utf8.h"
#include "project/sha256.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Some file systems do not say the kind along with the name. */
static enum folder_item_kind kind_of(const char *folder, const uv_dirent_t *entry)
{
    if (entry->type == UV_DIRENT_FILE)
        return FOLDER_ITEM_FILE;
    if (entry->type == UV_DIRENT_DIR)
        return FOLDER_ITEM_FOLDER;
    if (entry->type != UV_DIRENT_UNKNOWN)
        return FOLDER_ITEM_OTHER;
    uv_fs_t request;
    char *path = path_join(folder, entry->name);
    enum folder_item_kind kind = FOLDER_ITEM_OTHER;
    if (uv_fs_lstat(NULL, &request, path, NULL) == 0) {
        if ((request.statbuf.st_mode & S_IFMT) == S_IFREG)
            kind = FOLDER_ITEM_FILE;
        else if ((request.statbuf.st_mode & S_IFMT) == S_IFDIR)
            kind = FOLDER_ITEM_FOLDER;
    }
    uv_fs_req_cleanup(&request);
    free(path);
    return kind;
}

static int compare_items(const void *a, const void *b)
{
    const struct folder_item *left = a;
    const struct folder_item *right = b;
    return strcmp(left->name, right->name);
}

bool folder_list(const char *path, struct folder_listing *listing, struct error *error)
{
    uv_fs_t request;
    uv_dirent_t entry;
    *listing = (struct folder_listing){0};
    int status = uv_fs_scandir(NULL, &request, path, 0, NULL);
    if (status > 0)
        listing->items = memory_new((size_t)status * sizeof(*listing->items));
    while (status > 0 && uv_fs_scandir_next(&request, &entry) != UV_EOF) {
        listing->items[listing->count++] = (struct folder_item){
            .name = memory_copy_string(entry.name),
            .kind = kind_of(path, &entry),
        };
    }
    uv_fs_req_cleanup(&request);
    if (status < 0 && status != UV_ENOENT)
        return error_set(error, E_SYSTEM, "Cannot look into the folder %s: %s.", path,
                         uv_strerror(status));
    if (listing->count > 0)
        qsort(listing->items, listing->count, sizeof(*listing->items), compare_items);
    return true;
}

const struct folder_item *folder_find(const struct folder_listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (strcmp(listing->items[i].name, name) == 0)
            return &listing->items[i];
    }
    return NULL;
}

void folder_listing_clear(struct folder_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->items[i].name);
    free(listing->items);
    *listing = (struct folder_listing){0};
}

/* A folder while it is read. */
struct reading {
    struct folder_files *files;
    size_t bytes;
    const char *except; /* folder_read_all(): the file not to read; NULL for folder_read_skill() */
    struct error *error;
};

static bool is_left_out(const char *name)
{
    static const char meta[] = ".meta";
    size_t length = strlen(name);
    return name[0] == '.' ||
           (length >= sizeof(meta) - 1 && strcmp(name + length - (sizeof(meta) - 1), meta) == 0);
}

void folder_digest(const char *content, size_t length, char digest[FOLDER_DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[SHA256_SIZE];
    sha256((struct slice){.data = content ? content : "", .length = length}, bytes);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        digest[2 * i] = digits[bytes[i] >> 4];
        digest[2 * i + 1] = digits[bytes[i] & 15];
    }
    digest[FOLDER_DIGEST_SIZE - 1] = '\0';
}

void folder_files_add(struct folder_files *files, const char *path, const char *digest)
{
    files->items = memory_resize(files->items, (files->count + 1) * sizeof(*files->items));
    struct folder_file *file = &files->items[files->count++];
    *file = (struct folder_file){.path = memory_copy_string(path)};
    for (size_t i = 0; digest[i] && i < FOLDER_DIGEST_SIZE - 1; i++)
        file->digest[i] = digest[i];
}

/* Adds the file at `path`, which is `relative` to the skill. */
static bool read_file(struct reading *reading, const char *path, const char *relative)
{
    struct buffer content = {0};
    char digest[FOLDER_DIGEST_SIZE];
    if (reading->files->count == FOLDER_MOST_FILES)
        return error_set(reading->error, E_SYSTEM,
                         "%s is the file after the first %d of a skill, which are the most.", path,
                         FOLDER_MOST_FILES);
    if (!utf8_is_valid(relative)) /* names are kept in JSON */
        return error_set(reading->error, E_SYSTEM, "The name of %s is not UTF-8.", path);
    enum file_outcome outcome = file_read(path, FOLDER_MOST_BYTES, &content, reading->error);
    if (outcome == FILE_ABSENT)
        error_set(reading->error, E_SYSTEM, "%s is gone.", path);
    reading->bytes += content.length;
    bool done = outcome == FILE_READ;
    if (done && reading->bytes > FOLDER_MOST_BYTES)
        done = error_set(reading->error, E_SYSTEM,
                         "With %s a skill is larger than %zu bytes, which are the most.", path,
                         FOLDER_MOST_BYTES);
    if (done) {
        folder_digest(content.data, content.length, digest);
        folder_files_add(reading->files, relative, digest);
    }
    buffer_clear(&content);
    return done;
}

static bool read_folder(struct reading *reading, const char *path, const char *relative,
                        unsigned int depth);

static bool read_item(struct reading *reading, const char *path, const char *relative,
                      const struct folder_item *item, unsigned int depth)
{
    switch (item->kind) {
    case FOLDER_ITEM_FILE:
        return read_file(reading, path, relative);
    case FOLDER_ITEM_FOLDER:
        return read_folder(reading, path, relative, depth + 1);
    case FOLDER_ITEM_OTHER:
    default:
        if (!reading->except)
            return error_set(reading->error, E_SYSTEM, "%s is neither a file nor a folder.", path);
        folder_files_add(reading->files, relative, "");
        return true;
    }
}

static bool is_exception(const struct reading *reading, const struct folder_item *item,
                         unsigned int depth)
{
    return depth == 0 && item->kind == FOLDER_ITEM_FILE && strcmp(item->name, reading->except) == 0;
}

static bool read_folder(struct reading *reading, const char *path, const char *relative,
                        unsigned int depth)
{
    struct folder_listing listing;
    if (depth > FOLDER_MOST_DEPTH)
        return error_set(reading->error, E_SYSTEM,
                         "%s is deeper in a skill than %d folders, which are the most.", path,
                         FOLDER_MOST_DEPTH);
    if (!folder_list(path, &listing, reading->error))
        return false;
    bool done = true;
    if (listing.count == 0 && reading->except)
        folder_files_add(reading->files, relative, "");
    for (size_t i = 0; i < listing.count && done; i++) {
        const struct folder_item *item = &listing.items[i];
        if (reading->except ? is_exception(reading, item, depth) : is_left_out(item->name))
            continue;
        char *below = memory_format("%s%s%s", relative, *relative ? "/" : "", item->name);
        char *full = path_join(path, item->name);
        done = read_item(reading, full, below, item, depth);
        free(full);
        free(below);
    }
    folder_listing_clear(&listing);
    return done;
}

static bool read_files(const char *path, const char *except, struct folder_files *files,
                       struct error *error)
{
    struct reading reading = {.files = files, .except = except, .error = error};
    *files = (struct folder_files){0};
    bool done = read_folder(&reading, path, "", 0);
    if (!done)
        folder_files_clear(files);
    return done;
}

bool folder_read_skill(const char *path, struct folder_files *files, struct error *error)
{
    return read_files(path, NULL, files, error);
}

bool folder_read_all(const char *path, const char *except, struct folder_files *files,
                     struct error *error)
{
    return read_files(path, except, files, error);
}

const struct folder_file *folder_files_find(const struct folder_files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->items[i].path, path) == 0)
            return &files->items[i];
    }
    return NULL;
}

bool folder_files_equal(const struct folder_files *a, const struct folder_files *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct folder_file *other = folder_files_find(b, a->items[i].path);
        if (!other || *other->digest == '\0' || strcmp(other->digest, a->items[i].digest) != 0)
            return false;
    }
    return true;
}

void folder_files_clear(struct folder_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct folder_files){0};
}
