#include "host/request.h"

#include "json/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOT "/srv/game"

static bool read(const char *payload, struct request *request, struct rpc_fault *fault)
{
    struct request_parts parts;
    request_find_parts(slice_of(payload), &parts);
    return request_read(&parts, ROOT, request, fault);
}

static void expect_fault(const char *payload, enum rpc_code code, const char *id)
{
    struct request request;
    struct rpc_fault fault = {0};
    cr_assert_not(read(payload, &request, &fault), "%s", payload);
    cr_expect_eq(fault.code, code, "%s: %d", payload, (int)fault.code);
    cr_expect_str_eq(request.id ? request.id : "(none)", id, "%s", payload);
    request_clear(&request);
    rpc_fault_clear(&fault);
}

static void expect_read(const char *payload, const char *method, const char *id)
{
    struct request request;
    struct rpc_fault fault = {0};
    cr_assert(read(payload, &request, &fault), "%s: %s", payload, fault.message);
    cr_expect_str_eq(request.method, method);
    cr_expect_str_eq(request.id ? request.id : "(none)", id);
    cr_expect(cJSON_IsObject(request.params));
    request_clear(&request);
}

#define CALL "{\"jsonrpc\":\"2.0\",\"method\":\"m\""

Test(request, reads_a_call)
{
    expect_read(CALL ",\"params\":{\"A\":1},\"id\":1}", "m", "1");
    expect_read(CALL ",\"id\":1}", "m", "1");
    expect_read(CALL ",\"params\":null,\"id\":1}", "m", "1");
    expect_read("\xef\xbb\xbf" CALL ",\"id\":1}", "m", "1");
}

Test(request, keeps_an_id_byte_for_byte)
{
    expect_read(CALL ",\"id\":12345678901234567890}", "m", "12345678901234567890");
    expect_read(CALL ",\"id\":1.50}", "m", "1.50");
    expect_read(CALL ",\"id\":\"a\\u00e4\"}", "m", "\"a\\u00e4\"");
    expect_read(CALL ",\"id\":null}", "m", "null");
}

Test(request, takes_a_call_without_id_for_a_notification)
{
    expect_read(CALL "}", "m", "(none)");
}

Test(request, refuses_what_is_no_json)
{
    expect_fault("", RPC_PARSE_ERROR, "(none)");
    expect_fault("garbage", RPC_PARSE_ERROR, "(none)");
    expect_fault("{\"jsonrpc\":\"2.0\"", RPC_PARSE_ERROR, "(none)");
    expect_fault("{} {}", RPC_PARSE_ERROR, "(none)");
    expect_fault("\"\xff\"", RPC_PARSE_ERROR, "(none)");
}

Test(request, refuses_deep_nesting)
{
    char deep[2001] = {0};
    memset(deep, '[', 1000);
    memset(deep + 1000, ']', 1000);
    expect_fault(deep, RPC_PARSE_ERROR, "(none)");
}

Test(request, refuses_what_is_no_request)
{
    expect_fault("[]", RPC_INVALID_REQUEST, "(none)");
    expect_fault("[" CALL ",\"id\":1}]", RPC_INVALID_REQUEST, "(none)");
    expect_fault("7", RPC_INVALID_REQUEST, "(none)");
    expect_fault("{}", RPC_INVALID_REQUEST, "(none)");
    expect_fault("{\"id\":3}", RPC_INVALID_REQUEST, "3");
    expect_fault("{\"jsonrpc\":\"1.0\",\"method\":\"m\",\"id\":3}", RPC_INVALID_REQUEST, "3");
    expect_fault("{\"jsonrpc\":2.0,\"method\":\"m\",\"id\":3}", RPC_INVALID_REQUEST, "3");
    expect_fault("{\"jsonrpc\":\"2.0\",\"id\":3}", RPC_INVALID_REQUEST, "3");
    expect_fault("{\"jsonrpc\":\"2.0\",\"method\":7,\"id\":3}", RPC_INVALID_REQUEST, "3");
}

Test(request, refuses_an_id_that_can_be_none)
{
    expect_fault(CALL ",\"id\":{}}", RPC_INVALID_REQUEST, "(none)");
    expect_fault(CALL ",\"id\":[1]}", RPC_INVALID_REQUEST, "(none)");
    expect_fault(CALL ",\"id\":true}", RPC_INVALID_REQUEST, "(none)");
}

Test(request, refuses_params_that_are_no_object)
{
    expect_fault(CALL ",\"params\":[1],\"id\":1}", RPC_INVALID_PARAMS, "1");
    expect_fault(CALL ",\"params\":\"x\",\"id\":1}", RPC_INVALID_PARAMS, "1");
}

Test(request, refuses_params_of_more_than_a_mebibyte)
{
    struct buffer payload = {0};
    buffer_append_string(&payload, CALL ",\"params\":{\"a\":\"");
    for (size_t at = 0; at < 1024 * 1024; at++)
        buffer_append_char(&payload, 'x');
    buffer_append_string(&payload, "\"},\"id\":1}");
    expect_fault(payload.data, RPC_INVALID_PARAMS, "1");
    buffer_clear(&payload);
}

