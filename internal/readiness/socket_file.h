#ifndef ULOOP_READINESS_SOCKET_FILE_H
#define ULOOP_READINESS_SOCKET_FILE_H

#include <stdbool.h>

/* Is there a socket of that name that belongs to us, itself and not through a link? Always false
 * for pipes, which are no files. */
bool socket_file_is_ours(const char *path);

#endif
