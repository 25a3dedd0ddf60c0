#ifndef ULOOP_WINDOW_X11_WIRE_H
#define ULOOP_WINDOW_X11_WIRE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes to and from an X server, and the numbers in them: least significant byte first, which is
 * what x11_open() tells the server. */

static inline uint16_t x11_get16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t x11_get32(const unsigned char *at)
{
    return x11_get16(at) | (uint32_t)x11_get16(at + 2) << 16;
}

static inline void x11_put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
}

static inline void x11_put32(unsigned char *at, uint32_t value)
{
    x11_put16(at, value & 0xFFFF);
    x11_put16(at + 2, value >> 16);
}

/* Everything is padded to whole words of four bytes. */
static inline size_t x11_padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

/* A connected socket, non-blocking; -1 with E_SYSTEM. */
int x11_wire_connect(const char *path, struct error *error);

/* Each fails with E_SYSTEM at the deadline (CLOCK_NEVER for none), and when the server hangs up. */
bool x11_wire_write(int socket, const void *bytes, size_t length, uint64_t deadline_ms,
                    struct error *error);
bool x11_wire_read(int socket, void *bytes, size_t length, uint64_t deadline_ms,
                   struct error *error);

#define X11_MESSAGE_SIZE 32

/* What messages of the server begin with. */
enum {
    X11_ERROR = 0,
    X11_REPLY = 1,
    X11_PROPERTY_NOTIFY = 28,
    X11_GENERIC_EVENT = 35,
};

/* One message of the server. Release with buffer_clear(&message->body). */
struct x11_message {
    unsigned type;     /* X11_ERROR, X11_REPLY, else an event's */
    uint16_t sequence; /* of the request that it belongs to */
    unsigned char head[X11_MESSAGE_SIZE];
    struct buffer body; /* what follows the head */
};

/* Refuses one that is larger than anything that is asked for here. */
bool x11_wire_read_message(int socket, struct x11_message *message, uint64_t deadline_ms,
                           struct error *error);

#endif
