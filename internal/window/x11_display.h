#ifndef ULOOP_WINDOW_X11_DISPLAY_H
#define ULOOP_WINDOW_X11_DISPLAY_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Which X server a DISPLAY names, and what proves that we may use it. */

/* Release with x11_display_clear(). */
struct x11_display {
    char *socket; /* the path of its Unix socket */
    char *number; /* as text */
    unsigned long screen;
};

/* Reads "[unix]:<number>[.<screen>]". Fails with E_SYSTEM for anything else, also for a display on
 * another machine: its windows belong to processes that are not ours to name. */
bool x11_display_parse(const char *text, struct x11_display *display, struct error *error);

void x11_display_clear(struct x11_display *display);

/* What the server is shown: MIT-MAGIC-COOKIE-1. data is NULL where there is none, which suits a
 * server that lets its own user in without. */
struct slice x11_cookie_find(struct slice authority, const char *host, const char *number);

#define X11_COOKIE_NAME "MIT-MAGIC-COOKIE-1"

#endif
