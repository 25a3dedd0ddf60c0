#include "window/x11.h"

#include "window/x11_wire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHANGE_WINDOW_ATTRIBUTES = 2,
    INTERN_ATOM = 16,
    GET_PROPERTY = 20,
    SEND_EVENT = 25,
    CLIENT_MESSAGE = 33,
};

enum {
    EVENT_MASK = 0x800,               /* the attribute that says which events are wanted */
    PROPERTY_CHANGES = 0x400000,      /* events: a window's properties, */
    SUBSTRUCTURE_CHANGES = 0x80000,   /* its children's changes, */
    SUBSTRUCTURE_REDIRECT = 0x100000, /* and requests for them, which go to the window manager */
};

enum {
    MOST_VALUES = 4096, /* of a property: so many windows nobody has */
    SETUP_HEAD = 8,
    SETUP_FIXED = 32, /* of its body */
    SCREEN_FIXED = 40,
    DEPTH_FIXED = 8,
    FORMAT_SIZE = 8,
    VISUAL_SIZE = 24,
};

static bool fail_garbled(struct error *error)
{
    return error_set(error, E_SYSTEM, "What the X server sends is not X11.");
}

/* Sends a request, whose length in words stands in its bytes 2 and 3. */
static bool send_request(struct x11 *x11, unsigned char *request, size_t length,
                         struct error *error)
{
    x11_put16(request + 2, (unsigned)(length / 4));
    x11->sequence++;
    return x11_wire_write(x11->socket, request, length, x11->deadline_ms, error);
}

/* Reads the reply to the last request, taking note of events. *refused: the server answered with an
 * error, and there is no message to release. */
static bool await_reply(struct x11 *x11, struct x11_message *message, bool *refused,
                        struct error *error)
{
    *refused = false;
    while (x11_wire_read_message(x11->socket, message, x11->deadline_ms, error)) {
        bool is_ours = message->sequence == x11->sequence;
        if (message->type == X11_REPLY && is_ours)
            return true;
        buffer_clear(&message->body);
        x11->changed = x11->changed || message->type == X11_PROPERTY_NOTIFY;
        *refused = message->type == X11_ERROR && is_ours;
        if (*refused)
            return true;
        if (message->type == X11_REPLY)
            return fail_garbled(error);
    }
    return false;
}

/* Passes over the depths of a screen, and their visuals; false when they are not all there. */
static bool skip_depths(const unsigned char **at, size_t *left, unsigned depths)
{
    for (unsigned i = 0; i < depths; i++) {
        if (*left < DEPTH_FIXED)
            return false;
        size_t size = DEPTH_FIXED + (size_t)x11_get16(*at + 2) * VISUAL_SIZE;
        if (*left < size)
            return false;
        *at += size;
        *left -= size;
    }
    return true;
}

/* Finds the root window of the screen in the body of the server's greeting. */
static bool find_root(struct slice body, unsigned long screen, uint32_t *root)
{
    const unsigned char *at = (const unsigned char *)body.data;
    size_t left = body.length;
    if (left < SETUP_FIXED)
        return false;
    unsigned long screens = at[20];
    size_t skipped = SETUP_FIXED + x11_padded(x11_get16(at + 16)) + (size_t)at[21] * FORMAT_SIZE;
    if (left < skipped || screen >= screens)
        return false;
    at += skipped;
    left -= skipped;
    for (unsigned long i = 0;; i++) {
        if (left < SCREEN_FIXED)
            return false;
        *root = x11_get32(at);
        if (i == screen)
            return true;
        unsigned depths = at[39];
        at += SCREEN_FIXED;
        left -= SCREEN_FIXED;
        if (!skip_depths(&at, &left, depths))
            return false;
    }
}

static bool fail_refused(const unsigned char *head, struct slice body, struct error *error)
{
    size_t length = head[1] < body.length ? head[1] : body.length;
    while (length > 0 && strchr(" \r\n.", body.data[length - 1]))
        length--;
    char *reason = memory_copy_bytes(body.data, length);
    error_set(error, E_SYSTEM, "The X server lets us not in: %s.",
              *reason ? reason : "it gives no reason");
    error_set_next(error,
                   "Set XAUTHORITY to the file that holds the display's cookie, or run uloop "
                   "as the user of the display.");
    free(reason);
    return false;
}

/* Fills up the last word of four bytes. */
static void pad(struct buffer *request)
{
    while (request->length % 4 != 0)
        buffer_append_char(request, '\0');
}

static bool say_hello(struct x11 *x11, struct slice cookie, struct error *error)
{
    static const char NAME[] = X11_COOKIE_NAME;
    size_t name_length = cookie.length > 0 ? strlen(NAME) : 0;
    unsigned char head[12] = {'l', 0, 11}; /* least significant byte first; X11.0 */
    struct buffer hello = {0};
    x11_put16(head + 6, (unsigned)name_length);
    x11_put16(head + 8, (unsigned)cookie.length);
    buffer_append(&hello, (const char *)head, sizeof head);
    buffer_append(&hello, NAME, name_length);
    pad(&hello);
    if (cookie.length > 0)
        buffer_append(&hello, cookie.data, cookie.length);
    pad(&hello);
    bool sent = x11_wire_write(x11->socket, hello.data, hello.length, x11->deadline_ms, error);
    buffer_clear(&hello);
    return sent;
}

