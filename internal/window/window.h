#ifndef ULOOP_WINDOW_WINDOW_H
#define ULOOP_WINDOW_WINDOW_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* How long the display may take for all of it. */
#define WINDOW_LIMIT_MS 5000

/*
 * Brings a process's window to the front and gives it the keyboard. Returns when that has happened,
 * or false with E_SYSTEM: there is no display, it is of a kind that does not allow it, the process
 * has no window, or the display did not do it within WINDOW_LIMIT_MS.
 */
bool window_focus(int64_t pid, struct error *error);

#endif
