#ifndef ULOOP_HOST_COMPILER_H
#define ULOOP_HOST_COMPILER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What a compiler is asked to do: one library. All paths are relative to the project or absolute;
 * everything is borrowed. */
struct compile_unit {
    const char *output;
    const char *const *sources;
    size_t source_count;
    const char *const *references; /* libraries */
    size_t reference_count;
    const char *const *defines; /* ends with NULL */
    bool allow_unsafe;
};

/* One kind of compiler: how its program is found, and how it is told what to do. What it prints is
 * read by diagnostics_parse(): all of them write the one format. */
struct compiler_backend {
    const char *name;

    /* The program's path, searched for in PATH when `wanted` is NULL or a bare name. Fails with
     * E_SYSTEM, saying what to install. The caller frees. */
    char *(*find)(const char *wanted, struct error *error);

    /* Appends the text of the response file that has the unit compiled. */
    void (*write_response)(const struct compile_unit *unit, struct buffer *out);
};

/* The compiler of the Mono project. */
extern const struct compiler_backend compiler_mcs;

/* The first executable regular file of this name in the folders of PATH; NULL when there is none.
 * The caller frees. */
char *compiler_search_path(const char *name);

#endif
