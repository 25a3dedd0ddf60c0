#ifndef ULOOP_HOST_LISTENER_H
#define ULOOP_HOST_LISTENER_H

#include "base/error.h"
#include "host/connection.h"

#include <stdbool.h>
#include <uv.h>

/* The endpoint's listening side. Contract: "Project and endpoint" in docs/protocol.md. */
struct listener;

/*
 * Listens at `address`, where nothing may be: a stale socket is removed by whoever has made sure
 * that it is stale. Clients go to `connections`. Errors of accepting are each one client's own; the
 * listener stays. NULL with *error set to E_SYSTEM or E_ENDPOINT_FOREIGN.
 */
struct listener *listener_open(const char *address, struct connections *connections,
                               struct error *error);

/* Removes the socket and closes; NULL is allowed. */
void listener_close(struct listener *listener);

#endif
