#include "readiness/filesystem.h"

#include <stddef.h>
#include <sys/mount.h>
#include <sys/param.h>

const char *filesystem_without_events(const char *folder)
{
    struct statfs about;
    if (statfs(folder, &about) != 0)
        return NULL;
    return about.f_flags & MNT_LOCAL ? NULL : "the project lies on a network file system";
}
