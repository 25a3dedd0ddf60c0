#ifndef ULOOP_HOST_ACCEPTOR_H
#define ULOOP_HOST_ACCEPTOR_H

#include "host/connection.h"
#include "ipc/stream.h"

#include <stdbool.h>
#include <uv.h>

/*
 * A socket or port at which a server listens, and how its clients are let in. Whatever goes wrong
 * with letting one in is that client's own affair: the acceptor stays. Made in place, not to be
 * moved before it is closed.
 */
struct acceptor {
    union ipc_stream stream; /* to be bound between acceptor_init() and acceptor_listen() */
    uv_timer_t turn; /* runs while a client waits to be accepted in the next turn of the loop */
    int accepted;    /* since the last such turn */
    struct connections *connections;
    int open_handles;
    void (*on_closed)(void *context);
    void *context;
};

void acceptor_init(struct acceptor *acceptor, struct connections *connections, bool is_tcp);

/* Listens; a libuv status. Clients go to `connections`. */
int acceptor_listen(struct acceptor *acceptor);

/* on_closed is called when nothing of it is in use any more. */
void acceptor_close(struct acceptor *acceptor, void (*on_closed)(void *context), void *context);

#endif
