#include "readiness/socket_file.h"

#include <sys/stat.h>
#include <unistd.h>

bool socket_file_is_ours(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISSOCK(about.st_mode) && about.st_uid == geteuid();
}
