#include "readiness/socket_file.h"

bool socket_file_is_ours(const char *path)
{
    (void)path;
    return false;
}
