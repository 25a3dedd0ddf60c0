#include "readiness/filesystem.h"

#include <stddef.h>

const char *filesystem_without_events(const char *folder)
{
    /* A canonical root keeps a share's name in front: \\server\share. */
    return folder[0] == '\\' && folder[1] == '\\' ? "the project lies on a network share" : NULL;
}
