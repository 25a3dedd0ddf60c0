#ifndef ULOOP_BASE_LOG_H
#define ULOOP_BASE_LOG_H

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
};

/* The level that a value of ULOOP_LOG names; LOG_OFF for NULL, the empty string and every other
 * word. */
enum log_level log_level_named(const char *name);

/* Writes one line: UTC time with milliseconds, process id, text. */
void log_debug(struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);
void log_trace(struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
