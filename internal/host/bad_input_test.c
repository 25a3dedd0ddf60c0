/* Every method, asked with parameters that are missing, unknown, of the wrong type or huge: each
 * question gets its answer, nothing is done for a wrong one, and the host lives. */

#include "host/serving_test.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULTS "Temp/UnityCliLoop/compile-results"

enum {
    ANSWERED = 0,
    INVALID_PARAMS = -32602,
};

static const char *const METHODS[] = {"compile",     "get-logs",         "clear-console",
                                      "get-version", "get-tool-details", "get-compile-status"};

enum {
    METHOD_COUNT = sizeof(METHODS) / sizeof(METHODS[0]),
};

/* A host that has compiled already: from now on nothing changes, and nothing is loaded. */
static struct serving *serve(void)
{
    struct serving *serving = serving_with("");
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_await_reload(serving);
    return serving;
}

/* Nothing was compiled anew. */
static void end_same(struct serving *serving)
{
    char *generation = serving_generation(serving);
    cr_expect_str_eq(generation, serving->generation);
    serving_expect_alive(serving);
    serving_stop(serving);
    free(generation);
}

/* Nothing was stored either. */
static void end(struct serving *serving)
{
    cr_expect_not(temp_project_has(serving->project, RESULTS));
    end_same(serving);
}

static void expect_code(cJSON *answer, int code, const char *method, const char *params)
{
    const cJSON *error = json_get(answer, "error");
    int64_t got = error ? json_whole_number(error, "code", 1) : ANSWERED;
    cr_expect(answer && (error || json_get(answer, "result")), "%s %.80s: no answer", method,
              params);
    cr_expect_eq(got, code, "%s %.80s: %d instead of %d", method, params, (int)got, code);
    cJSON_Delete(answer);
}

/* The parameters as they stand behind "params": in the request. */
static void expect(struct serving *serving, const char *method, const char *params, int code)
{
    expect_code(serving_call(serving, method, params), code, method, params);
}

static void expect_of_all(struct serving *serving, const char *params, int code)
{
    for (size_t at = 0; at < METHOD_COUNT; at++)
        expect(serving, METHODS[at], params, code);
}

Test(bad_input, of_no_parameters_is_none)
{
    struct serving *serving = serve();
    for (size_t at = 0; at < METHOD_COUNT; at++) {
        char *payload =
            memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"id\":1}", METHODS[at]);
        int connection = serving_connect(serving);
        serving_send_frame(connection, payload);
        expect_code(serving_receive(connection), ANSWERED, METHODS[at], "(missing)");
        (void)close(connection);
        free(payload);
    }
    expect_of_all(serving, "null", ANSWERED);
    expect_of_all(serving, "{}", ANSWERED);
    expect(serving, "compile", "{\"WaitForDomainReload\":true}", INVALID_PARAMS);
    expect(serving, "get-logs", "{\"UseRegex\":true}", ANSWERED);
    end(serving);
}

Test(bad_input, of_unknown_parameters_is_passed_over)
{
    struct serving *serving = serve();
    expect_of_all(serving, "{\"Nonsense\":{\"RequestId\":\"../evil\"},\"\":[1,null,{}]}", ANSWERED);
    expect_of_all(serving, "{\"Request\\u0049d2\":\"../evil\",\"jsonrpc\":\"1.0\"}", ANSWERED);
    end(serving);
}

Test(bad_input, of_no_object_is_refused)
{
    static const char *const OTHERS[] = {"[]",   "[{}]", "[1,2]", "\"compile\"", "\"\"",
                                         "true", "7",    "-1e9",  "false"};
    struct serving *serving = serve();
    for (size_t at = 0; at < sizeof(OTHERS) / sizeof(OTHERS[0]); at++)
        expect_of_all(serving, OTHERS[at], INVALID_PARAMS);
    end(serving);
}

