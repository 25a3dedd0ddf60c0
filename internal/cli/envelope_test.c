#include "cli/envelope.h"

#include "json/json.h"
#include "json/scan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_envelope(struct error *error, const char *project_root, const char *command,
                            const char *expected)
{
    struct buffer out = {0};
    envelope_build(error, project_root, command, false, &out);
    cr_expect_str_eq(out.data, expected);
    buffer_clear(&out);
    error_clear(error);
}

Test(envelope, has_every_member_in_the_contracts_order)
{
    struct error error = {0};
    error_set(&error, E_STATE_STALE, "A stale recovery state file says \"busy\".");
    error_add_detail(&error, "phase", "reloading");
    error_add_detail(&error, "reason", NULL);
    error_add_detail_json(&error, "data", "{\"big\":12345678901234567890}");
    expect_envelope(&error, "/home/me/日本 project", "compile",
                    "{\n"
                    "  \"success\": false,\n"
                    "  \"error\": {\n"
                    "    \"errorCode\": \"UNITY_NOT_REACHABLE\",\n"
                    "    \"phase\": \"connection\",\n"
                    "    \"message\": \"A stale recovery state file says \\\"busy\\\".\",\n"
                    "    \"retryable\": true,\n"
                    "    \"safeToRetry\": true,\n"
                    "    \"projectRoot\": \"/home/me/日本 project\",\n"
                    "    \"command\": \"compile\",\n"
                    "    \"nextActions\": [\n"
                    "      \"Run `uloop fix` to remove the stale recovery state, then start the "
                    "Editor again.\"\n"
                    "    ],\n"
                    "    \"details\": {\n"
                    "      \"phase\": \"reloading\",\n"
                    "      \"reason\": null,\n"
                    "      \"data\": {\n"
                    "        \"big\": 12345678901234567890\n"
                    "      }\n"
                    "    }\n"
                    "  }\n"
                    "}\n");
}

Test(envelope, leaves_out_what_is_not_known)
{
    struct error error = {0};
    error_set(&error, E_DISCONNECTED, "gone");
    error_set_next(&error, "do %s", "this");
    expect_envelope(&error, NULL, NULL,
                    "{\n"
                    "  \"success\": false,\n"
                    "  \"error\": {\n"
                    "    \"errorCode\": \"UNITY_DISCONNECTED_AFTER_DISPATCH\",\n"
                    "    \"phase\": \"response_waiting\",\n"
                    "    \"message\": \"gone\",\n"
                    "    \"retryable\": false,\n"
                    "    \"safeToRetry\": false,\n"
                    "    \"nextActions\": [\n"
                    "      \"do this\"\n"
                    "    ]\n"
                    "  }\n"
                    "}\n");
}

/* Is safeToRetry true for this error of this command? */
static bool safe_to_retry(enum error_code code, const char *command)
{
    struct error error = {0};
    struct buffer out = {0};
    error_set(&error, code, "x");
    envelope_build(&error, NULL, command, false, &out);
    cJSON *tree = json_parse(buffer_slice(&out), NULL);
    cr_assert(tree);
    bool safe = cJSON_IsTrue(json_get(json_get(tree, "error"), "safeToRetry"));
    cJSON_Delete(tree);
    buffer_clear(&out);
    error_clear(&error);
    return safe;
}

Test(envelope, says_that_only_harmless_things_are_safe_to_retry)
{
    cr_expect(safe_to_retry(E_NOT_REACHABLE, "compile"));
    cr_expect(safe_to_retry(E_INVALID_ARGUMENT, NULL));
    cr_expect_not(safe_to_retry(E_DISCONNECTED, "compile"));
    cr_expect_not(safe_to_retry(E_RPC_ERROR, NULL));
    static const char *const reading[] = {"list", "sync", "get-version", "get-logs",
                                          "get-tool-details"};
    for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++)
        cr_expect(safe_to_retry(E_DISCONNECTED, reading[i]), "%s", reading[i]);
}

Test(envelope, is_one_line_where_it_is_to_be_compact)
{
    struct error error = {0};
    struct buffer out = {0};
    error_set(&error, E_UNKNOWN_COMMAND, "a\nb");
    envelope_build(&error, NULL, NULL, true, &out);
    static const char BEGINNING[] = "{\"success\":false,\"error\":{";
    cr_expect_eq(strncmp(out.data, BEGINNING, strlen(BEGINNING)), 0, "%s", out.data);
    cr_expect_eq(strchr(out.data, '\n'), out.data + out.length - 1, "%s", out.data);
    buffer_clear(&out);
    error_clear(&error);
}

Test(envelope, is_json_whatever_it_is_given)
{
    struct error error = {0};
    struct buffer out = {0};
    error_set(&error, E_RPC_ERROR, "a\xFF\n\"\x01\\");
    error_add_detail(&error, "k\"\xFE", "\xC0\x80");
    error_add_detail_json(&error, "broken", "{\"a\":");
    envelope_build(&error, "/p\xFF", "c\n", false, &out);
    cr_expect_null(json_check(buffer_slice(&out), NULL), "%s", out.data);
    buffer_clear(&out);
    error_clear(&error);
}

Test(envelope, can_be_made_of_every_error)
{
#define BUILD(symbol, ...)                                                                         \
    {                                                                                              \
        struct error error = {0};                                                                  \
        struct buffer out = {0};                                                                   \
        error_set(&error, symbol, "x");                                                            \
        envelope_build(&error, NULL, NULL, false, &out);                                           \
        cr_expect(strstr(out.data, error_info(symbol)->wire_code), #symbol);                       \
        buffer_clear(&out);                                                                        \
        error_clear(&error);                                                                       \
    }
    ERROR_CODES(BUILD)
#undef BUILD
}
