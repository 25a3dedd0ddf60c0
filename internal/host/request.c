#include "host/request.h"

#include "json/json.h"
#include "json/layout.h"
#include "json/scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* What is parsed into a tree, which takes many times its size. It is all that an Editor takes
     * of a whole message. */
    MOST_PARSED_BYTES = 1024 * 1024,
    MOST_METHOD_LENGTH = 200,
    MOST_DIGITS = 15,
};

bool rpc_fault_set(struct rpc_fault *fault, enum rpc_code code, const char *type,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    rpc_fault_clear(fault);
    fault->code = code;
    fault->type = type;
    fault->message = message;
    return false;
}

void rpc_fault_add(struct rpc_fault *fault, const char *name, const char *value)
{
    struct buffer data = {0};
    buffer_append_format(&data, "%s,\"%s\":", fault->data ? fault->data : "", name);
    json_quote(&data, value);
    free(fault->data);
    fault->data = buffer_take(&data);
}

void rpc_fault_add_number(struct rpc_fault *fault, const char *name, int64_t value)
{
    char *data = memory_format("%s,\"%s\":%" PRId64, fault->data ? fault->data : "", name, value);
    free(fault->data);
    fault->data = data;
}

void rpc_fault_clear(struct rpc_fault *fault)
{
    free(fault->message);
    free(fault->data);
    *fault = (struct rpc_fault){0};
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void request_find_parts(struct slice payload, struct request_parts *parts)
{
    static const char *const NAMES[] = {"id", "jsonrpc", "method", "params", "x-uloop", "uloop"};
    static const char *const SENDER[] = {"token", "protocolVersion", "acceptsDispatchAck",
                                         "acceptsHeartbeat"};
    struct slice found[COUNT(NAMES)], sender[COUNT(SENDER)];
    payload = json_skip_bom(payload);
    *parts = (struct request_parts){0};
    parts->broken = json_check(payload, &parts->broken_at);
    if (parts->broken)
        return;
    parts->is_object = json_is_object(payload);
    json_members(payload, NAMES, found, COUNT(NAMES));
    json_members(found[5], SENDER, sender, COUNT(SENDER));
    parts->id = found[0];
    parts->version = found[1];
    parts->method = found[2];
    parts->params = found[3];
    parts->project = found[4];
    parts->project_root = json_member(found[4], "expectedProjectRoot");
    parts->token = sender[0];
    parts->protocol_version = sender[1];
    parts->ack = sender[2];
    parts->heartbeat = sender[3];
}

/* A part that is a string; NULL with nothing set when it is missing or no string. The caller frees.
 */
static char *read_string(struct slice raw)
{
    cJSON *value = raw.data && raw.length <= MOST_PARSED_BYTES ? json_parse(raw, NULL) : NULL;
    char *text = memory_copy_string(cJSON_GetStringValue(value));
    cJSON_Delete(value);
    return text;
}

/* Numbers, strings and null may be an id. */
static bool is_id(struct slice raw)
{
    return raw.length <= MOST_PARSED_BYTES && raw.data[0] != '{' && raw.data[0] != '[' &&
           raw.data[0] != 't' && raw.data[0] != 'f';
}

/* "x-uloop" says for which project the request is; without it, it is for whoever gets it. */
static bool check_project(const struct request_parts *parts, const char *project_root,
                          struct rpc_fault *fault)
{
    if (!parts->project.data)
        return true;
    if (!json_is_object(parts->project))
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL, "x-uloop must be an object.");
    if (!parts->project_root.data || slice_equals(parts->project_root, "null"))
        return true;
    char *expected = read_string(parts->project_root);
    if (!expected)
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL,
                             "x-uloop.expectedProjectRoot must be a string.");
    bool ours = strcmp(expected, project_root) == 0;
    if (!ours) {
        rpc_fault_set(fault, RPC_INVALID_REQUEST, "project_mismatch",
                      "The request is meant for the project %s, but this server has %s.", expected,
                      project_root);
        rpc_fault_add(fault, "expectedProjectRoot", expected);
        rpc_fault_add(fault, "projectRoot", project_root);
    }
    free(expected);
    return ours;
}

static bool read_params(struct slice raw, struct request *request, struct rpc_fault *fault)
{
    if (!raw.data || slice_equals(raw, "null")) {
        request->params = cJSON_CreateObject();
        if (!request->params)
            memory_exhausted();
        return true;
    }
    if (!json_is_object(raw))
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                             "params must be an object of named parameters.");
    if (raw.length > MOST_PARSED_BYTES)
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "params are larger than %d bytes.",
                             (int)MOST_PARSED_BYTES);
    const char *reason = NULL;
    request->params = json_parse(raw, &reason);
    if (!request->params)
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "params cannot be read: %s.", reason);
    return true;
}

