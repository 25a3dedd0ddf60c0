#include "base/path.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static bool is_separator(char byte, enum path_style style)
{
    return byte == '/' || (style == PATH_WINDOWS && byte == '\\');
}

/* The length of the part that must stay whatever is trimmed: "/" or "C:\". */
static size_t root_length(const char *path, enum path_style style)
{
    if (style == PATH_WINDOWS && isalpha((unsigned char)path[0]) && path[1] == ':')
        return is_separator(path[2], style) ? 3 : 2;
    return is_separator(path[0], style) ? 1 : 0;
}

char *path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    bool separated = length > 0 && is_separator(folder[length - 1], PATH_NATIVE);
    char separator = PATH_NATIVE == PATH_WINDOWS ? '\\' : '/';
    if (separated || length == 0)
        return memory_format("%s%s", folder, name);
    return memory_format("%s%c%s", folder, separator, name);
}

const char *path_name(const char *path, enum path_style style)
{
    const char *name = path;
    for (const char *at = path; *at; at++) {
        if (is_separator(*at, style))
            name = at + 1;
    }
    return name;
}

char *path_parent(const char *path)
{
    char *parent = memory_copy_string(path);
    path_trim(parent, PATH_NATIVE);
    size_t name = (size_t)(path_name(parent, PATH_NATIVE) - parent);
    if (name == 0 || strlen(parent) <= root_length(parent, PATH_NATIVE)) {
        free(parent);
        return NULL;
    }
    parent[name] = '\0';
    path_trim(parent, PATH_NATIVE);
    return parent;
}

void path_trim(char *path, enum path_style style)
{
    size_t root = root_length(path, style);
    size_t length = strlen(path);
    while (length > root && is_separator(path[length - 1], style))
        path[--length] = '\0';
}

/* The byte under which equal ones are found: separators are one, and letters where case is none. */
static char folded(char byte, enum path_style style)
{
    if (is_separator(byte, style))
        return '/';
    bool is_upper = byte >= 'A' && byte <= 'Z';
    return style != PATH_UNIX && is_upper ? (char)(byte - 'A' + 'a') : byte;
}

bool path_equals(const char *a, const char *b, enum path_style style)
{
    while (*a && folded(*a, style) == folded(*b, style)) {
        a++;
        b++;
    }
    return *a == *b;
}

bool path_is_absolute(const char *path, enum path_style style)
{
    size_t root = root_length(path, style);
    return root > 0 && is_separator(path[root - 1], style);
}

static bool has_mode(const char *path, uint64_t format)
{
    uv_fs_t request;
    bool matches =
        uv_fs_stat(NULL, &request, path, NULL) == 0 && (request.statbuf.st_mode & S_IFMT) == format;
    uv_fs_req_cleanup(&request);
    return matches;
}

bool path_is_folder(const char *path)
{
    return has_mode(path, S_IFDIR);
}

bool path_is_file(const char *path)
{
    return has_mode(path, S_IFREG);
}

bool path_is_link(const char *path)
{
    uv_fs_t request;
    bool is_link = uv_fs_lstat(NULL, &request, path, NULL) == 0 &&
                   (request.statbuf.st_mode & S_IFMT) == S_IFLNK;
    uv_fs_req_cleanup(&request);
    return is_link;
}

bool path_exists(const char *path)
{
    uv_fs_t request;
    bool exists = uv_fs_lstat(NULL, &request, path, NULL) == 0;
    uv_fs_req_cleanup(&request);
    return exists;
}

bool path_look(const char *path, bool *exists, struct error *error)
{
    uv_fs_t request;
    int status = uv_fs_lstat(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
    *exists = status == 0;
    if (status == 0 || status == UV_ENOENT || status == UV_ENOTDIR)
        return true;
    char *folder = path_parent(path);
    error_set(error, E_SYSTEM, "Cannot look into %s: %s.", folder ? folder : path,
              uv_strerror(status));
    free(folder);
    return false;
}

char *path_canonical(const char *path, enum error_code code, struct error *error)
{
    uv_fs_t request;
    char *canonical = NULL;
    int status = uv_fs_realpath(NULL, &request, path, NULL);
    if (status == 0) {
        canonical = memory_copy_string(request.ptr);
        path_trim(canonical, PATH_NATIVE);
    } else {
        error_set(error, code, "Cannot resolve the path %s: %s.", path, uv_strerror(status));
    }
    uv_fs_req_cleanup(&request);
    return canonical;
}
