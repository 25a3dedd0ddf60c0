#ifndef ULOOP_HOST_REQUEST_H
#define ULOOP_HOST_REQUEST_H

#include "base/buffer.h"
#include "base/slice.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* JSON-RPC from the server's side: text in, text out. Contract: "JSON-RPC" in docs/protocol.md. */

enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL_ERROR = -32603,
};

/* An error to answer with. Zero-initialised is none; release with rpc_fault_clear(). */
struct rpc_fault {
    enum rpc_code code;
    char *message;
    char
        *data; /* JSON text beginning with the members behind "type" and "message"; NULL for none */
    const char *type; /* data.type; static */
};

/* Always returns false, so that a caller can return it. `type` is static, or NULL for no data. */
bool rpc_fault_set(struct rpc_fault *fault, enum rpc_code code, const char *type,
                   const char *format, ...) PRINTF_LIKE(4, 5);

/* Adds a string or a number to the fault's data. */
void rpc_fault_add(struct rpc_fault *fault, const char *name, const char *value);
void rpc_fault_add_number(struct rpc_fault *fault, const char *name, int64_t value);

void rpc_fault_clear(struct rpc_fault *fault);

/* What the member "uloop" says of the sender; zero where it says nothing. */
struct request_sender {
    struct slice token; /* without its quotes, borrowed from the payload */
    int64_t protocol_version;
    bool accepts_ack;
    bool accepts_heartbeat;
};

/*
 * Where the parts of a request lie in its payload; data is NULL for what is not there. What takes
 * its time with a large one is to find them, and that needs nothing else: any thread can do it.
 */
struct request_parts {
    const char *broken; /* why it is no JSON, static; NULL where it is */
    size_t broken_at;
    bool is_object;
    struct slice id, version, method, params;
    struct slice project, project_root;                   /* "x-uloop", and what is in it */
    struct slice token, protocol_version, ack, heartbeat; /* in "uloop" */
};

/* The parts are borrowed from the payload. */
void request_find_parts(struct slice payload, struct request_parts *parts);

/* A call. Release with request_clear(). */
struct request {
    char *id; /* its JSON text, to be repeated byte for byte; NULL for a notification */
    char *method;
    cJSON *params; /* an object; never NULL in a request that could be read */
    struct request_sender sender;
};

/*
 * Reads a frame's parts as a call meant for this project. False with *fault set; request->id is
 * filled then too as far as it could be read, and to be answered with, null where it could not. A
 * notification whose fault nobody wants to hear has *fault->code 0.
 */
bool request_read(const struct request_parts *parts, const char *project_root,
                  struct request *request, struct rpc_fault *fault);

void request_clear(struct request *request);

/* Append frames that come before an answer, for a request that has an id. An interval of 0 promises
 * no heartbeats. */
void answer_append_ack(struct buffer *out, const char *id, uint64_t heartbeat_ms);
void answer_append_heartbeat(struct buffer *out, const char *id);

/* Append an answer's payload. `id` is JSON text; NULL gives null. */
void answer_append_result(struct buffer *out, const char *id, struct slice result);
void answer_append_fault(struct buffer *out, const char *id, const struct rpc_fault *fault);

#endif