/* Values by their type, and the parameters that take one type. */
enum type {
    BOOLEAN,
    COUNT,
    TEXT,
    LOG_TYPE,
    NEITHER,
};

static const struct {
    const char *json;
    enum type type;
} VALUES[] = {
    {"true", BOOLEAN},
    {"false", BOOLEAN},
    {"7", COUNT},
    {"0", COUNT},
    {"2147483647", COUNT},
    {"2147483648", NEITHER},
    {"-1", NEITHER},
    {"1.5", NEITHER},
    {"1e300", NEITHER},
    {"1e999", NEITHER},
    {"123456789012345678901234567890", NEITHER},
    {"\"x\"", TEXT},
    {"\"true\"", TEXT},
    {"\"7\"", TEXT},
    {"\"Error\"", LOG_TYPE},
    {"[]", NEITHER},
    {"[true]", NEITHER},
    {"{}", NEITHER},
};

static const struct {
    const char *method, *name;
    enum type type;
} PARAMETERS[] = {
    {"compile", "ForceRecompile", BOOLEAN},
    {"compile", "RequestId", TEXT},
    {"get-logs", "LogType", LOG_TYPE},
    {"get-logs", "MaxCount", COUNT},
    {"get-logs", "SearchText", TEXT},
    {"get-logs", "UseRegex", BOOLEAN},
    {"get-logs", "SearchInStackTrace", BOOLEAN},
    {"get-logs", "IncludeStackTrace", BOOLEAN},
    {"clear-console", "AddConfirmationMessage", BOOLEAN},
    {"get-tool-details", "IncludeDevelopmentOnly", BOOLEAN},
    {"get-compile-status", "RequestId", TEXT},
};

static bool is_taken(enum type value, enum type parameter)
{
    return value == parameter || (value == LOG_TYPE && parameter == TEXT);
}

Test(bad_input, of_the_wrong_type_is_refused)
{
    struct serving *serving = serve();
    for (size_t at = 0; at < sizeof(PARAMETERS) / sizeof(PARAMETERS[0]); at++) {
        for (size_t value = 0; value < sizeof(VALUES) / sizeof(VALUES[0]); value++) {
            bool taken = is_taken(VALUES[value].type, PARAMETERS[at].type);
            if (taken && strcmp(PARAMETERS[at].name, "ForceRecompile") == 0)
                continue; /* which would compile */
            char *params = memory_format("{\"%s\":%s}", PARAMETERS[at].name, VALUES[value].json);
            expect(serving, PARAMETERS[at].method, params, taken ? ANSWERED : INVALID_PARAMS);
            free(params);
        }
    }
    for (size_t value = 0; value < sizeof(VALUES) / sizeof(VALUES[0]); value++) {
        char *params = memory_format("{\"WaitForDomainReload\":%s}", VALUES[value].json);
        if (strcmp(VALUES[value].json, "false") != 0)
            expect(serving, "compile", params, INVALID_PARAMS);
        free(params);
    }
    end(serving);
}

/* A parameter's name in any case is that parameter, and of two by one name neither passes by. */
Test(bad_input, is_found_by_any_spelling_and_in_any_place)
{
    struct serving *serving = serve();
    expect(serving, "get-logs", "{\"MAXCOUNT\":\"x\"}", INVALID_PARAMS);
    expect(serving, "compile", "{\"waitfordomainreload\":true,\"requestid\":\"../evil\"}",
           INVALID_PARAMS);
    expect(serving, "compile",
           "{\"WaitForDomainReload\":true,\"requestId\":\"../evil\",\"RequestID\":\"../evil\"}",
           INVALID_PARAMS);
    end(serving);
}

static char *params_of_length(const char *name, size_t length)
{
    char *text = memory_new(length + 1);
    memset(text, 'a', length);
    char *params = memory_format("{\"%s\":\"%s\"}", name, text);
    free(text);
    return params;
}

