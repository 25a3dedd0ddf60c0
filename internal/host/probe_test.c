/* A server's look at itself, with servers that are not as they should be. */

#include "host/probe.h"

#include "base/memory.h"
#include "host/listening_test.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define RESULT       "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"Ver\":\"x\"}}"
#define OTHER_RESULT "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}"
#define FAULT                                                                                      \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"Not today.\"}}"

struct outcome {
    int calls;
    bool is_fault;
    char *message;
};

static void on_done(void *context, const struct error *fault)
{
    struct outcome *outcome = context;
    outcome->calls++;
    outcome->is_fault = fault != NULL;
    outcome->message = memory_copy_string(fault ? fault->message : "");
}

/* Probes until it is known how it ends. */
static struct outcome probe(struct listening *scene, const char *tcp, uint64_t limit_ms)
{
    struct outcome outcome = {0};
    struct server_place place = {
        .socket = scene->address.sun_path, .tcp = (char *)tcp, .token = tcp ? "secret" : NULL};
    struct probe *probe =
        probe_start(&scene->loop, &place, "/srv/game", limit_ms, on_done, &outcome);
    cr_assert(probe);
    while (outcome.calls == 0)
        (void)uv_run(&scene->loop, UV_RUN_ONCE);
    listening_settle(scene);
    cr_expect_eq(outcome.calls, 1);
    return outcome;
}

static void expect_fault(struct outcome outcome, const char *words)
{
    cr_expect(outcome.is_fault);
    cr_expect(strstr(outcome.message, words), "%s is not in: %s", words, outcome.message);
    free(outcome.message);
}

Test(probe, asks_as_a_client_does)
{
    struct listening scene;
    listening_open(&scene, 4);
    scene.answer = RESULT;
    struct outcome outcome = probe(&scene, NULL, PROBE_LIMIT_MS);
    cr_expect_not(outcome.is_fault, "%s", outcome.message);
    cJSON *asked = json_parse(buffer_slice(&scene.asked), NULL);
    const cJSON *sender = json_get(asked, "uloop");
    cr_expect_str_eq(json_string(asked, "method"), "get-version");
    cr_expect_str_eq(json_string(json_get(asked, "x-uloop"), "expectedProjectRoot"), "/srv/game");
    cr_expect_str_eq(json_string(sender, "cliVersion"), "3.0.0");
    cr_expect(cJSON_IsTrue(json_get(sender, "acceptsDispatchAck")));
    cr_expect(cJSON_IsTrue(json_get(sender, "acceptsHeartbeat")));
    cr_expect(cJSON_IsNumber(json_get(sender, "protocolVersion")));
    cJSON_Delete(asked);
    free(outcome.message);
    listening_close(&scene);
}

Test(probe, takes_an_error_for_a_failure)
{
    struct listening scene;
    listening_open(&scene, 4);
    scene.answer = FAULT;
    expect_fault(probe(&scene, NULL, PROBE_LIMIT_MS), "Not today.");
    listening_close(&scene);
}

Test(probe, takes_what_is_no_answer_for_a_failure)
{
    static const char *const ANSWERS[] = {"{}", "[]", "garbage", OTHER_RESULT};
    struct listening scene;
    listening_open(&scene, 4);
    for (size_t at = 0; at < sizeof(ANSWERS) / sizeof(ANSWERS[0]); at++) {
        scene.answer = ANSWERS[at];
        expect_fault(probe(&scene, NULL, PROBE_LIMIT_MS), "");
    }
    listening_close(&scene);
}

Test(probe, gives_up_at_its_limit)
{
    struct listening scene;
    cr_expect_eq(PROBE_LIMIT_MS, 30000);
    listening_open(&scene, 4);
    scene.holds_answers = true;
    expect_fault(probe(&scene, NULL, 50), "The server does not answer itself: 0.05 s are over.");
    listening_close(&scene);
}

Test(probe, is_answered_everywhere_or_not_at_all)
{
    struct listening scene;
    listening_open(&scene, 4);
    scene.answer = RESULT;
    expect_fault(probe(&scene, "tcp:127.0.0.1:1", PROBE_LIMIT_MS),
                 "The server does not answer itself: connection refused.");
    listening_close(&scene);
}

Test(probe, that_is_cancelled_tells_nothing)
{
    struct listening scene;
    struct outcome outcome = {0};
    listening_open(&scene, 4);
    struct server_place place = {.socket = scene.address.sun_path};
    probe_cancel(probe_start(&scene.loop, &place, "/srv/game", 1, on_done, &outcome));
    probe_cancel(NULL);
    listening_settle(&scene);
    listening_close(&scene);
    cr_expect_eq(outcome.calls, 0);
}
