#ifndef ULOOP_HOST_DIAGNOSTICS_H
#define ULOOP_HOST_DIAGNOSTICS_H

#include "base/buffer.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum diagnostic_kind {
    DIAGNOSTIC_ERROR,
    DIAGNOSTIC_WARNING,
    DIAGNOSTIC_NOTE, /* what Roslyn calls info */
};

/* One thing a compile has to say. Contract: "Compile" in docs/protocol.md. */
struct diagnostic {
    enum diagnostic_kind kind;
    char *
        message; /* the compiler's whole line, as Unity shows it, and the lines that belong to it */
    char *file;  /* relative to the project, with '/'; NULL where it is about no file */
    int line;    /* 0 where it is about no line */
};

/* Zero-initialised is empty; release with diagnostics_clear(). */
struct diagnostics {
    struct diagnostic *items;
    size_t count;
    size_t capacity;
};

/* Adds one without a place of its own inside a file; `file` may be NULL. The message is the text
 * behind "file: ". */
void diagnostics_add_error(struct diagnostics *list, const char *file, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Adds a warning about no file. */
void diagnostics_add_warning(struct diagnostics *list, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Reads what a C# compiler printed: "path(line,column): error CS0103: text", the same with
 * `warning` and `info`, and all of them without a place. Lines that follow on one belong to it,
 * until an empty line or the compiler's own summary: they are more of its text, other places that
 * it is about, or what an analyzer threw. Every other line is passed over. Paths below
 * `project_root` are made relative to it. Bytes that are not UTF-8 are carried as they are.
 */
void diagnostics_parse(struct diagnostics *list, struct slice output, const char *project_root);

/* How many are of the kind. */
size_t diagnostics_count(const struct diagnostics *list, enum diagnostic_kind kind);

/* Moves everything from `from` to the end of `list`. */
void diagnostics_move(struct diagnostics *list, struct diagnostics *from);

void diagnostics_clear(struct diagnostics *list);

#endif
