#include "ipc/rpc.h"

#include "ipc/frame.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <string.h>

/* Reads `payload` as the answer to request 1; the caller clears *error. */
static enum rpc_answer answer_of(const char *payload, struct rpc_said *said, struct error *error)
{
    return rpc_read_answer(slice_of(payload), 1, said, error);
}

Test(rpc, carries_both_metadata_members_and_the_parameters_byte_for_byte)
{
    struct buffer out = {0};
    struct rpc_request request = {.method = "get-logs",
                                  .params_json = "{\"Big\":12345678901234567890,\"X\":1.50}",
                                  .project_root = "/home/dev/\"quoted\"",
                                  .id = 7};
    rpc_append_request(&out, &request, &(struct destination){0});
    const char *body = strstr(out.data, "\r\n\r\n") + 4;
    cr_assert_not_null(strstr(body, "\"params\":{\"Big\":12345678901234567890,\"X\":1.50}"));
    cJSON *read = json_parse(slice_of(body), NULL);
    cr_assert_not_null(read);
    cr_assert_str_eq(json_string(read, "jsonrpc"), "2.0");
    cr_assert_str_eq(json_string(read, "method"), "get-logs");
    cr_assert_eq(json_get(read, "id")->valueint, 7);
    cr_assert_str_eq(json_string(json_get(read, "x-uloop"), "expectedProjectRoot"),
                     "/home/dev/\"quoted\"");
    cr_assert_str_eq(json_string(json_get(read, "uloop"), "cliVersion"), "3.0.0");
    cJSON_Delete(read);
    buffer_clear(&out);
}

Test(rpc, cuts_the_result_out_as_it_was_sent)
{
    struct rpc_said said;
    struct error error = {0};
    const char raw[] =
        "{ \"b\":12345678901234567890, \"a\":1.50,\"c\":1e400,\"d\":\"\\u00e9\\/\" }";
    struct buffer payload = {0};
    buffer_append_format(&payload, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}", raw);
    cr_assert_eq(answer_of(payload.data, &said, &error), RPC_RESULT);
    cr_assert(slice_equals(said.result, raw));
    buffer_clear(&payload);
}

Test(rpc, takes_frames_with_a_phase_for_progress)
{
    struct rpc_said said;
    struct error error = {0};
    cr_assert_eq(answer_of("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":true},"
                           "\"uloop\":{\"phase\":\"accepted\",\"heartbeatIntervalSeconds\":10}}",
                           &said, &error),
                 RPC_PROGRESS);
    cr_assert_eq(answer_of("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"alive\":true},"
                           "\"uloop\":{\"phase\":\"heartbeat\"}}",
                           &said, &error),
                 RPC_PROGRESS);
}

Test(rpc, refuses_what_is_no_answer_to_the_request)
{
    static const char *const PAYLOADS[] = {
        "",
        "garbage",
        "[]",
        "{}",
        "{\"id\":1}",
        "{\"id\":2,\"result\":{}}",
        "{\"id\":\"1\",\"result\":{}}",
        "{\"id\":null,\"result\":{}}",
        "{\"result\":{}}",
        "{\"id\":1,\"result\":[]}",
        "{\"id\":1,\"result\":null}",
        "{\"id\":1,\"result\":\"text\"}",
        "{\"id\":1,\"result\":{}} {}",
        "{\"id\":1,\"error\":7}",
        "{\"id\":1,\"result\":{\"a\":\"\xff\"}}",
        "{\"id\":1,\"result\":{\"a\":\"\xed\xa0\x80\"}}",
    };
    for (size_t i = 0; i < sizeof(PAYLOADS) / sizeof(PAYLOADS[0]); i++) {
        struct rpc_said said;
        struct error error = {0};
        cr_assert_eq(answer_of(PAYLOADS[i], &said, &error), RPC_MALFORMED, "%s", PAYLOADS[i]);
        cr_assert_eq(error.code, E_ANSWER_MALFORMED);
        error_clear(&error);
    }
}

Test(rpc, refuses_200_levels_of_nesting)
{
    struct buffer payload = {0};
    struct rpc_said said;
    struct error error = {0};
    buffer_append_string(&payload, "{\"id\":1,\"result\":{\"a\":");
    for (int i = 0; i < 200; i++)
        buffer_append_char(&payload, '[');
    for (int i = 0; i < 200; i++)
        buffer_append_char(&payload, ']');
    buffer_append_string(&payload, "}}");
    cr_assert_eq(answer_of(payload.data, &said, &error), RPC_MALFORMED);
    cr_assert_not_null(strstr(error.message, "nested too deep"));
    error_clear(&error);
    buffer_clear(&payload);
}

static void expect_error(const char *payload, enum error_code code, const char *words)
{
    struct rpc_said said;
    struct error error = {0};
    cr_assert_eq(answer_of(payload, &said, &error), RPC_ERROR, "%s", payload);
    cr_assert_eq(error.code, code, "%s", payload);
    cr_assert_not_null(strstr(error.message, words), "%s", error.message);
    error_clear(&error);
}

Test(rpc, tells_the_known_errors_apart_by_their_type)
{
    expect_error("{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"T\",\"data\":{\"type\":"
                 "\"server_busy\",\"message\":\"wait\",\"runningToolName\":\"run-tests\"}}}",
                 E_SERVER_BUSY, "run-tests");
    expect_error("{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"too old\",\"data\":{\"type\":"
                 "\"cli_update_required\",\"updateCommand\":\"npm i -g uloop\"}}}",
                 E_CLI_UPDATE_REQUIRED, "too old");
    expect_error("{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"no\",\"data\":{\"type\":"
                 "\"security_blocked\",\"reason\":\"disabled in settings\"}}}",
                 E_RPC_ERROR, "disabled in settings");
    expect_error("{\"id\":1,\"error\":{\"code\":-32601,\"message\":\"not here\",\"data\":{\"type\":"
                 "\"not_unity\",\"message\":\"not here\"}}}",
                 E_RPC_ERROR, "not here");
    expect_error("{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"boom\",\"data\":null}}",
                 E_RPC_ERROR, "boom");
    expect_error("{\"id\":1,\"error\":{}}", E_RPC_ERROR, "no message");
}

Test(rpc, reads_an_error_whose_text_was_cut_or_holds_what_a_tree_cannot)
{
    static const char *const TEXTS[] = {"\"cut \\ud83d\"", "\"a\\u0000b\""};
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        char *payload = memory_format(
            "{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"x\",\"data\":{\"type\":"
            "\"server_busy\",\"message\":%s,\"n\":1.%0100d,\"runningToolName\":\"compile\"}}}",
            TEXTS[i], 1);
        expect_error(payload, E_SERVER_BUSY, "Unity is busy running compile");
        free(payload);
    }
}

Test(rpc, takes_an_error_without_an_id_for_one_about_a_request_that_could_not_be_read)
{
    expect_error("{\"id\":null,\"error\":{\"code\":-32700,\"message\":\"parse error\"}}",
                 E_RPC_ERROR, "parse error");
}

Test(rpc, keeps_the_data_of_an_error_as_it_was_sent)
{
    struct rpc_said said;
    struct error error = {0};
    cr_assert_eq(answer_of("{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"m\",\"data\":"
                           "{\"type\":\"internal_error\",\"n\":12345678901234567890}}}",
                           &said, &error),
                 RPC_ERROR);
    cr_assert_str_eq(error.details->key, "rpcCode");
    cr_assert_str_eq(error.details->value, "-32603");
    cr_assert_not_null(strstr(error.details->next->value, "12345678901234567890"));
    error_clear(&error);
}
