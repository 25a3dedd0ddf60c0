#ifndef ULOOP_HOST_METHOD_COMPILE_STATUS_H
#define ULOOP_HOST_METHOD_COMPILE_STATUS_H

#include "host/kept_results.h"
#include "host/methods.h"

/* What get-compile-status answers with; borrowed. */
struct compile_status {
    bool is_ready; /* a tool would run now */
    bool is_compiling;
    bool is_reloading; /* or is about to */
    const struct kept_results *results;
};

/* Contract: "Internal commands" in docs/protocol.md. */
extern const struct method method_get_compile_status;

#endif
