#ifndef ULOOP_HOST_PROBE_H
#define ULOOP_HOST_PROBE_H

#include "base/error.h"
#include "host/server.h"

#include <stdint.h>
#include <uv.h>

/* How long a server may take to answer itself. */
#define PROBE_LIMIT_MS ((uint64_t)30000)

struct probe;

/*
 * Asks the server for get-version wherever it listens, as a client does: over the real endpoint,
 * with the same metadata. on_done is called once, with NULL when it answered with a result
 * everywhere before limit_ms, and the probe is gone then. An error for an answer is a fault.
 * Contract: "Who writes what, when" in docs/protocol.md.
 */
struct probe *probe_start(uv_loop_t *loop, const struct server_place *place,
                          const char *project_root, uint64_t limit_ms,
                          void (*on_done)(void *context, const struct error *fault), void *context);

/* Ends a probe whose outcome is of no interest any more; NULL is allowed. */
void probe_cancel(struct probe *probe);

#endif
