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
 * that it is stale. `is_shared` says that its folder is one that all users share. Clients go to
 * `connections`. Errors of accepting are each one client's own; the listener stays. NULL with
 * *error set to E_SYSTEM or E_ENDPOINT_FOREIGN.
 */
struct listener *listener_open(const char *address, bool is_shared, struct connections *connections,
                               struct error *error);

/*
 * Tells, once, when the socket is no longer at its address: a cleaner of temporary files removed
 * it, or something else was put there. Nobody can connect any more then, though the system reports
 * no error. Looks whenever something happens in the socket's folder, and each `look_ms`, because
 * not every folder has events.
 */
void listener_watch(struct listener *listener, uint64_t look_ms, void (*on_lost)(void *context),
                    void *context);

/* Removes the socket, if it is still this one's, and closes; NULL is allowed. */
void listener_close(struct listener *listener);

#endif
