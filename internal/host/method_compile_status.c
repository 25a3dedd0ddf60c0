#include "host/method_compile_status.h"

#include "host/compile_result.h"

#include <stddef.h>

static const char *describe(const struct compile_status *status)
{
    if (status->is_compiling)
        return "A compile runs.";
    if (status->is_reloading)
        return "What was compiled is being loaded.";
    return status->is_ready ? "The server is ready." : "The server is busy.";
}

static const char *word(bool value)
{
    return value ? "true" : "false";
}

static bool get_compile_status(struct service *service, const cJSON *params, struct buffer *result,
                               struct rpc_fault *fault)
{
    const struct compile_status *status = service->compile;
    const char *request_id = params_text(params, "RequestId");
    if (request_id && !compile_request_id_is_valid(request_id))
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                             "RequestId must be 1 to 128 letters, digits, '_' and '-'.");
    struct slice found = {0};
    if (request_id)
        found = kept_results_find(status->results, request_id);
    buffer_append_format(result,
                         "{\"Ready\":%s,\"HasResult\":%s,\"IsCompiling\":%s,\"IsUpdating\":false,"
                         "\"IsDomainReloadInProgress\":%s,\"Result\":",
                         word(status->is_ready), word(found.data != NULL),
                         word(status->is_compiling), word(status->is_reloading));
    if (found.data)
        buffer_append(result, found.data, found.length);
    else
        buffer_append_string(result, "null");
    buffer_append_format(result, ",\"Message\":\"%s\"}", describe(status));
    return true;
}

static const struct parameter PARAMETERS[] = {
    {.name = "RequestId",
     .type = PARAMETER_STRING,
     .description = "the compile whose result to return"},
    {.name = NULL},
};

const struct method method_get_compile_status = {
    .name = "get-compile-status",
    .description = "tell whether a compile is over, and its result",
    .kind = METHOD_INTERNAL,
    .parameters = PARAMETERS,
    .answer = get_compile_status,
};
