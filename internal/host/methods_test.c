#include "host/methods.h"

#include "host/pattern.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct console console;
static struct project project = {.root = (char *)"/nowhere", .endpoint_name = (char *)"x"};

/* Calls a method as the server does; NULL when it refuses. */
static cJSON *call(const char *name, const char *params_text)
{
    struct service service = {.project = &project, .console = &console};
    struct rpc_fault fault = {0};
    struct buffer result = {0};
    cJSON *params = json_parse(slice_of(params_text), NULL), *parsed = NULL;
    const struct method *method = method_find(name, &fault);
    cr_assert(params && method);
    if (method_check(method, params, &fault) && method->answer(&service, params, &result, &fault)) {
        parsed = json_parse(buffer_slice(&result), NULL);
        cr_assert(parsed, "no JSON: %s", result.data);
    } else {
        cr_expect_eq(fault.code, RPC_INVALID_PARAMS);
    }
    buffer_clear(&result);
    rpc_fault_clear(&fault);
    cJSON_Delete(params);
    return parsed;
}

static void expect_refused(const char *name, const char *params_text)
{
    cJSON *result = call(name, params_text);
    cr_expect_null(result, "%s %s", name, params_text);
    cJSON_Delete(result);
}

/* The messages that get-logs shows, one after the other. */
static void expect_logs(const char *params_text, int total, const char *messages)
{
    struct buffer shown = {0};
    const cJSON *entry = NULL;
    cJSON *result = call("get-logs", params_text);
    cJSON_ArrayForEach(entry, json_get(result, "Logs"))
    {
        buffer_append_format(&shown, "%s ", json_string(entry, "Message"));
    }
    cr_expect_str_eq(shown.data ? shown.data : "", messages, "%s", params_text);
    cr_expect_eq(json_whole_number(result, "TotalCount", -1), total);
    buffer_clear(&shown);
    cJSON_Delete(result);
}

static void fill_console(void)
{
    console_add(&console, CONSOLE_LOG, false, "one");
    console_add(&console, CONSOLE_WARNING, false, "two");
    console_add(&console, CONSOLE_ERROR, false, "three");
    console_add(&console, CONSOLE_ERROR, false, "onerous");
}

static void empty_console(void)
{
    console_clear(&console);
}

TestSuite(methods, .init = fill_console, .fini = empty_console);

Test(methods, names_what_there_is_when_a_method_is_unknown)
{
    struct rpc_fault fault = {0};
    cr_expect_null(method_find("get-hierarchy", &fault));
    cr_expect_eq(fault.code, RPC_METHOD_NOT_FOUND);
    cr_expect(strstr(fault.message, "get-hierarchy") && strstr(fault.message, "not a Unity"));
    rpc_fault_clear(&fault);
}

Test(methods, says_in_get_version_that_it_is_not_unity)
{
    static const char *const TEXTS[] = {
        "UnityVersion",       "Platform",    "DataPath",    "PersistentDataPath",
        "TemporaryCachePath", "ProductName", "CompanyName", "Ver"};
    cJSON *result = call("get-version", "{}");
    for (size_t at = 0; at < sizeof(TEXTS) / sizeof(TEXTS[0]); at++)
        cr_expect(json_string(result, TEXTS[at]), "%s", TEXTS[at]);
    cr_expect(cJSON_IsFalse(json_get(result, "IsEditor")));
    cr_expect(strstr(json_string(result, "Platform"), "without a Unity Editor"));
    cr_expect(strstr(json_string(result, "Ver"), "not Unity"));
    cJSON_Delete(result);
}

Test(methods, lists_only_the_tools_it_has)
{
    cJSON *result = call("get-tool-details", "{\"IncludeDevelopmentOnly\":true}");
    const cJSON *tools = json_get(result, "Tools");
    cr_assert_eq(cJSON_GetArraySize(tools), 3);
    cr_expect_str_eq(json_string(cJSON_GetArrayItem(tools, 0), "name"), "compile");
    cr_expect_str_eq(json_string(cJSON_GetArrayItem(tools, 1), "name"), "get-logs");
    cr_expect_str_eq(json_string(cJSON_GetArrayItem(tools, 2), "name"), "clear-console");
    cJSON_Delete(result);
}

Test(methods, describes_parameters_in_the_contracts_shape)
{
    cJSON *result = call("get-tool-details", "{}");
    const cJSON *get_logs = cJSON_GetArrayItem(json_get(result, "Tools"), 1);
    const cJSON *schema = json_get(get_logs, "parameterSchema");
    const cJSON *type = json_get(json_get(schema, "Properties"), "LogType");
    cr_expect(cJSON_IsArray(json_get(schema, "Required")));
    cr_expect(cJSON_IsFalse(json_get(get_logs, "displayDevelopmentOnly")));
    cr_expect_str_eq(json_string(type, "Type"), "string");
    cr_expect_str_eq(json_string(type, "DefaultValue"), "All");
    cr_expect_eq(cJSON_GetArraySize(json_get(type, "Enum")), 4);
    cr_expect(json_string(type, "Description"));
    cJSON_Delete(result);
}

