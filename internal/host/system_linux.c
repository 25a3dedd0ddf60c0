#include "host/system.h"

#include <malloc.h>
#include <sys/socket.h>

enum {
    LARGE_BYTES = 128 * 1024, /* as glibc begins with */
};

int64_t system_peer_pid(const uv_pipe_t *pipe)
{
    struct ucred peer = {0};
    socklen_t length = sizeof(peer);
    uv_os_fd_t descriptor = -1;
    if (uv_fileno((const uv_handle_t *)pipe, &descriptor) != 0 ||
        getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return 0;
    return peer.pid;
}

void system_return_large_memory(void)
{
    /* Unless it is told, glibc takes each large piece that is freed for a sign to keep the next. */
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}
