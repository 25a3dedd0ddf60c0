#ifndef ULOOP_HOST_CONSOLE_H
#define ULOOP_HOST_CONSOLE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

/* What get-logs shows. */
enum console_type {
    CONSOLE_ERROR,
    CONSOLE_WARNING,
    CONSOLE_LOG,
    CONSOLE_TYPE_COUNT,
};

struct console_entry {
    enum console_type type;
    bool of_compile; /* replaced by what the next compile says */
    char *message;
};

/* The newest entries; older ones make room. */
#define CONSOLE_MOST_ENTRIES ((size_t)1000)
#define CONSOLE_MOST_BYTES   ((size_t)4 * 1024 * 1024)

/* Zero-initialised is empty; release with console_clear(). */
struct console {
    struct console_entry entries[CONSOLE_MOST_ENTRIES]; /* a ring */
    size_t first, count;
    size_t bytes; /* of all messages */
};

void console_add(struct console *console, enum console_type type, bool of_compile,
                 const char *message);

/* The entry, 0 being the oldest. */
const struct console_entry *console_at(const struct console *console, size_t index);

/* Removes what the last compile said. */
void console_forget_compile(struct console *console);

void console_clear(struct console *console);

/* "Error", "Warning", "Log". */
const char *console_type_name(enum console_type type);

#endif
