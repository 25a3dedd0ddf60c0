#ifndef ULOOP_WINDOW_X11_H
#define ULOOP_WINDOW_X11_H

#include "base/buffer.h"
#include "base/error.h"
#include "window/x11_display.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The few requests of the X11 protocol that focusing a window takes, over a socket of our own.
 *
 * Why not libxcb: it has no deadlines, so that a server that hangs would hang uloop. A static
 * program cannot load it when it is needed, so it would also be one more library to build with, and
 * 144 KiB of every program for one command, where this is 8 KiB (the start takes the same time with
 * each).
 *
 * Every function that can fail does so with E_SYSTEM when the server does not answer until the
 * deadline, hangs up, or sends what is no X11; the connection is of no use then.
 */
struct x11 {
    int socket;
    uint64_t deadline_ms;
    uint16_t sequence; /* of the last request */
    uint32_t root;     /* the screen's root window */
    bool changed;      /* an event came that x11_await_change() has not told of */
};

/* Connects and logs in; cookie may be empty. On failure there is nothing to close. */
bool x11_open(struct x11 *x11, const struct x11_display *display, struct slice cookie,
              uint64_t deadline_ms, struct error *error);
void x11_close(struct x11 *x11);

/* The number by which the server knows a name; it is made when there is none yet. */
bool x11_atom(struct x11 *x11, const char *name, uint32_t *atom, struct error *error);

/* Atoms of the protocol itself. */
#define X11_ATOM     4
#define X11_CARDINAL 6
#define X11_WINDOW   33

/* The numbers of a window's property; none when it has no such property of that type, or the window
 * is gone. Release with x11_values_clear(). */
struct x11_values {
    uint32_t *items;
    size_t count;
};

bool x11_property(struct x11 *x11, uint32_t window, uint32_t property, uint32_t type,
                  struct x11_values *values, struct error *error);
void x11_values_clear(struct x11_values *values);

/* From now on changes of the root window's properties are events. */
bool x11_watch_root(struct x11 *x11, struct error *error);

/* Waits for such an event. One that came since it last returned counts, also between the answers to
 * other questions. */
bool x11_await_change(struct x11 *x11, struct error *error);

/* Sends the root window's watcher, which is the window manager, a message about a window. */
bool x11_send_to_manager(struct x11 *x11, uint32_t window, uint32_t type, const uint32_t data[5],
                         struct error *error);

#endif
