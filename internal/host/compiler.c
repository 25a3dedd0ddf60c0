#include "host/compiler.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static bool is_program(const char *path)
{
    uv_fs_t request;
    bool found = uv_fs_stat(NULL, &request, path, NULL) == 0 &&
                 (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    uv_fs_req_cleanup(&request);
    found = found && uv_fs_access(NULL, &request, path, X_OK, NULL) == 0;
    uv_fs_req_cleanup(&request);
    return found;
}

char *compiler_search_path(const char *name)
{
    const char separator = PATH_NATIVE == PATH_WINDOWS ? ';' : ':';
    const char *at = getenv("PATH");
    while (at) {
        const char *end = strchr(at, separator);
        char *folder = memory_copy_bytes(at, end ? (size_t)(end - at) : strlen(at));
        char *path = path_join(folder, name);
        /* A relative folder would mean another one when the compiler is started. */
        bool found = path_is_absolute(folder, PATH_NATIVE) && is_program(path);
        free(folder);
        if (found)
            return path;
        free(path);
        at = end ? end + 1 : NULL;
    }
    return NULL;
}