Test(bad_input, that_is_huge_is_refused_or_passed_over)
{
    static const size_t MANY = 50000;
    struct serving *serving = serve();
    struct buffer members = {0};
    char *large = params_of_length("Nonsense", 1000000);
    char *too_large = params_of_length("Nonsense", (size_t)1024 * 1024);
    char *far_too_large = params_of_length("RequestId", (size_t)60 * 1024 * 1024);
    for (size_t at = 0; at < MANY; at++)
        buffer_append_format(&members, "%c\"n%zu\":%zu", at == 0 ? '{' : ',', at, at);
    buffer_append_char(&members, '}');
    expect_of_all(serving, large, ANSWERED);
    expect_of_all(serving, members.data, ANSWERED);
    expect_of_all(serving, too_large, INVALID_PARAMS);
    expect(serving, "get-version", far_too_large, INVALID_PARAMS);
    expect(serving, "compile", far_too_large, INVALID_PARAMS);
    free(far_too_large);
    free(too_large);
    free(large);
    buffer_clear(&members);
    end(serving);
}

/* A text of so many letters in quotes. The caller frees. */
static char *quoted_text(size_t length)
{
    char *text = memory_new(length + 3);
    memset(text, 'a', length + 2);
    text[0] = text[length + 1] = '"';
    return text;
}

/* The member is not looked at, but has to be read over. */
Test(bad_input, of_60_mebibytes_beside_the_parameters_is_read_over)
{
    const size_t length = (size_t)60 * 1024 * 1024;
    struct serving *serving = serve();
    char *text = quoted_text(length);
    char *payload = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,"
                                  "\"other\":%s}",
                                  text);
    int connection = serving_connect(serving);
    for (int times = 0; times < 2; times++) {
        serving_send_frame(connection, payload);
        cJSON *answer = serving_receive(connection);
        cr_expect(json_get(answer, "result"));
        cJSON_Delete(answer);
    }
    (void)close(connection);
    end(serving);
    free(payload);
    free(text);
}

/* Before the large request is answered, many others are. */
Test(bad_input, of_60_mebibytes_keeps_nobody_waiting)
{
    enum {
        NUMBERS = 30 * 1024 * 1024
    };
    struct serving *serving = serve();
    struct buffer payload = {0};
    int others = 0;
    char byte;
    buffer_append_string(&payload, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,"
                                   "\"other\":[1");
    for (size_t at = 0; at < NUMBERS; at++)
        buffer_append(&payload, ",1", 2);
    buffer_append_string(&payload, "]}");
    int connection = serving_connect(serving);
    serving_send_frame(connection, payload.data);
    while (recv(connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0) {
        serving_expect_alive(serving);
        others++;
    }
    cr_expect_gt(others, 20);
    expect_code(serving_receive(connection), ANSWERED, "get-version", "(large)");
    /* A notification of that size is followed by the next request. */
    char *notification = strstr(payload.data, ",\"id\":1");
    memcpy(notification, ",\"no\":1", strlen(",\"no\":1"));
    serving_send_frame(connection, payload.data);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":2}");
    cJSON *answer = serving_receive(connection);
    cr_expect_eq(json_whole_number(answer, "id", 0), 2);
    cJSON_Delete(answer);
    (void)close(connection);
    buffer_clear(&payload);
    end(serving);
}

/* Its client may leave, and the host may be told to stop, before it was read. */
Test(bad_input, of_60_mebibytes_outlives_neither_its_client_nor_the_host)
{
    struct serving *serving = serve();
    char *text = quoted_text((size_t)60 * 1024 * 1024);
    char *payload = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"compile\",\"id\":1,"
                                  "\"other\":%s}",
                                  text);
    int gone = serving_connect(serving), waiting = serving_connect(serving);
    serving_send_frame(gone, payload);
    (void)close(gone);
    serving_send_frame(waiting, payload);
    serving_expect_alive(serving);
    serving_stop(serving);
    (void)close(waiting);
    free(payload);
    free(text);
}

