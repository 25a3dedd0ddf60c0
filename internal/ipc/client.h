#ifndef ULOOP_IPC_CLIENT_H
#define ULOOP_IPC_CLIENT_H

#include "base/error.h"
#include "ipc/frame.h"
#include "ipc/rpc.h"

#include <stdbool.h>
#include <uv.h>

/* How far one request on one connection has come. */
enum client_phase {
    CLIENT_CONNECTING,
    CLIENT_UNREACHED, /* no connection: `status` says why, or `error` where the peer is not to be
                         trusted */
    CLIENT_CONNECTED, /* nothing was sent yet */
    CLIENT_SENT,      /* the answer is awaited */
    CLIENT_ANSWERED,  /* `result` is the answer */
    CLIENT_REFUSED,   /* `error` is the error that the server answered with */
    CLIENT_BROKEN,    /* the connection was lost, or what came is no answer: `error` says which */
};

/*
 * One connection for one request. Its fields are read, not written, by the owner, who is told of
 * every change by on_change. Made by client_connect(), ended by client_close().
 */
struct client {
    uv_pipe_t pipe;
    uv_connect_t connecting;
    uv_write_t writing;
    struct frame_parser parser;
    struct buffer request;
    char *chunk; /* what the next read fills */

    enum client_phase phase;
    bool dispatched;     /* bytes of a request may have reached the server */
    bool closed;         /* the server closed the connection, whatever came before */
    int status;          /* of connecting: 0 or libuv's error */
    int64_t id;          /* of the request */
    struct slice result; /* borrowed from the parser */
    struct error error;

    void (*on_change)(void *context);
    void *context;
};

/* Begins to connect to `address` (endpoint_address()). Never NULL; failures are told through the
 * phase. */
struct client *client_connect(uv_loop_t *loop, const char *address,
                              void (*on_change)(void *context), void *context);

/* Sends the request; only in phase CLIENT_CONNECTED. */
void client_send(struct client *client, const struct rpc_request *request);

/* Closes the connection and frees the client as soon as the loop has run; NULL is allowed. */
void client_close(struct client *client);

#endif
