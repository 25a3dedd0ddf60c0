#ifndef ULOOP_HOST_CONNECTION_PARTS_H
#define ULOOP_HOST_CONNECTION_PARTS_H

#include "host/connection.h"
#include "ipc/stream.h"

/* What the files of the connections share: connection.c (what one of them does) and connections.c
 * (all of them: who is let in, and who has to go). */

enum connection_state {
    CONNECTION_READING, /* idle, or in the middle of a frame */
    CONNECTION_WAITING, /* in the middle of a large frame that there is no room for yet */
    CONNECTION_WORKING, /* its request is with the server */
    CONNECTION_WRITING, /* the answer is on its way */
    CONNECTION_CLOSING,
};

struct connection {
    union ipc_stream stream;
    uv_timer_t timer; /* runs while a frame or an answer is under way */
    uv_write_t writing;
    struct connections *all;
    struct connection *before, *behind;
    enum connection_state state;
    struct frame_parser parser;
    struct buffer rest;           /* came behind the request that is being worked on */
    struct buffer header, answer; /* being written */
    struct room_part room;        /* for a large frame */
    bool then_close;
    bool had_turn;       /* there may be more to read, but others come first */
    bool is_put_off;     /* the request was not read yet */
    bool is_handing_out; /* on_request runs */
    int open_handles;
};

/* A new one among all. It has to be accepted or closed. */
struct connection *connection_new(struct connections *all, bool is_tcp);

/* Reads the first request: it was accepted. */
void connection_start(struct connection *connection);

/* The list of all, in the order in which they were idle. */
void connections_append(struct connection *connection);
void connections_remove(struct connection *connection);

#endif
