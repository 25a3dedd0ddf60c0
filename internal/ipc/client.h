#ifndef ULOOP_IPC_CLIENT_H
#define ULOOP_IPC_CLIENT_H

#include "base/error.h"
#include "ipc/destination.h"
#include "ipc/frame.h"
#include "ipc/rpc.h"
#include "ipc/stream.h"

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

/* Rules: "Frames before the final answer" in docs/protocol.md. */
#define CLIENT_MOST_SILENT_INTERVALS 6     /* then the server is dead */
#define CLIENT_STALL_WORTH_TELLING_S 30.0  /* from here on the user wants to know */
#define CLIENT_MOST_STALL_S          300.0 /* then the Editor is frozen */

/*
 * One connection for one request. Its fields are read, not written, by the owner, who is told of
 * every change by on_change. Made by client_connect(), ended by client_close().
 *
 * A server that wants another protocol version is sent the request once more with that one, over a
 * new connection; the owner sees the phase CLIENT_SENT throughout.
 */
struct client {
    union ipc_stream stream;
    uv_connect_t connecting;
    uv_write_t writing;
    uv_timer_t silence; /* runs once the server has promised frames */
    struct destination *destination;
    struct frame_parser parser;
    struct rpc_request request; /* a copy of its own */
    struct buffer bytes;        /* what is written of it */
    char *chunk;                /* what the next read fills */

    enum client_phase phase;
    bool dispatched; /* bytes of a request may have reached the server */
    bool closed;     /* the server closed the connection, whatever came before */
    int status;      /* of connecting: 0 or libuv's error */
    double stall_s;  /* for how long the Editor's main thread had stood still, by its last word */
    struct slice result; /* borrowed from the parser */
    struct error error;

    double heartbeat_interval_s; /* as promised; 0 where nothing was */
    bool is_introducing;         /* the next answer is to what went ahead of the request */
    bool is_suspect;             /* the promised frames did not come; one last look is taken */
    bool sent_again;
    bool released; /* by its owner, while the connection was being made anew */
    int open_handles;
    void (*on_change)(void *context);
    void *context;
};

/*
 * Begins to connect. Never NULL; failures are told through the phase. The destination must outlive
 * the client, and learns the protocol version that its server asks for.
 */
struct client *client_connect(uv_loop_t *loop, struct destination *destination,
                              void (*on_change)(void *context), void *context);

/* Why there is no connection, in words; borrowed, valid until the client is closed. */
const char *client_why_unreached(const struct client *client);

/* Sends the request, which is copied; only in phase CLIENT_CONNECTED. */
void client_send(struct client *client, const struct rpc_request *request);

/* What is being waited for, in words for the user: `what`, and that the Editor stands still where
 * it has done so for long. The caller frees. */
char *client_describe_wait(const struct client *client, const char *what);

/* Closes the connection and frees the client as soon as the loop has run; NULL is allowed. */
void client_close(struct client *client);

#endif
