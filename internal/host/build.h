#ifndef ULOOP_HOST_BUILD_H
#define ULOOP_HOST_BUILD_H

#include "host/compiler.h"
#include "host/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* How to build; everything is borrowed until on_done. */
struct build_options {
    const char *project_root;
    struct compiler_choice choice;
    char *const *references; /* further libraries for every assembly */
    size_t reference_count;
    uint64_t timeout_ms; /* of the whole build */
};

/* How a build ended. */
struct build_outcome {
    bool success;
    bool changed; /* successful, and libraries were replaced or removed */
    size_t assembly_count;
    size_t compiled_count; /* of them; the others were current */
    uint64_t took_ms;
    struct diagnostics diagnostics; /* in the order of the assemblies */
};

struct build;

/*
 * Compiles what changed since the last time, or everything when `force`, without blocking the loop.
 * The libraries are replaced together when all could be made, else none. on_done is called once, in
 * a later turn of the loop; the outcome is borrowed for that call, and the build is gone after it.
 */
struct build *build_start(uv_loop_t *loop, const struct build_options *options, bool force,
                          void (*on_done)(void *context, const struct build_outcome *outcome),
                          void *context);

/* Ends the compilers; on_done follows with an outcome that is no success. */
void build_cancel(struct build *build);

#endif
