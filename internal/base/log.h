#ifndef ULOOP_BASE_LOG_H
#define ULOOP_BASE_LOG_H

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>

/* How much is told, each level more than the one before: ULOOP_LOG=debug or ULOOP_LOG=trace. */
enum log_level {
    LOG_OFF,
    LOG_DEBUG, /* what was observed and decided; never the content of a request */
    LOG_TRACE, /* every wake-up and every message */
};

/* Where a program's log lines go. Zero-initialised writes nothing; a NULL log is one that writes
 * nothing. */
struct log {
    enum log_level level;
    FILE *stream; /* borrowed */
    /* Where not NULL, told of each line's length behind it; may put another stream in place. */
    void (*on_line)(struct log *log, size_t length);
};

/* The level that a value of ULOOP_LOG names; LOG_OFF for NULL, the empty string and every other
 * word. */
enum log_level log_level_named(const char *name);

/*
 * Opens a file to append to, made with mode 0600 where there is none; close it with fclose(). What
 * is no file is written to as it is, but a FIFO that nobody reads is refused rather than waited
 * for. NULL with E_SYSTEM when it cannot be opened.
 */
FILE *log_open(const char *path, struct error *error);

/* Writes one line: UTC time with milliseconds, process id, text. What is told comes from files and
 * arguments too: the end of a line becomes a space and any other control character '?', so that it
 * forges no line and moves no cursor. */
void log_debug(struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);
void log_trace(struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