/* A whole number written in digits; 0 for anything else. */
static int64_t read_number(struct slice raw)
{
    int64_t number = 0;
    for (size_t at = 0; at < raw.length; at++) {
        if (raw.length > MOST_DIGITS || raw.data[at] < '0' || raw.data[at] > '9')
            return 0;
        number = number * 10 + (raw.data[at] - '0');
    }
    return number;
}

/* The sender says it whatever else is wrong with the request. */
static void read_sender(const struct request_parts *parts, struct request_sender *sender)
{
    struct slice token = parts->token;
    if (token.length >= 2 && token.data[0] == '"')
        sender->token = (struct slice){.data = token.data + 1, .length = token.length - 2};
    sender->protocol_version = read_number(parts->protocol_version);
    sender->accepts_ack = slice_equals(parts->ack, "true");
    sender->accepts_heartbeat = slice_equals(parts->heartbeat, "true");
}

/* What every request must have, before its method and its project are of interest. */
static bool read_envelope(const struct request_parts *parts, struct request *request,
                          struct rpc_fault *fault)
{
    if (!parts->is_object)
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL,
                             "A request must be one object; batches are not taken.");
    if (parts->id.data && !is_id(parts->id))
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL,
                             "The id must be a number, a string or null.");
    if (parts->id.data)
        request->id = memory_copy_bytes(parts->id.data, parts->id.length);
    char *version = read_string(parts->version);
    bool supported = version && strcmp(version, "2.0") == 0;
    free(version);
    if (!supported)
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL, "jsonrpc must be \"2.0\".");
    request->method = read_string(parts->method);
    if (!request->method || strlen(request->method) > MOST_METHOD_LENGTH)
        return rpc_fault_set(fault, RPC_INVALID_REQUEST, NULL,
                             "method must be a string of at most %d bytes.",
                             (int)MOST_METHOD_LENGTH);
    return true;
}

bool request_read(const struct request_parts *parts, const char *project_root,
                  struct request *request, struct rpc_fault *fault)
{
    *request = (struct request){0};
    if (parts->broken)
        return rpc_fault_set(fault, RPC_PARSE_ERROR, NULL,
                             "The request is not valid JSON: %s at byte %zu.", parts->broken,
                             parts->broken_at);
    read_sender(parts, &request->sender);
    if (!read_envelope(parts, request, fault))
        return false;
    bool taken =
        check_project(parts, project_root, fault) && read_params(parts->params, request, fault);
    if (!taken && !request->id)
        rpc_fault_clear(fault);
    return taken;
}

void request_clear(struct request *request)
{
    free(request->id);
    free(request->method);
    cJSON_Delete(request->params);
    *request = (struct request){0};
}

static void append_id(struct buffer *out, const char *id)
{
    buffer_append_format(out, "{\"jsonrpc\":\"2.0\",\"id\":%s", id ? id : "null");
}

void answer_append_ack(struct buffer *out, const char *id, uint64_t heartbeat_ms)
{
    append_id(out, id);
    buffer_append_string(out, ",\"result\":{\"accepted\":true},\"uloop\":{\"phase\":\"accepted\"");
    if (heartbeat_ms > 0)
        buffer_append_format(out, ",\"heartbeatIntervalSeconds\":%.6g",
                             (double)heartbeat_ms / 1000);
    buffer_append_string(out, "}}");
}

/* The only thread answers itself: it never stands still for long. */
void answer_append_heartbeat(struct buffer *out, const char *id)
{
    append_id(out, id);
    buffer_append_string(out, ",\"result\":{\"alive\":true},\"uloop\":{\"phase\":\"heartbeat\","
                              "\"mainThreadStallSeconds\":0}}");
}

void answer_append_result(struct buffer *out, const char *id, struct slice result)
{
    append_id(out, id);
    buffer_append_string(out, ",\"result\":");
    buffer_append(out, result.data, result.length);
    buffer_append_char(out, '}');
}

void answer_append_fault(struct buffer *out, const char *id, const struct rpc_fault *fault)
{
    append_id(out, id);
    buffer_append_format(out, ",\"error\":{\"code\":%d,\"message\":", (int)fault->code);
    json_quote(out, fault->message);
    if (fault->type) {
        buffer_append_format(out, ",\"data\":{\"type\":\"%s\",\"message\":", fault->type);
        json_quote(out, fault->message);
        buffer_append_string(out, fault->data ? fault->data : "");
        buffer_append_char(out, '}');
    }
    buffer_append_string(out, "}}");
}
