#ifndef ULOOP_HOST_DIAGNOSTICS_H
#define ULOOP_HOST_DIAGNOSTICS_H

#include "base/buffer.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* One thing a compile has to say. Contract: "Compile" in docs/protocol.md. */
struct diagnostic {
    bool is_error;
    char *message; /* the compiler's whole line, as Unity shows it */
    char *file;    /* relative to the project, with '/'; NULL where it is about no file */
    int line;      /* 0 where it is about no line */
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

/*
 * Reads what a C# compiler printed: "path(line,column): error CS0103: text", the same with
 * `warning`, and both without a place. Every other line is passed over. Paths below `project_root`
 * are made relative to it. Bytes that are not UTF-8 are carried as they are.
 */
void diagnostics_parse(struct diagnostics *list, struct slice output, const char *project_root);

/* How many are errors. */
size_t diagnostics_errors(const struct diagnostics *list);

/* Moves everything from `from` to the end of `list`. */
void diagnostics_move(struct diagnostics *list, struct diagnostics *from);

void diagnostics_clear(struct diagnostics *list);

#endif
