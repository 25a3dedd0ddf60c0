#include "project/endpoint.h"

#include "base/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MODE_BITS = 07777,
    PRIVATE_MODE = 0700,
};

char *endpoint_address(const char *name)
{
    return endpoint_shared_socket(name);
}

char *endpoint_private_address(const char *name)
{
    return endpoint_user_socket(name, (unsigned long)geteuid());
}

bool endpoint_folder_is_private(const char *folder, struct error *error)
{
    struct stat found;
    if (lstat(folder, &found) != 0)
        return error_set(error, E_ENDPOINT_FOREIGN, "The folder %s cannot be looked at: %s.",
                         folder, strerror(errno));
    if (!S_ISDIR(found.st_mode))
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "%s is no real folder: its sockets are not "
                         "trusted.",
                         folder);
    if (found.st_uid != geteuid())
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "The folder %s belongs to another user (uid %lu): its sockets are not "
                         "trusted.",
                         folder, (unsigned long)found.st_uid);
    if ((found.st_mode & MODE_BITS) != PRIVATE_MODE)
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "The folder %s has mode %04o, where only 0700 keeps other users out: its "
                         "sockets are not trusted.",
                         folder, (unsigned)(found.st_mode & MODE_BITS));
    return true;
}

/* Is it sure that there is nothing by that name? */
static bool is_absent(const char *path)
{
    struct stat found;
    return lstat(path, &found) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

char *endpoint_find(const char *name, struct error *error)
{
    struct stat found;
    char *shared = endpoint_address(name);
    char *own = endpoint_private_address(name);
    char *folder = path_parent(own);
    char *address = shared;
    if (lstat(shared, &found) != 0 && !is_absent(own))
        address = endpoint_folder_is_private(folder, error) ? own : NULL;
    free(folder);
    if (address != own)
        free(own);
    if (address != shared)
        free(shared);
    return address;
}
