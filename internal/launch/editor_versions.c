#include "launch/editor_versions.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/path.h"
#include "json/json.h"
#include "launch/places.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MOST_SETTING_BYTES ((size_t)64 << 10)

enum {
    ROOTS = PLACES_HUB_ROOTS + 1
};

bool editor_version_is_valid(const char *text)
{
    static const char ALLOWED[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-";
    return isdigit((unsigned char)*text) && text[strspn(text, ALLOWED)] == '\0';
}

/* Where the Hub's root was moved to: a JSON string, which is empty while it was not. */
static char *moved_root(void)
{
    char *settings = places_hub_settings();
    char *path = settings ? path_join(settings, "secondaryInstallPath.json") : NULL;
    struct buffer content = {0};
    struct error ignored = {0};
    cJSON *setting = NULL;
    if (path && file_read(path, MOST_SETTING_BYTES, &content, &ignored) == FILE_READ)
        setting = json_parse(buffer_slice(&content), NULL);
    const char *text = cJSON_GetStringValue(setting);
    char *root = text && *text ? memory_copy_string(text) : NULL;
    cJSON_Delete(setting);
    error_clear(&ignored);
    buffer_clear(&content);
    free(path);
    free(settings);
    return root;
}

/* Where Editors are looked for; NULL for a root that there is not. */
static char *root_at(size_t index)
{
    return index == 0 ? moved_root() : places_hub_root(index - 1);
}

static bool is_file(const char *path)
{
    uv_fs_t request;
    bool is = uv_fs_stat(NULL, &request, path, NULL) == 0 &&
              (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    uv_fs_req_cleanup(&request);
    return is;
}

static char *program_in(const char *root, const char *version)
{
    char *folder = path_join(root, version);
    char *program = path_join(folder, PLACES_PROGRAM);
    free(folder);
    if (is_file(program))
        return program;
    free(program);
    return NULL;
}

char *editor_version_program(const char *version)
{
    char *program = NULL;
    for (size_t i = 0; i < ROOTS && !program; i++) {
        char *root = root_at(i);
        program = root ? program_in(root, version) : NULL;
        free(root);
    }
    return program;
}

/* Compares the numbers at the front of two texts by value, however long, and moves behind them. */
static int compare_numbers(const char **a, const char **b)
{
    static const char DIGITS[] = "0123456789";
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t a_length = strspn(*a, DIGITS);
    size_t b_length = strspn(*b, DIGITS);
    int order = a_length == b_length ? strncmp(*a, *b, a_length) : a_length < b_length ? -1 : 1;
    *a += a_length;
    *b += b_length;
    return order;
}

int editor_version_compare(const char *a, const char *b)
{
    while (*a && *b) {
        int order;
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b))
            order = compare_numbers(&a, &b);
        else
            order = (unsigned char)*a++ - (unsigned char)*b++;
        if (order != 0)
            return order;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int compare_names(const void *a, const void *b)
{
    return editor_version_compare(*(char *const *)a, *(char *const *)b);
}

static void add_version(struct editor_versions *versions, const char *name)
{
    for (size_t i = 0; i < versions->count; i++) {
        if (strcmp(versions->names[i], name) == 0)
            return;
    }
    versions->names =
        memory_resize(versions->names, (versions->count + 1) * sizeof(*versions->names));
    versions->names[versions->count++] = memory_copy_string(name);
}

static void list_root(struct editor_versions *versions, const char *root)
{
    uv_fs_t listing;
    uv_dirent_t entry;
    if (uv_fs_scandir(NULL, &listing, root, 0, NULL) >= 0) {
        while (uv_fs_scandir_next(&listing, &entry) == 0) {
            char *program =
                editor_version_is_valid(entry.name) ? program_in(root, entry.name) : NULL;
            if (program)
                add_version(versions, entry.name);
            free(program);
        }
    }
    uv_fs_req_cleanup(&listing);
}

void editor_versions_list(struct editor_versions *versions)
{
    *versions = (struct editor_versions){0};
    for (size_t i = 0; i < ROOTS; i++) {
        char *root = root_at(i);
        if (root)
            list_root(versions, root);
        free(root);
    }
    if (versions->count > 0)
        qsort(versions->names, versions->count, sizeof(*versions->names), compare_names);
}

void editor_versions_clear(struct editor_versions *versions)
{
    for (size_t i = 0; i < versions->count; i++)
        free(versions->names[i]);
    free(versions->names);
    *versions = (struct editor_versions){0};
}