Test(request, takes_a_call_that_is_meant_for_this_project)
{
    expect_read(CALL ",\"id\":1,\"x-uloop\":{\"expectedProjectRoot\":\"" ROOT "\"}}", "m", "1");
    expect_read(CALL ",\"id\":1,\"x-uloop\":{\"other\":1}}", "m", "1");
    expect_read(CALL ",\"id\":1,\"x-uloop\":{\"expectedProjectRoot\":null}}", "m", "1");
    expect_read(CALL ",\"id\":1,\"uloop\":{\"cliVersion\":\"3.0.0\",\"protocolVersion\":9}}", "m",
                "1");
}

Test(request, refuses_a_call_that_is_meant_for_another_project)
{
    expect_fault(CALL ",\"id\":1,\"x-uloop\":{\"expectedProjectRoot\":\"/work\"}}",
                 RPC_INVALID_REQUEST, "1");
    expect_fault(CALL ",\"id\":1,\"x-uloop\":{\"expectedProjectRoot\":7}}", RPC_INVALID_REQUEST,
                 "1");
    expect_fault(CALL ",\"id\":1,\"x-uloop\":\"" ROOT "\"}", RPC_INVALID_REQUEST, "1");
}

Test(request, has_no_fault_to_tell_of_a_notification)
{
    struct request request;
    struct rpc_fault fault = {0};
    cr_assert_not(read(CALL ",\"params\":[]}", &request, &fault));
    cr_expect_eq((int)fault.code, 0);
    request_clear(&request);
}

Test(request, answers_with_a_result)
{
    struct buffer out = {0};
    answer_append_result(&out, "1.50", slice_of("{\"a\":1e400}"));
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":1.50,\"result\":{\"a\":1e400}}");
    buffer_clear(&out);
}

Test(request, answers_with_a_fault)
{
    struct buffer out = {0};
    struct rpc_fault fault = {0};
    rpc_fault_set(&fault, RPC_INTERNAL_ERROR, "server_busy", "It is \"%s\".", "busy");
    rpc_fault_add(&fault, "runningToolName", "compile");
    answer_append_fault(&out, "1", &fault);
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,"
                               "\"message\":\"It is \\\"busy\\\".\",\"data\":{"
                               "\"type\":\"server_busy\",\"message\":\"It is \\\"busy\\\".\","
                               "\"runningToolName\":\"compile\"}}}");
    buffer_clear(&out);
    rpc_fault_set(&fault, RPC_PARSE_ERROR, NULL, "x");
    answer_append_fault(&out, NULL, &fault);
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,"
                               "\"message\":\"x\"}}");
    buffer_clear(&out);
    rpc_fault_clear(&fault);
}

static struct request_sender sender_of(const char *uloop)
{
    static char payload[1024];
    struct request request;
    struct rpc_fault fault = {0};
    (void)snprintf(payload, sizeof(payload), "{\"method\":7,\"uloop\":%s}", uloop);
    (void)read(payload, &request, &fault);
    struct request_sender sender = request.sender; /* its token lies in the payload */
    request_clear(&request);
    rpc_fault_clear(&fault);
    return sender;
}

/* Who asks is known whatever else is wrong with the request. */
Test(request, tells_what_is_said_of_its_sender)
{
    struct request_sender sender =
        sender_of("{\"token\":\"abc\",\"protocolVersion\":12,\"acceptsDispatchAck\":true,"
                  "\"acceptsHeartbeat\":true}");
    cr_expect(slice_equals(sender.token, "abc"));
    cr_expect_eq(sender.protocol_version, 12);
    cr_expect(sender.accepts_ack && sender.accepts_heartbeat);
}

Test(request, passes_over_what_says_nothing_of_its_sender)
{
    static const char *const SAID[] = {
        "null",
        "[]",
        "\"token\"",
        "{}",
        "{\"token\":7,\"protocolVersion\":\"1\",\"acceptsDispatchAck\":1}",
        "{\"token\":null,\"protocolVersion\":-1,\"acceptsDispatchAck\":\"true\"}",
        "{\"token\":[\"abc\"],\"protocolVersion\":1.0,\"acceptsHeartbeat\":{}}",
        "{\"protocolVersion\":1e3,\"acceptsDispatchAck\":false,\"acceptsHeartbeat\":null}",
        "{\"protocolVersion\":9999999999999999999999999}",
    };
    for (size_t at = 0; at < sizeof(SAID) / sizeof(SAID[0]); at++) {
        struct request_sender sender = sender_of(SAID[at]);
        cr_expect_null(sender.token.data, "%s", SAID[at]);
        cr_expect_eq(sender.protocol_version, 0, "%s", SAID[at]);
        cr_expect_not(sender.accepts_ack || sender.accepts_heartbeat, "%s", SAID[at]);
    }
}

Test(request, is_followed_by_frames_ahead_of_its_answer)
{
    struct buffer out = {0};
    answer_append_ack(&out, "\"a\"", 10000);
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"accepted\":true},"
                               "\"uloop\":{\"phase\":\"accepted\","
                               "\"heartbeatIntervalSeconds\":10}}");
    buffer_clear(&out);
    answer_append_ack(&out, "1", 0);
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":true},"
                               "\"uloop\":{\"phase\":\"accepted\"}}");
    buffer_clear(&out);
    answer_append_heartbeat(&out, "7");
    cr_expect_str_eq(out.data, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"alive\":true},"
                               "\"uloop\":{\"phase\":\"heartbeat\",\"mainThreadStallSeconds\":0}}");
    buffer_clear(&out);
}
