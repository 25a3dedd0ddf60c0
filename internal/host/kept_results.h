#ifndef ULOOP_HOST_KEPT_RESULTS_H
#define ULOOP_HOST_KEPT_RESULTS_H

#include "base/slice.h"

#include <stddef.h>

/* The results of the last compiles that had a request id, for get-compile-status: a client whose
 * connection was dropped by the reload asks for its own. */

#define KEPT_RESULTS_MOST       ((size_t)8)
#define KEPT_RESULTS_MOST_BYTES ((size_t)64 * 1024 * 1024) /* but the newest is always kept */

struct kept_result {
    char *request_id;
    char *result; /* JSON text */
    size_t length;
};

/* Zero-initialised has none; release with kept_results_clear(). */
struct kept_results {
    struct kept_result items[KEPT_RESULTS_MOST]; /* the oldest first */
    size_t count;
    size_t bytes; /* of all results */
};

/* Keeps a copy; older ones make room. One of the same id counts no longer. */
void kept_results_add(struct kept_results *kept, const char *request_id, struct slice result);

/* The result of that id, borrowed until the next change; no data when there is none. */
struct slice kept_results_find(const struct kept_results *kept, const char *request_id);

void kept_results_clear(struct kept_results *kept);

#endif