Test(methods, refuses_parameters_of_the_wrong_type)
{
    expect_refused("get-logs", "{\"MaxCount\":\"7\"}");
    expect_refused("get-logs", "{\"MaxCount\":1.5}");
    expect_refused("get-logs", "{\"MaxCount\":-1}");
    expect_refused("get-logs", "{\"MaxCount\":1e300}");
    expect_refused("get-logs", "{\"LogType\":7}");
    expect_refused("get-logs", "{\"LogType\":\"Fatal\"}");
    expect_refused("get-logs", "{\"SearchText\":{}}");
    expect_refused("get-logs", "{\"IncludeStackTrace\":\"true\"}");
    expect_refused("get-logs", "{\"UseRegex\":1}");
    expect_refused("clear-console", "{\"AddConfirmationMessage\":0}");
}

Test(methods, passes_over_parameters_that_are_null_or_unknown)
{
    expect_logs("{\"MaxCount\":null,\"Nonsense\":[1,2],\"UseRegex\":false}", 4,
                "onerous three two one ");
}

Test(methods, shows_the_newest_logs_first)
{
    expect_logs("{}", 4, "onerous three two one ");
    expect_logs("{\"MaxCount\":2}", 4, "onerous three ");
    expect_logs("{\"maxcount\":1}", 4, "onerous ");
    expect_logs("{\"MaxCount\":0}", 4, "");
}

Test(methods, filters_logs_by_type_and_text)
{
    expect_logs("{\"LogType\":\"Error\"}", 2, "onerous three ");
    expect_logs("{\"LogType\":\"Warning\"}", 1, "two ");
    expect_logs("{\"LogType\":\"Log\"}", 1, "one ");
    expect_logs("{\"SearchText\":\"one\"}", 2, "onerous one ");
    expect_logs("{\"SearchText\":\"one\",\"LogType\":\"Error\",\"MaxCount\":5}", 1, "onerous ");
    expect_logs("{\"SearchText\":\"none\"}", 0, "");
}

Test(methods, filters_logs_by_a_regular_expression)
{
    expect_logs("{\"UseRegex\":true}", 4, "onerous three two one ");
    expect_logs("{\"SearchText\":\"^one$|w\",\"UseRegex\":true}", 2, "two one ");
    expect_logs("{\"SearchText\":\"^.{3}$\",\"UseRegex\":true,\"LogType\":\"Log\"}", 1, "one ");
    expect_logs("{\"SearchText\":\"(?i)ONE\",\"UseRegex\":true,\"MaxCount\":1}", 2, "onerous ");
    expect_logs("{\"SearchText\":\"^one$\",\"UseRegex\":false}", 0, "");
}

Test(methods, refuses_a_regular_expression_that_is_none)
{
    expect_refused("get-logs", "{\"SearchText\":\"(\",\"UseRegex\":true}");
    expect_refused("get-logs", "{\"SearchText\":\"*\",\"UseRegex\":true}");
    expect_refused("get-logs", "{\"SearchText\":\"(((a{999}){999}){999})\",\"UseRegex\":true}");
    char *longest = memory_new(2 * PATTERN_MOST_BYTES);
    memset(longest, 'a', PATTERN_MOST_BYTES + 1);
    char *params = memory_format("{\"SearchText\":\"%s\",\"UseRegex\":true}", longest);
    expect_refused("get-logs", params);
    free(params);
    free(longest);
}

Test(methods, gives_up_a_search_that_would_keep_others_waiting)
{
    char *message = memory_new(CONSOLE_MOST_BYTES / 2);
    memset(message, 'a', CONSOLE_MOST_BYTES / 2 - 1);
    console_add(&console, CONSOLE_LOG, false, message);
    expect_refused("get-logs", "{\"SearchText\":\"(a|aa)*(a|aa)*a{100}c\",\"UseRegex\":true}");
    expect_logs("{\"SearchText\":\"b\",\"UseRegex\":true}", 0, "");
    free(message);
}

Test(methods, clears_the_console_and_counts_what_was_in_it)
{
    cJSON *result = call("clear-console", "{}");
    const cJSON *counts = json_get(result, "ClearedCounts");
    cr_expect(cJSON_IsTrue(json_get(result, "Success")));
    cr_expect_eq(json_whole_number(result, "ClearedLogCount", -1), 4);
    cr_expect_eq(json_whole_number(counts, "ErrorCount", -1), 2);
    cr_expect_eq(json_whole_number(counts, "WarningCount", -1), 1);
    cr_expect_eq(json_whole_number(counts, "LogCount", -1), 1);
    cJSON_Delete(result);
    expect_logs("{}", 0, "");
}

Test(methods, leaves_a_confirmation_when_asked)
{
    cJSON_Delete(call("clear-console", "{\"AddConfirmationMessage\":true}"));
    cr_assert_eq(console.count, 1);
    cr_expect_str_eq(console_at(&console, 0)->message, "The console was cleared.");
}
