#ifndef ULOOP_IPC_RPC_H
#define ULOOP_IPC_RPC_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdint.h>

/* JSON-RPC as the Unity package speaks it: text in, text out. Contract: "JSON-RPC" in
 * docs/protocol.md. */

/*
 * The version a request advertises. The package refuses one below its minimum, which over time rose
 * through the betas of 3.0.0; this one sorts above them all. It says which contract we speak, not
 * how old this program is.
 */
#define RPC_CLIENT_VERSION "3.0.0"

/* The readiness probe: cheap, and disabled by no setting. */
#define RPC_PROBE_METHOD "get-version"

struct rpc_request {
    const char *method;
    const char *params_json;  /* a JSON object, taken over byte for byte */
    const char *project_root; /* canonical: the server refuses a request that is meant for another
                                 project */
    int64_t id;
};

/* Appends the request as one frame, ready to be written. */
void rpc_append_request(struct buffer *out, const struct rpc_request *request);

enum rpc_answer {
    RPC_RESULT,    /* *result is the raw result, an object, borrowed from the payload */
    RPC_PROGRESS,  /* a dispatch ack or a heartbeat: the final answer is still to come */
    RPC_ERROR,     /* *error is what the Editor answered: E_SERVER_BUSY, E_CLI_UPDATE_REQUIRED or
                      E_RPC_ERROR */
    RPC_MALFORMED, /* *error is E_ANSWER_MALFORMED */
};

/* Reads a frame's payload as the answer to the request with this id. */
enum rpc_answer rpc_read_answer(struct slice payload, int64_t id, struct slice *result,
                                struct error *error);

#endif
