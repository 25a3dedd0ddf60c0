#ifndef ULOOP_IPC_PEER_H
#define ULOOP_IPC_PEER_H

#include "base/error.h"

#include <stdbool.h>
#include <uv.h>

/*
 * Is the process at the other end of a connected pipe ours or the system's? Sockets lie in a shared
 * /tmp, where anyone may listen under our name. Fails with E_ENDPOINT_FOREIGN when it belongs to
 * another user, or when the system does not say. Rule: "Project and endpoint" in docs/protocol.md.
 */
bool peer_is_trusted(const uv_pipe_t *pipe, struct error *error);

#endif
