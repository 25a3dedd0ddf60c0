#include "ipc/peer.h"

/* A pipe's name is guarded by the access list of whoever made it; the contract asks for the check
 * on Unix sockets only. */
bool peer_is_trusted(const uv_pipe_t *pipe, struct error *error)
{
    (void)pipe;
    (void)error;
    return true;
}
