#include "host/server_parts.h"

#include "base/memory.h"

#include <stdlib.h>

enum {
    MOST_LOGGED_ERRORS = 10, /* of one compile: the console has them all */
};

void compile_call_clear(struct compile_call *call)
{
    free(call->id);
    free(call->request_id);
    *call = (struct compile_call){0};
}

static bool check_request_id(const struct request *request, bool wait, struct rpc_fault *fault)
{
    const char *request_id = params_text(request->params, "RequestId");
    if (request_id && !compile_request_id_is_valid(request_id))
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                             "RequestId must be 1 to 128 letters, digits, '_' and '-'.");
    if (wait && !request_id)
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                             "WaitForDomainReload needs a RequestId to store the result under.");
    return true;
}

/* The console shows what the last compile said, and one line for each compile. */
static void tell_console(struct server *server, const struct build_outcome *outcome)
{
    static const enum console_type TYPES[] = {[DIAGNOSTIC_ERROR] = CONSOLE_ERROR,
                                              [DIAGNOSTIC_WARNING] = CONSOLE_WARNING,
                                              [DIAGNOSTIC_NOTE] = CONSOLE_LOG};
    char *summary = compile_summary(outcome);
    size_t told = 0;
    console_forget_compile(&server->console);
    for (size_t at = 0; at < outcome->diagnostics.count; at++) {
        const struct diagnostic *diagnostic = &outcome->diagnostics.items[at];
        console_add(&server->console, TYPES[diagnostic->kind], true, diagnostic->message);
        if (diagnostic->kind == DIAGNOSTIC_ERROR && told++ < MOST_LOGGED_ERRORS)
            log_debug(server->options->log, "%s", diagnostic->message);
    }
    console_add(&server->console, CONSOLE_LOG, false, summary);
    log_debug(server->options->log, "%s", summary);
    free(summary);
}

/* The result as it is answered: when it could not be stored, it says so itself. */
static void make_result(struct server *server, const struct build_outcome *outcome,
                        struct buffer *result)
{
    const char *root = server->options->project->root;
    struct error error = {0};
    compile_result_append(result, outcome, root, NULL);
    if (!server->call.is_stored ||
        compile_result_store(root, server->call.request_id, buffer_slice(result), &error))
        return;
    log_debug(server->options->log, "the result could not be stored: %s", error.message);
    char *remark = memory_format("The result could not be stored: %s", error.message);
    buffer_clear(result);
    compile_result_append(result, outcome, root, remark);
    console_add(&server->console, CONSOLE_ERROR, false, remark);
    free(remark);
    error_clear(&error);
}

void server_look_for_compiler(struct server *server)
{
    struct compiler found;
    struct error missing = {0};
    bool was_missing = server->last_error != NULL;
    bool is_there = compiler_find(&server->options->compiler, &found, &missing);
    compiler_clear(&found);
    free(server->last_error);
    server->last_error = is_there ? NULL : memory_copy_string(missing.message);
    if (!is_there && !was_missing) {
        log_debug(server->options->log, "no compile can succeed: %s", missing.message);
        console_add(&server->console, CONSOLE_WARNING, false, missing.message);
    }
    error_clear(&missing);
}

/* When the listener was lost meanwhile, the phase is no longer the compile's. */
static bool end_phase(struct server *server)
{
    return server->lifecycle.now.phase != PHASE_COMPILING ||
           server_announce(server, LIFECYCLE_COMPILE_END);
}

/* The contract's order: the result is stored, then `compiling` ends, then it is answered, and what
 * was compiled is loaded when the answer is out. */
static void on_built(void *context, const struct build_outcome *outcome)
{
    struct server *server = context;
    struct buffer result = {0}, answer = {0};
    server->build = NULL;
    if (server->ending)
        return;
    if (server->stopping) {
        server_finish_stop(server);
        return;
    }
    (void)uv_timer_stop(&server->beating);
    server_look_for_compiler(server);
    tell_console(server, outcome);
    make_result(server, outcome, &result);
    if (server->call.request_id)
        kept_results_add(&server->kept, server->call.request_id, buffer_slice(&result));
    if (end_phase(server)) {
        struct connection *connection = server->call.connection;
        if (connection)
            answer_append_result(&answer, server->call.id, buffer_slice(&result));
        server->reload_due = outcome->changed;
        if (!outcome->changed) {
            server_settle(server);
            compile_call_clear(&server->call);
        } else if (!connection) {
            server_reload_soon(server);
        }
        if (connection)
            connection_answer(connection, &answer, false);
    }
    buffer_clear(&result);
}

void server_connection_done(void *context, struct connection *connection)
{
    struct server *server = context;
    server_forget_reading(server, connection);
    if (server->call.connection != connection)
        return;
    server->call.connection = NULL;
    if (!server->build)
        server_reload_soon(server);
}

static void on_beat(uv_timer_t *timer)
{
    struct server *server = timer->data;
    struct buffer frame = {0};
    if (!server->call.connection) {
        (void)uv_timer_stop(timer);
        return;
    }
    answer_append_heartbeat(&frame, server->call.id);
    connection_send_progress(server->call.connection, &frame);
    buffer_clear(&frame);
}

static void start_beating(struct server *server, uint64_t interval_ms)
{
    if (interval_ms > 0)
        (void)uv_timer_start(&server->beating, on_beat, interval_ms, interval_ms);
}

bool server_begin_compile(struct server *server, struct connection *connection,
                          const struct request *request, struct rpc_fault *fault)
{
    struct error error = {0};
    bool wait = params_flag(request->params, "WaitForDomainReload");
    bool is_stored = wait && server->options->generation < 2;
    bool force = params_flag(request->params, "ForceRecompile");
    if (!check_request_id(request, wait, fault))
        return false;
    if ((is_stored && !compile_results_prepare(server->options->project->root, &error)) ||
        !server_publish(server, LIFECYCLE_COMPILE_BEGIN, &error)) {
        log_debug(server->options->log, "no compile was begun: %s", error.message);
        console_add(&server->console, CONSOLE_ERROR, false, error.message);
        rpc_fault_set(fault, RPC_INTERNAL_ERROR, "internal_error", "%s", error.message);
        error_clear(&error);
        return false;
    }
    compile_call_clear(&server->call);
    server->call.connection = connection;
    server->call.id = memory_copy_string(request->id);
    server->call.is_stored = is_stored;
    server->call.request_id = memory_copy_string(params_text(request->params, "RequestId"));
    if (connection)
        start_beating(server, server_heartbeat_ms(server, request));
    server->busy_with = method_compile.name;
    server->build = build_start(server->loop, &server->build_options, force, on_built, server);
    return true;
}
