#ifndef ULOOP_IPC_FRAME_H
#define ULOOP_IPC_FRAME_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The wire's framing, fed with bytes: it knows no socket. Contract: "Framing" in docs/protocol.md.
 */

#define FRAME_MOST_PAYLOAD ((size_t)64 * 1024 * 1024)
#define FRAME_MOST_HEADER  ((size_t)8 * 1024)

/* Zero-initialised expects the first header. Release with frame_parser_clear(). */
struct frame_parser {
    struct buffer line; /* the header line so far */
    struct buffer
        payload; /* the payload so far; grows with what arrives, not with what was announced */
    size_t header_length;  /* bytes of header taken, all lines together */
    size_t payload_length; /* as announced */
    size_t most_payload;   /* what is taken of one; 0 for FRAME_MOST_PAYLOAD */
    bool has_length;
    bool in_payload;
    bool handed_out; /* the payload is the caller's to read; the next call starts a new frame */
};

enum frame_outcome {
    FRAME_MORE,     /* all bytes were taken, the frame is not complete */
    FRAME_COMPLETE, /* parser->payload is the payload, until the next call */
    FRAME_INVALID,  /* *error says what is wrong; the stream cannot be read on */
};

/*
 * Takes bytes up to the end of one frame. *taken tells how many; call again with the rest after
 * FRAME_COMPLETE. FRAME_INVALID sets E_ANSWER_MALFORMED: duplicate, invalid or missing
 * Content-Length, too large, or no memory.
 */
enum frame_outcome frame_feed(struct frame_parser *parser, struct slice bytes, size_t *taken,
                              struct error *error);

/*
 * Tells of the stream's end: always sets E_ANSWER_MALFORMED, worded "closed" where the peer closed
 * before any byte of a frame, and "unexpected end" where it cut one off.
 */
void frame_end(const struct frame_parser *parser, struct error *error);

void frame_parser_clear(struct frame_parser *parser);

/* Appends the header for a payload of `length` bytes. */
void frame_append_header(struct buffer *out, size_t length);

#endif
