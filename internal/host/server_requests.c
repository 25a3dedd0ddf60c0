#include "host/server_parts.h"

#include <string.h>

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

/* Carries a call out. *later: it was begun, and its answer is no longer the caller's affair. */
static bool perform(struct server *server, struct connection *connection,
                    const struct request *request, struct buffer *result, bool *later,
                    struct rpc_fault *fault)
{
    const struct method *method = method_find(request->method, fault);
    if (!method || !method_check(method, request->params, fault) ||
        !check_free(server, method, fault))
        return false;
    if (method->answer) {
        struct service service = {.project = server->options->project, .console = &server->console};
        return method->answer(&service, request->params, result, fault);
    }
    *later = true;
    return server_begin_compile(server, request->id ? connection : NULL, request, fault);
}

void server_take_request(void *context, struct connection *connection, struct slice payload)
{
    struct server *server = context;
    struct request request;
    struct rpc_fault fault = {0};
    struct buffer result = {0}, answer = {0};
    bool later = false;
    bool was_read = request_read(payload, server->options->project->root, &request, &fault);
    bool done = was_read && perform(server, connection, &request, &result, &later, &fault);
    /* A fault in what could not be read is answered, even where no id could be found. */
    bool is_silent = was_read ? !request.id : fault.code == 0;
    log_trace(server->options->log, "request %s: %s", request.method ? request.method : "(unread)",
              done            ? "taken"
              : fault.message ? fault.message
                              : "dropped");
    if (is_silent) {
        connection_resume(connection);
    } else if (!done) {
        answer_append_fault(&answer, request.id, &fault);
        connection_answer(connection, &answer, fault.code == RPC_PARSE_ERROR);
    } else if (!later) {
        answer_append_result(&answer, request.id, buffer_slice(&result));
        connection_answer(connection, &answer, false);
    }
    buffer_clear(&result);
    rpc_fault_clear(&fault);
    request_clear(&request);
}
