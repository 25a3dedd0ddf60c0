#ifndef ULOOP_CLI_SPINNER_H
#define ULOOP_CLI_SPINNER_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The one line that tells a person what a command waits for. It has no timer: whoever waits calls
 * spinner_show() after an event and about once a second. Zero-initialised shows nothing.
 */
struct spinner {
    FILE *stream;        /* borrowed; NULL where nobody looks */
    struct buffer shown; /* the line on the terminal, ASCII; nothing when there is none */
};

/* Replaces the line, unless it says so already. what: such as "compiling", may come from a state
 * file; since_ms: how long the command has waited. */
void spinner_show(struct spinner *spinner, const char *what, uint64_t since_ms);

/* Takes the line away; harmless when there is none. Comes before anything else that is written. */
void spinner_clear(struct spinner *spinner);

/*
 * Appends the line's text: "/ Waiting: compiling (12 s)". It has only ASCII, and leaves the last
 * column free, so that it never wraps: the words are cut first, then the seconds.
 */
void spinner_text(struct buffer *out, const char *what, uint64_t since_ms, size_t columns);

#endif
