#ifndef ULOOP_IPC_RPC_H
#define ULOOP_IPC_RPC_H

#include "base/buffer.h"
#include "base/error.h"
#include "ipc/destination.h"

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

/* Appends the request as one frame, ready to be written. It carries the metadata of every
 * generation, and what the destination asks for. */
void rpc_append_request(struct buffer *out, const struct rpc_request *request,
                        const struct destination *destination);

enum rpc_answer {
    RPC_RESULT,
    RPC_PROGRESS,  /* a dispatch ack or a heartbeat: the final answer is still to come */
    RPC_ERROR,     /* *error is what the Editor answered: E_SERVER_BUSY, E_CLI_UPDATE_REQUIRED,
                      E_ENDPOINT_DENIED or E_RPC_ERROR */
    RPC_MALFORMED, /* *error is E_ANSWER_MALFORMED */
};

/* What an answer says, all zero where it does not. */
struct rpc_said {
    struct slice result;               /* RESULT: raw, an object, borrowed from the payload */
    double heartbeat_interval_s;       /* PROGRESS: how often a frame will come from now on */
    double stall_s;                    /* PROGRESS: since when the main thread stands still */
    int64_t required_protocol_version; /* ERROR: what the server wants instead of ours */
};

/* Reads a frame's payload as the answer to the request with this id. */
enum rpc_answer rpc_read_answer(struct slice payload, int64_t id, struct rpc_said *said,
                                struct error *error);

#endif
