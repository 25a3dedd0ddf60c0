#include "ipc/peer.h"

#include <sys/socket.h>
#include <unistd.h>

bool peer_is_trusted(const uv_pipe_t *pipe, struct error *error)
{
    struct ucred peer = {0};
    socklen_t length = sizeof(peer);
    uv_os_fd_t descriptor = -1;
    if (uv_fileno((const uv_handle_t *)pipe, &descriptor) != 0 ||
        getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "The system does not say who is at the socket's other end.");
    if (peer.uid == 0 || peer.uid == geteuid())
        return true;
    return error_set(
        error, E_ENDPOINT_FOREIGN,
        "The process at the socket's other end (pid %ld) belongs to another user (uid %lu).",
        (long)peer.pid, (unsigned long)peer.uid);
}
