#ifndef ULOOP_HOST_SERVER_H
#define ULOOP_HOST_SERVER_H

#include "base/error.h"
#include "host/host.h"

#include <stdbool.h>
#include <uv.h>

/* A project's server on a loop: endpoint, state file and compiles, in the order of the contract. */
struct server;

/* What whoever runs a server is told. */
struct server_events {
    void (*on_ready)(void *context);                            /* each time it becomes ready */
    void (*on_ended)(void *context, const struct error *fault); /* NULL: it was stopped */
    void *context;
};

/* Where a server is reached. */
struct server_place {
    char *socket;      /* its path, or the pipe's name */
    bool is_shared;    /* the socket's folder is one that all users share */
    char *tcp;         /* "tcp:127.0.0.1:0", or NULL; names the port once there is one */
    const char *token; /* what a request over TCP must carry; NULL without TCP */
};

/*
 * Starts to serve at `place`, for whose socket the caller holds the claim. Never blocks; how it
 * goes is told by the events, and on_ended comes exactly once. The options and the place must live
 * until server_free(). NULL with *error set when not even the state could be written.
 */
struct server *server_start(uv_loop_t *loop, const struct host_options *options,
                            struct server_place *place, const struct server_events *events,
                            struct error *error);

/* Ends a running compile and everything else; on_ended follows. Harmless when it has begun. */
void server_stop(struct server *server);

/* Only after on_ended, and when the loop has run out; NULL is allowed. */
void server_free(struct server *server);

#endif