Test(bad_input, that_is_a_huge_value_is_refused_where_it_has_no_meaning)
{
    struct serving *serving = serve();
    char *text = params_of_length("SearchText", 1000000);
    char *type = params_of_length("LogType", 1000000);
    char *id = params_of_length("RequestId", 10000);
    expect(serving, "get-logs", text, ANSWERED);
    expect(serving, "get-logs", type, INVALID_PARAMS);
    expect(serving, "compile", id, INVALID_PARAMS);
    expect(serving, "get-compile-status", id, INVALID_PARAMS);
    free(text);
    free(type);
    free(id);
    end(serving);
}

/* A request id becomes a part of a path: only what cannot lead anywhere is one. */
Test(bad_input, of_a_request_id_leads_nowhere)
{
    static const char *const IDS[] = {
        "../evil",   "../../evil",     "..",         ".",         "/tmp/evil", "a/b",
        "a\\\\b",    "C:evil",         "a.b",        "a b",       "",          "a\\u0000",
        "\\u0000",   "..\\u0000/a",    "\\u202e",    "a\\nb",     "~",         "$(touch evil)",
        "%2e%2e%2f", "\\ud83d\\ude00", "-\\u002f..", "evil.json", "a;b",       "*"};
    struct serving *serving = serve();
    size_t root = temp_project_count(serving->project, "");
    size_t folder = temp_project_count(serving->project, "Temp/UnityCliLoop");
    for (size_t at = 0; at < sizeof(IDS) / sizeof(IDS[0]); at++) {
        char *params =
            memory_format("{\"WaitForDomainReload\":true,\"RequestId\":\"%s\"}", IDS[at]);
        expect(serving, "compile", params, INVALID_PARAMS);
        expect(serving, "get-compile-status", params, INVALID_PARAMS);
        free(params);
    }
    cr_expect_eq(temp_project_count(serving->project, ""), root);
    cr_expect_eq(temp_project_count(serving->project, "Temp/UnityCliLoop"), folder);
    end(serving);
}

/* Compiles with a result to be stored, while a link leads from `link` to a folder of others. */
static void expect_nothing_through(const char *link, bool is_refused)
{
    struct serving *serving = serve();
    struct temp_project *elsewhere = temp_folder_new();
    const char *path = temp_project_path(serving->project, link);
    const char *precious = temp_project_write(elsewhere, "precious", "kept");
    bool is_folder = strstr(link, ".json") == NULL;
    if (!is_folder)
        temp_project_make_folder(serving->project, RESULTS);
    cr_assert_eq(symlink(is_folder ? elsewhere->root : precious, path), 0);
    cJSON *answer =
        serving_call(serving, "compile", "{\"WaitForDomainReload\":true,\"RequestId\":\"one\"}");
    cr_expect_eq(json_get(answer, "error") != NULL, is_refused);
    cJSON_Delete(answer);
    cr_expect_eq(temp_project_count(elsewhere, ""), (size_t)1);
    cr_expect_str_eq(temp_project_read(elsewhere, "precious"), "kept");
    end_same(serving);
}

Test(bad_input, of_a_link_in_place_of_results_writes_nothing_elsewhere)
{
    expect_nothing_through(RESULTS, true);
    expect_nothing_through(RESULTS "/one.json", false); /* it is replaced */
}

Test(bad_input, of_a_file_in_place_of_the_results_folder_is_told)
{
    struct serving *serving = serve();
    temp_project_write(serving->project, RESULTS, "");
    cJSON *answer =
        serving_call(serving, "compile", "{\"WaitForDomainReload\":true,\"RequestId\":\"one\"}");
    const char *message = json_string(json_get(answer, "error"), "message");
    cr_expect(message && strstr(message, "compile-results"), "%s", message);
    serving_expect_fault(answer, -32603);
    expect(serving, "compile", "{}", ANSWERED);
    end_same(serving);
}
