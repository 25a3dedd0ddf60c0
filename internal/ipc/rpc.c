#include "ipc/rpc.h"

#include "ipc/frame.h"
#include "json/json.h"
#include "json/layout.h"
#include "json/scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_METADATA_BYTES = 64 * 1024 /* what is parsed into a tree takes many times its size */
};

/* Each generation looks at its own members, and passes over the others. */
static void append_metadata(struct buffer *body, const struct destination *destination)
{
    int64_t version = destination->protocol_version;
    buffer_append_format(
        body,
        "{\"cliVersion\":\"" RPC_CLIENT_VERSION "\",\"projectRunnerVersion\":\"" RPC_CLIENT_VERSION
        "\",\"protocolVersion\":%" PRId64 ",\"acceptsDispatchAck\":true,\"acceptsHeartbeat\":true",
        version > 0 ? version : DESTINATION_PROTOCOL_VERSION);
    if (destination->token)
        buffer_append_format(body, ",\"token\":\"%s\"", destination->token);
    buffer_append_char(body, '}');
}

void rpc_append_request(struct buffer *out, const struct rpc_request *request,
                        const struct destination *destination)
{
    struct buffer body = {0};
    buffer_append_string(&body, "{\"jsonrpc\":\"2.0\",\"method\":");
    json_quote(&body, request->method);
    buffer_append_format(&body, ",\"params\":%s,\"id\":%" PRId64, request->params_json,
                         request->id);
    buffer_append_string(&body, ",\"x-uloop\":{\"expectedProjectRoot\":");
    json_quote(&body, request->project_root);
    buffer_append_string(&body, "},\"uloop\":");
    append_metadata(&body, destination);
    buffer_append_char(&body, '}');
    frame_append_header(out, body.length);
    buffer_append(out, body.data, body.length);
    buffer_clear(&body);
}

static enum rpc_answer malformed(struct error *error, const char *what)
{
    error_set(error, E_ANSWER_MALFORMED, "The answer is not what the contract says: %s.", what);
    return RPC_MALFORMED;
}

static bool is_id(struct slice raw, int64_t id)
{
    char *text = memory_format("%" PRId64, id);
    bool matches = slice_equals(raw, text);
    free(text);
    return matches;
}

/* A member that is a number above 0; else 0, which stands for "not said". */
static double positive_number(const cJSON *object, const char *name)
{
    const cJSON *value = json_get(object, name);
    return cJSON_IsNumber(value) && value->valuedouble > 0 ? value->valuedouble : 0;
}

/* An ack or a heartbeat has a phase; the final answer has none. */
static bool is_progress(struct slice payload, struct rpc_said *said)
{
    struct slice raw = json_member(payload, "uloop");
    if (!raw.data || !json_is_object(raw) || !json_member(raw, "phase").data)
        return false;
    cJSON *metadata = raw.length <= MOST_METADATA_BYTES ? json_parse(raw, NULL) : NULL;
    said->heartbeat_interval_s = positive_number(metadata, "heartbeatIntervalSeconds");
    said->stall_s = positive_number(metadata, "mainThreadStallSeconds");
    cJSON_Delete(metadata);
    return true;
}

/* What the user is to be told, by data.type; an unknown one is an error of the tool's own. */
static void describe_busy(const cJSON *data, const char *message, struct error *error)
{
    const char *running = json_string(data, "runningToolName");
    if (running)
        error_set(error, E_SERVER_BUSY, "Unity is busy running %s: %s", running, message);
    else
        error_set(error, E_SERVER_BUSY, "Unity is busy: %s", message);
}

static void describe_update(const cJSON *data, const char *message, struct rpc_said *said,
                            struct error *error)
{
    const char *command = json_string(data, "updateCommand");
    int64_t required = json_whole_number(data, "requiredProtocolVersion", 0);
    said->required_protocol_version = required > 0 ? required : 0;
    error_set(error, E_CLI_UPDATE_REQUIRED, "%s", message);
    if (command)
        error_set_next(error, "Run `%s`, then run the command again.", command);
}

