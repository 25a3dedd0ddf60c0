#include "host/method_compile_status.h"
#include "host/server_parts.h"
#include "ipc/destination.h"
#include "ipc/token.h"

/* One tool at a time; what is not a tool is always answered. */
static bool check_free(const struct server *server, const struct method *method,
                       struct rpc_fault *fault)
{
    if (method->kind != METHOD_TOOL || !server->busy_with)
        return true;
    rpc_fault_set(fault, RPC_INTERNAL_ERROR, "server_busy",
                  "The server is busy with %s; %s was not run.", server->busy_with, method->name);
    rpc_fault_add(fault, "runningToolName", server->busy_with);
    rpc_fault_add(fault, "requestedToolName", method->name);
    return false;
}

static struct compile_status compile_status(const struct server *server)
{
    enum phase phase = server->lifecycle.now.phase;
    return (struct compile_status){
        .is_ready = !server->busy_with,
        .is_compiling = server->build != NULL,
        .is_reloading = server->reload_due || phase == PHASE_RELOADING || phase == PHASE_RECOVERING,
        .results = &server->kept,
    };
}

/* Carries a call out. *later: it was begun, and its answer is no longer the caller's affair. */
static bool perform(struct server *server, struct connection *connection,
                    const struct request *request, const struct method *method,
                    struct buffer *result, bool *later, struct rpc_fault *fault)
{
    if (!method_check(method, request->params, fault) || !check_free(server, method, fault))
        return false;
    if (method->answer) {
        struct compile_status status = compile_status(server);
        struct service service = {
            .project = server->options->project, .console = &server->console, .compile = &status};
        return method->answer(&service, request->params, result, fault);
    }
    *later = true;
    return server_begin_compile(server, request->id ? connection : NULL, request, fault);
}

/* Over TCP any local user can connect: there the token tells whose request it is. */
static bool check_token(const struct server *server, struct connection *connection,
                        const struct request_sender *sender, struct rpc_fault *fault)
{
    if (!connection_is_tcp(connection))
        return true;
    if (sender->token.data && token_equals(server->place->token, sender->token)) {
        connection_trust(connection);
        return true;
    }
    return rpc_fault_set(fault, RPC_INVALID_REQUEST, "unauthorized",
                         "The request does not carry the token of this server; it was not looked "
                         "at.");
}

/* From the third generation on both must speak the same protocol. */
static bool check_protocol(const struct server *server, const struct request_sender *sender,
                           struct rpc_fault *fault)
{
    if (server->options->generation < 3 || sender->protocol_version == DESTINATION_PROTOCOL_VERSION)
        return true;
    rpc_fault_set(fault, RPC_INTERNAL_ERROR, "cli_update_required",
                  "This server speaks protocol version %d; the request was not run.",
                  DESTINATION_PROTOCOL_VERSION);
    rpc_fault_add_number(fault, "currentProtocolVersion", sender->protocol_version);
    rpc_fault_add_number(fault, "requiredProtocolVersion", DESTINATION_PROTOCOL_VERSION);
    rpc_fault_add(fault, "updateCommand", "uloop update");
    return false;
}

uint64_t server_heartbeat_ms(const struct server *server, const struct request *request)
{
    bool beats = server->options->generation >= 3 && request->sender.accepts_heartbeat;
    return beats ? server->options->heartbeat_ms : 0;
}

/* Tells that a tool was taken, ahead of its answer. */
static void acknowledge(const struct server *server, struct connection *connection,
                        const struct request *request)
{
    struct buffer frame = {0};
    if (server->options->generation < 2 || !request->sender.accepts_ack)
        return;
    answer_append_ack(&frame, request->id, server_heartbeat_ms(server, request));
    connection_send_progress(connection, &frame);
    buffer_clear(&frame);
}

/* A request that was read and is meant for this server. True when there is nothing to answer any
 * more but *result, and not even that when *later. */
static bool serve(struct server *server, struct connection *connection,
                  const struct request *request, struct buffer *result, bool *later,
                  struct rpc_fault *fault)
{
    const struct method *method = NULL;
    if (!check_protocol(server, &request->sender, fault) ||
        !(method = method_find(request->method, fault)) ||
        !perform(server, connection, request, method, result, later, fault))
        return false;
    if (request->id && method->kind == METHOD_TOOL)
        acknowledge(server, connection, request);
    return true;
}

void server_answer_request(struct server *server, struct connection *connection,
                           const struct request_parts *parts)
{
    struct request request;
    struct rpc_fault fault = {0};
    struct buffer result = {0}, answer = {0};
    bool later = false;
    bool was_read = request_read(parts, server->options->project->root, &request, &fault);
    bool is_garbage = fault.code == RPC_PARSE_ERROR;
    bool is_stranger = !is_garbage && !check_token(server, connection, &request.sender, &fault);
    bool done =
        was_read && !is_stranger && serve(server, connection, &request, &result, &later, &fault);
    /* A fault in what could not be read is answered, even where no id could be found. */
    bool is_silent = was_read ? !request.id : fault.code == 0;
    log_trace(server->options->log, "request %s: %s", request.method ? request.method : "(unread)",
              done            ? "taken"
              : fault.message ? fault.message
                              : "dropped");
    if (is_silent && is_stranger) {
        connection_close(connection, "it has no token");
    } else if (is_silent) {
        connection_resume(connection);
    } else if (!done) {
        answer_append_fault(&answer, request.id, &fault);
        connection_answer(connection, &answer, is_garbage || is_stranger);
    } else if (!later) {
        answer_append_result(&answer, request.id, buffer_slice(&result));
        connection_answer(connection, &answer, false);
    }
    buffer_clear(&result);
    rpc_fault_clear(&fault);
    request_clear(&request);
}
