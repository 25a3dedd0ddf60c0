#include "ipc/peer.h"

#include <sys/types.h>
#include <unistd.h>

bool peer_is_trusted(const uv_pipe_t *pipe, struct error *error)
{
    uid_t user = 0;
    gid_t group = 0;
    uv_os_fd_t descriptor = -1;
    if (uv_fileno((const uv_handle_t *)pipe, &descriptor) != 0 ||
        getpeereid(descriptor, &user, &group) != 0)
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "The system does not say who is at the socket's other end.");
    if (user == 0 || user == geteuid())
        return true;
    return error_set(error, E_ENDPOINT_FOREIGN,
                     "The process at the socket's other end belongs to another user (uid %lu).",
                     (unsigned long)user);
}
