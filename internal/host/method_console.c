#include "host/method_console.h"

#include "host/pattern.h"
#include "json/json.h"
#include "json/layout.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const char *const LOG_TYPES[] = {"Error", "Warning", "Log", "All", NULL};

enum {
    STANDARD_COUNT = 100, /* as in GET_LOGS_PARAMETERS */
};

/* What searching the console may cost: a moment in which nobody else is served. */
#define MOST_SEARCH_STEPS ((uint64_t)25000000)

static const struct parameter GET_LOGS_PARAMETERS[] = {
    {.name = "LogType",
     .type = PARAMETER_STRING,
     .description = "which kind of entries to return",
     .standard = "\"All\"",
     .allowed = LOG_TYPES},
    {.name = "MaxCount",
     .type = PARAMETER_INTEGER,
     .description = "how many entries to return at most, the newest first",
     .standard = "100"},
    {.name = "SearchText",
     .type = PARAMETER_STRING,
     .description = "return only entries whose message contains this text"},
    {.name = "UseRegex",
     .type = PARAMETER_BOOLEAN,
     .description = "take the search text as a regular expression",
     .standard = "false"},
    {.name = "SearchInStackTrace",
     .type = PARAMETER_BOOLEAN,
     .description = "search the stack traces too; there are none here",
     .standard = "false"},
    {.name = "IncludeStackTrace",
     .type = PARAMETER_BOOLEAN,
     .description = "return each entry's stack trace too; there is none here",
     .standard = "false"},
    {.name = NULL},
};

/* What is wanted of the console. */
struct log_query {
    const char *type, *text;
    struct pattern *pattern; /* owned; NULL to search for the text itself */
    uint64_t steps;          /* that are left to the pattern */
    size_t most;
    bool with_stack_trace;
};

static struct log_query read_query(const cJSON *params)
{
    const cJSON *most = json_get_any_case(params, "MaxCount");
    const char *type = params_text(params, "LogType"), *text = params_text(params, "SearchText");
    return (struct log_query){
        .type = type ? type : "All",
        .text = text ? text : "",
        .steps = MOST_SEARCH_STEPS,
        .most = cJSON_IsNumber(most) ? (size_t)most->valueint : STANDARD_COUNT,
        .with_stack_trace = params_flag(params, "IncludeStackTrace"),
    };
}

/* Reads the pattern where one is wanted. */
static bool open_query(struct log_query *query, const cJSON *params, struct rpc_fault *fault)
{
    const char *wrong = NULL;
    *query = read_query(params);
    if (!params_flag(params, "UseRegex"))
        return true;
    query->pattern = pattern_new(query->text, &wrong);
    if (query->pattern)
        return true;
    return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                         "SearchText is not a regular expression that this server supports: %s.",
                         wrong);
}

static bool matches(struct log_query *query, const struct console_entry *entry)
{
    if (strcmp(query->type, "All") != 0 && strcmp(query->type, console_type_name(entry->type)) != 0)
        return false;
    if (!query->pattern)
        return strstr(entry->message, query->text);
    return pattern_find(query->pattern, slice_of(entry->message), &query->steps) == PATTERN_FOUND;
}

static void append_entry(struct buffer *out, const struct console_entry *entry,
                         bool with_stack_trace)
{
    buffer_append_format(out, "{\"Type\":\"%s\",\"Message\":", console_type_name(entry->type));
    json_quote(out, entry->message);
    buffer_append_format(out, ",\"StackTrace\":%s}", with_stack_trace ? "\"\"" : "null");
}

/* Appends the entries that match, the newest first; *total counts those beyond `most` too. */
static void append_logs(struct buffer *out, const struct console *console, struct log_query *query,
                        size_t *total, size_t *shown)
{
    for (size_t at = console->count; at > 0; at--) {
        const struct console_entry *entry = console_at(console, at - 1);
        if (!matches(query, entry) || (*total)++ >= query->most)
            continue;
        if ((*shown)++ > 0)
            buffer_append_char(out, ',');
        append_entry(out, entry, query->with_stack_trace);
    }
}

static bool get_logs(struct service *service, const cJSON *params, struct buffer *result,
                     struct rpc_fault *fault)
{
    struct log_query query;
    struct buffer logs = {0};
    size_t total = 0, shown = 0;
    if (!open_query(&query, params, fault))
        return false;
    append_logs(&logs, service->console, &query, &total, &shown);
    pattern_free(query.pattern);
    if (query.steps == 0) {
        buffer_clear(&logs);
        return rpc_fault_set(fault, RPC_INVALID_PARAMS, NULL,
                             "SearchText takes too long to search for in this console.");
    }
    buffer_append_format(result, "{\"TotalCount\":%zu,\"DisplayedCount\":%zu,\"LogType\":\"%s\"",
                         total, shown, query.type);
    buffer_append_format(result, ",\"MaxCount\":%zu,\"SearchText\":", query.most);
    json_quote(result, query.text);
    buffer_append_format(result, ",\"IncludeStackTrace\":%s,\"Logs\":[",
                         query.with_stack_trace ? "true" : "false");
    buffer_append(result, logs.data, logs.length);
    buffer_append_string(result, "]}");
    buffer_clear(&logs);
    return true;
}

const struct method method_get_logs = {
    .name = "get-logs",
    .description = "read the entries of this server's console",
    .kind = METHOD_TOOL,
    .parameters = GET_LOGS_PARAMETERS,
    .answer = get_logs,
};

static const struct parameter CLEAR_CONSOLE_PARAMETERS[] = {
    {.name = "AddConfirmationMessage",
     .type = PARAMETER_BOOLEAN,
     .description = "leave one entry that says the console was cleared",
     .standard = "false"},
    {.name = NULL},
};

static bool clear_console(struct service *service, const cJSON *params, struct buffer *result,
                          struct rpc_fault *fault)
{
    size_t counts[CONSOLE_TYPE_COUNT] = {0};
    size_t count = service->console->count;
    (void)fault;
    for (size_t at = 0; at < count; at++)
        counts[console_at(service->console, at)->type]++;
    console_clear(service->console);
    if (params_flag(params, "AddConfirmationMessage"))
        console_add(service->console, CONSOLE_LOG, false, "The console was cleared.");
    buffer_append_format(result,
                         "{\"Success\":true,\"ClearedLogCount\":%zu,\"ClearedCounts\":{"
                         "\"ErrorCount\":%zu,\"WarningCount\":%zu,\"LogCount\":%zu},"
                         "\"Message\":\"Cleared %zu entries.\",\"ErrorMessage\":\"\"}",
                         count, counts[CONSOLE_ERROR], counts[CONSOLE_WARNING], counts[CONSOLE_LOG],
                         count);
    return true;
}

const struct method method_clear_console = {
    .name = "clear-console",
    .description = "empty this server's console",
    .kind = METHOD_TOOL,
    .parameters = CLEAR_CONSOLE_PARAMETERS,
    .answer = clear_console,
};
