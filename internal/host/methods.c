#include "host/methods.h"

#include "host/method_compile_status.h"
#include "host/method_console.h"
#include "host/method_details.h"

#include "json/json.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

static const struct parameter COMPILE_PARAMETERS[] = {
    {.name = "ForceRecompile",
     .type = PARAMETER_BOOLEAN,
     .description = "compile every script again, also those that did not change",
     .standard = "false"},
    {.name = "WaitForDomainReload",
     .type = PARAMETER_BOOLEAN,
     .description = "also store the result as a file, so that it can be had after the reload"},
    {.name = "RequestId",
     .type = PARAMETER_STRING,
     .description = "name of the stored result: 1 to 128 letters, digits, '_' and '-'"},
    {.name = NULL},
};

const struct method method_compile = {
    .name = "compile",
    .description = "compile the project's scripts with the C# compiler found on this machine",
    .kind = METHOD_TOOL,
    .parameters = COMPILE_PARAMETERS,
};

static const struct method *const METHODS[] = {
    &method_compile,
    &method_get_logs,
    &method_clear_console,
    &method_get_version,
    &method_get_tool_details,
    &method_get_compile_status,
    NULL,
};

const struct method *const *methods_all(void)
{
    return METHODS;
}

const struct method *method_find(const char *name, struct rpc_fault *fault)
{
    for (const struct method *const *at = METHODS; *at; at++) {
        if (strcmp((*at)->name, name) == 0)
            return *at;
    }
    rpc_fault_set(fault, RPC_METHOD_NOT_FOUND, "not_unity",
                  "There is no method %s: this is `uloop serve`, not a Unity Editor. It has "
                  "compile, get-logs, clear-console, get-version, get-tool-details and "
                  "get-compile-status.",
                  name);
    return NULL;
}

static bool check_integer(const struct parameter *parameter, const cJSON *value,
                          struct rpc_fault *fault)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : -1;
    if (number >= 0 && number <= INT_MAX && number == (double)(int)number)
        return true;
    return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "%s must be a whole number from 0 to %d.",
                         parameter->name, INT_MAX);
}

static bool check_text(const struct parameter *parameter, const cJSON *value,
                       struct rpc_fault *fault)
{
    const char *text = cJSON_GetStringValue(value);
    struct buffer choices = {0};
    if (!text)
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "%s must be a string.",
                             parameter->name);
    if (!parameter->allowed)
        return true;
    for (const char *const *allowed = parameter->allowed; *allowed; allowed++) {
        if (strcmp(text, *allowed) == 0) {
            buffer_clear(&choices);
            return true;
        }
        buffer_append_format(&choices, "%s%s", choices.length > 0 ? ", " : "", *allowed);
    }
    rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "%s must be one of: %s.", parameter->name,
                  choices.data);
    buffer_clear(&choices);
    return false;
}

bool method_check(const struct method *method, const cJSON *params, struct rpc_fault *fault)
{
    for (const struct parameter *at = method->parameters; at && at->name; at++) {
        const cJSON *value = json_get_any_case(params, at->name);
        if (!value || cJSON_IsNull(value))
            continue;
        if (at->type == PARAMETER_BOOLEAN && !cJSON_IsBool(value))
            return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL, "%s must be true or false.",
                                 at->name);
        if (at->type == PARAMETER_INTEGER && !check_integer(at, value, fault))
            return false;
        if (at->type == PARAMETER_STRING && !check_text(at, value, fault))
            return false;
    }
    return true;
}

bool params_flag(const cJSON *params, const char *name)
{
    return cJSON_IsTrue(json_get_any_case(params, name));
}

const char *params_text(const cJSON *params, const char *name)
{
    return cJSON_GetStringValue(json_get_any_case(params, name));
}
