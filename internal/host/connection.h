#ifndef ULOOP_HOST_CONNECTION_H
#define ULOOP_HOST_CONNECTION_H

#include "base/buffer.h"
#include "base/log.h"
#include "base/slice.h"
#include "host/room.h"
#include "ipc/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/*
 * The clients of a server. Whatever one of them does (half a frame, garbage, a reset, silence, an
 * answer that it does not take) is its own affair: at the worst its connection is closed.
 */

struct connection;

/* All connections. Fields are set by connections_init(); the callbacks are told of every request,
 * of every answer that was written whole, and of every connection that is gone. */
struct connections {
    uv_loop_t *loop;
    struct connection *first, *last; /* the one that was idle longest is first */
    size_t count, most;
    struct log *log;
    struct room room;  /* for large messages that come, or came and were not read yet */
    char chunk[16384]; /* what each of them reads into; it is taken out before the next one reads */

    void (*on_request)(void *context, struct connection *connection, struct slice payload);
    void (*on_answered)(void *context, struct connection *connection);
    void (*on_closed)(void *context, struct connection *connection);
    void *context;
};

/* What is more than this is a large message: it has to wait for its turn, in memory and to be read.
 */
#define CONNECTION_LARGE ((size_t)64 * 1024)

/* All large messages together that have not been read yet: two of the largest. */
#define CONNECTIONS_MOST_LARGE_BYTES (2 * FRAME_MOST_PAYLOAD)

/* However many there may be: the rest of the process needs descriptors too. */
#define CONNECTIONS_MOST ((size_t)256)

/* How long a client may take to finish a frame that it began, and to take an answer. */
#define CONNECTION_FRAME_MS  10000
#define CONNECTION_ANSWER_MS 10000

/* `most` is what connections_limit() says. */
void connections_init(struct connections *all, uv_loop_t *loop, size_t most, struct log *log);

/* How many connections a process may hold that can have this many descriptors open. */
size_t connections_limit(size_t descriptor_limit);

/* Accepts what waits at the listening socket or port. Over the limit one has to go, as with
 * connections_drop_idle(), or else the new one. */
void connections_accept(struct connections *all, uv_stream_t *listener);

/* Closes one to make room: the first that has begun a small frame and not finished it, or else the
 * one that was idle longest, or else the one that has not taken its answer longest. Never one whose
 * request is worked on. False when there is none. */
bool connections_drop_idle(struct connections *all);

void connections_close_all(struct connections *all);

/* Came it over TCP, where the system does not tell whose process is at the other end? */
bool connection_is_tcp(const struct connection *connection);

/* Takes messages of any size from now on: its client has shown the right token. */
void connection_trust(struct connection *connection);

/*
 * Each request is to be followed by one of these. connection_close ends it. connection_answer, at
 * once or later, sends a payload as one frame (the buffer is taken over) and, with `then_close`,
 * closes the connection when that is written. connection_resume, for a notification, goes on to the
 * next request without an answer.
 */
void connection_answer(struct connection *connection, struct buffer *payload, bool then_close);
void connection_resume(struct connection *connection);
void connection_close(struct connection *connection, const char *why);

/* The request is to be read later. Until connection_take_up() the connection counts as one that is
 * not answered yet, which may have to go, and goes when its client does. Its payload stays with it,
 * unless it is taken: then it is the caller's to clear, and soon, because connection_take_up()
 * gives its room to others. */
void connection_put_off(struct connection *connection);
void connection_take_payload(struct connection *connection, struct buffer *payload);
void connection_take_up(struct connection *connection);

/* Sends a frame that comes before the answer; one that its client does not take is left out. */
void connection_send_progress(struct connection *connection, const struct buffer *payload);

#endif