static void describe_security(const cJSON *data, const char *message, struct error *error)
{
    const char *reason = json_string(data, "reason");
    error_set(error, E_RPC_ERROR, "Unity's security settings block this command: %s",
              reason ? reason : message);
    error_set_next(error,
                   "Allow the command in the uloop settings of the Editor, then run it again.");
}

/* Our own host, on loopback TCP. */
static void describe_unauthorized(const char *message, struct error *error)
{
    error_set(error, E_ENDPOINT_DENIED, "%s", message);
    error_set_next(error, "Name the token file of the server that listens there in "
                          "ULOOP_TOKEN_FILE, then run the command again.");
}

/* Our own host, which has few of the Editor's tools. */
static void describe_not_unity(const char *message, struct error *error)
{
    error_set(error, E_RPC_ERROR, "%s", message);
    error_set_next(error, "Open the project in Unity: this tool needs the Editor.");
}

/* Carries the answer's data and code into the details, as the server sent them. */
static void add_answer_details(const cJSON *fault, struct slice raw_fault, struct error *error)
{
    struct slice data = json_member(raw_fault, "data");
    const cJSON *code = json_get(fault, "code");
    if (cJSON_IsNumber(code)) {
        char *text = json_print(code);
        error_add_detail_json(error, "rpcCode", text);
        free(text);
    }
    if (data.data) {
        char *text = memory_copy_bytes(data.data, data.length);
        error_add_detail_json(error, "data", text);
        free(text);
    }
}

static enum rpc_answer read_error(struct slice raw, struct rpc_said *said, struct error *error)
{
    const char *reason = "its error is no object";
    cJSON *fault = json_is_object(raw) ? json_parse(raw, &reason) : NULL;
    if (!fault)
        return malformed(error, reason);
    const cJSON *data = json_get(fault, "data");
    const char *type = json_string(data, "type");
    const char *message = json_string(data, "message");
    if (!message)
        message = json_string(fault, "message");
    if (!message)
        message = "The Editor answered with an error that has no message.";
    if (type && strcmp(type, "server_busy") == 0)
        describe_busy(data, message, error);
    else if (type && strcmp(type, "cli_update_required") == 0)
        describe_update(data, message, said, error);
    else if (type && strcmp(type, "security_blocked") == 0)
        describe_security(data, message, error);
    else if (type && strcmp(type, "unauthorized") == 0)
        describe_unauthorized(message, error);
    else if (type && strcmp(type, "not_unity") == 0)
        describe_not_unity(message, error);
    else
        error_set(error, E_RPC_ERROR, "%s", message);
    add_answer_details(fault, raw, error);
    cJSON_Delete(fault);
    return RPC_ERROR;
}

enum rpc_answer rpc_read_answer(struct slice payload, int64_t id, struct rpc_said *said,
                                struct error *error)
{
    *said = (struct rpc_said){0};
    payload = json_skip_bom(payload);
    const char *fault = json_check(payload, NULL);
    if (fault)
        return malformed(error, fault);
    if (!json_is_object(payload))
        return malformed(error, "it is no object");
    struct slice raw_id = json_member(payload, "id");
    struct slice raw_error = json_member(payload, "error");
    /* A server that could not read the request cannot repeat its id: such an error answers with
     * null. */
    bool unread = raw_error.data && slice_equals(raw_id, "null");
    if (!raw_id.data)
        return malformed(error, "it has no id");
    if (is_progress(payload, said))
        return RPC_PROGRESS;
    if (!is_id(raw_id, id) && !unread)
        return malformed(error, "its id belongs to another request");
    if (raw_error.data && !slice_equals(raw_error, "null"))
        return read_error(raw_error, said, error);
    said->result = json_member(payload, "result");
    if (!said->result.data)
        return malformed(error, "it has neither a result nor an error");
    return json_is_object(said->result) ? RPC_RESULT : malformed(error, "its result is no object");
}