static bool read_greeting(struct x11 *x11, unsigned long screen, struct error *error)
{
    enum {
        REFUSED,
        WELCOME
    };
    unsigned char head[SETUP_HEAD];
    struct buffer body = {0};
    if (!x11_wire_read(x11->socket, head, sizeof head, x11->deadline_ms, error))
        return false;
    size_t length = (size_t)x11_get16(head + 6) * 4;
    if (!buffer_reserve(&body, length + 1))
        return error_set(error, E_SYSTEM, "There is no memory for what the X server says.");
    bool done = x11_wire_read(x11->socket, body.data, length, x11->deadline_ms, error);
    body.length = length;
    if (done && head[0] == REFUSED)
        done = fail_refused(head, buffer_slice(&body), error);
    else if (done && (head[0] != WELCOME || !find_root(buffer_slice(&body), screen, &x11->root)))
        done = fail_garbled(error);
    buffer_clear(&body);
    return done;
}

bool x11_open(struct x11 *x11, const struct x11_display *display, struct slice cookie,
              uint64_t deadline_ms, struct error *error)
{
    *x11 = (struct x11){.socket = x11_wire_connect(display->socket, error),
                        .deadline_ms = deadline_ms};
    if (x11->socket < 0)
        return false;
    if (say_hello(x11, cookie, error) && read_greeting(x11, display->screen, error))
        return true;
    x11_close(x11);
    return false;
}

void x11_close(struct x11 *x11)
{
    (void)close(x11->socket);
}

bool x11_atom(struct x11 *x11, const char *name, uint32_t *atom, struct error *error)
{
    unsigned char head[8] = {INTERN_ATOM};
    struct buffer request = {0};
    struct x11_message message;
    bool refused;
    x11_put16(head + 4, (unsigned)strlen(name));
    buffer_append(&request, (const char *)head, sizeof head);
    buffer_append_string(&request, name);
    pad(&request);
    bool done = send_request(x11, (unsigned char *)request.data, request.length, error) &&
                await_reply(x11, &message, &refused, error);
    buffer_clear(&request);
    if (!done)
        return false;
    if (refused)
        return fail_garbled(error);
    *atom = x11_get32(message.head + 8);
    buffer_clear(&message.body);
    return true;
}

bool x11_property(struct x11 *x11, uint32_t window, uint32_t property, uint32_t type,
                  struct x11_values *values, struct error *error)
{
    enum {
        BITS = 32 /* of a value, as all have that are asked for here */
    };
    unsigned char request[24] = {GET_PROPERTY};
    struct x11_message message;
    bool refused;
    *values = (struct x11_values){0};
    x11_put32(request + 4, window);
    x11_put32(request + 8, property);
    x11_put32(request + 12, type);
    x11_put32(request + 20, MOST_VALUES);
    if (!send_request(x11, request, sizeof request, error) ||
        !await_reply(x11, &message, &refused, error))
        return false;
    if (refused)
        return true; /* the window is gone */
    size_t count = message.head[1] == BITS ? x11_get32(message.head + 16) : 0;
    bool is_there = count <= message.body.length / 4;
    if (is_there && count > 0 && x11_get32(message.head + 8) == type) {
        values->items = memory_new(count * sizeof(*values->items));
        for (; values->count < count; values->count++)
            values->items[values->count] =
                x11_get32((const unsigned char *)message.body.data + values->count * 4);
    }
    buffer_clear(&message.body);
    return is_there || fail_garbled(error);
}

void x11_values_clear(struct x11_values *values)
{
    free(values->items);
    *values = (struct x11_values){0};
}

bool x11_watch_root(struct x11 *x11, struct error *error)
{
    unsigned char request[16] = {CHANGE_WINDOW_ATTRIBUTES};
    x11_put32(request + 4, x11->root);
    x11_put32(request + 8, EVENT_MASK);
    x11_put32(request + 12, PROPERTY_CHANGES);
    return send_request(x11, request, sizeof request, error);
}

bool x11_await_change(struct x11 *x11, struct error *error)
{
    while (!x11->changed) {
        struct x11_message message;
        if (!x11_wire_read_message(x11->socket, &message, x11->deadline_ms, error))
            return false;
        buffer_clear(&message.body);
        x11->changed = message.type == X11_PROPERTY_NOTIFY;
    }
    x11->changed = false;
    return true;
}

bool x11_send_to_manager(struct x11 *x11, uint32_t window, uint32_t type, const uint32_t data[5],
                         struct error *error)
{
    unsigned char request[44] = {SEND_EVENT};
    unsigned char *event = request + 12;
    x11_put32(request + 4, x11->root);
    x11_put32(request + 8, SUBSTRUCTURE_CHANGES | SUBSTRUCTURE_REDIRECT);
    event[0] = CLIENT_MESSAGE;
    event[1] = 32; /* bits of a value */
    x11_put32(event + 4, window);
    x11_put32(event + 8, type);
    for (size_t i = 0; i < 5; i++)
        x11_put32(event + 12 + i * 4, data[i]);
    return send_request(x11, request, sizeof request, error);
}
