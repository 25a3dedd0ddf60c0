#include "commands/dispatch.h"

#include "base/clock.h"
#include "cli/output.h"
#include "compile/refusal.h"

#include <stdlib.h>

enum {
    REQUEST_ID = 1
};

/* Until when the Editor may take to be ready, and to answer. */
struct limits {
    uint64_t ready_ms;
    uint64_t answer_ms; /* CLOCK_NEVER where neither the user nor the command sets one: tests may
                           run for hours */
};

/* Awaits the answer to what was sent; false with *error when there is none. */
static bool await_answer(struct wait *wait, struct client *client, const struct dispatch *request,
                         uint64_t deadline_ms, struct error *error)
{
    while (client->phase == CLIENT_SENT && clock_now_ms() < deadline_ms) {
        char *words = client_describe_wait(client, request->method);
        wait->listener.waiting(wait->listener.context, words);
        free(words);
        if (!wait_sleep(wait, deadline_ms, error)) {
            error_set(error, E_ABANDONED, "Interrupted by a signal while the Editor runs %s.",
                      request->method);
            return false;
        }
        if (client->phase == CLIENT_SENT && !wait_finds_project(wait, E_PROJECT_GONE, error))
            return false;
    }
    if (client->phase == CLIENT_ANSWERED) {
        log_debug(wait->log, "the Editor answered %s with %zu bytes", request->method,
                  client->result.length);
        return true;
    }
    if (client->phase == CLIENT_SENT)
        return error_set(error, E_ANSWER_TIMEOUT,
                         "The Editor took %s, but did not answer in time; whether it still runs is "
                         "not known.",
                         request->method);
    *error = client->error;
    client->error = (struct error){0};
    return false;
}

/* One readiness wait, one request, one answer. NULL with *error when there is no result. */
static struct client *ask_once(struct wait *wait, const struct dispatch *request,
                               const struct limits *limits, struct error *error)
{
    struct client *client = wait_for_dispatch(wait, limits->ready_ms, error);
    if (!client)
        return NULL;
    log_trace(wait->log, "sending %s %s", request->method, request->params_json);
    client_send(client, &(struct rpc_request){.method = request->method,
                                              .params_json = request->params_json,
                                              .project_root = wait->project->root,
                                              .id = REQUEST_ID});
    if (await_answer(wait, client, request, limits->answer_ms, error))
        return client;
    client_close(client);
    return NULL;
}

/* The same, behind the compile that refuses it. */
static struct client *ask_behind_compile(struct wait *wait, const struct dispatch *request,
                                         const struct limits *limits, struct error *error)
{
    struct client *client = NULL;
    do {
        client = ask_once(wait, request, limits, error);
    } while (!client && refusal_is_over(wait, limits->ready_ms, error));
    return client;
}

/* What changes nothing is sent once more when the connection drops: a reload may have come in
 * between. */
static struct client *ask(struct wait *wait, const struct dispatch *request,
                          const struct limits *limits, struct error *error)
{
    struct client *client = ask_behind_compile(wait, request, limits, error);
    if (client || !request->read_only || error->code != E_DISCONNECTED)
        return client;
    log_debug(wait->log, "the connection dropped: sending %s once more", request->method);
    error_clear(error);
    return ask_behind_compile(wait, request, limits, error);
}

bool answer_open(struct answer *answer, struct cli *cli, const struct dispatch *request,
                 struct error *error)
{
    if (!waiting_open(&answer->waiting, cli, error))
        return false;
    uint64_t now = clock_now_ms();
    uint64_t timeout_ms = request->timeout_ms ? request->timeout_ms : WAIT_DEFAULT_MS;
    bool may_take_long = !request->timeout_ms && !request->read_only;
    struct limits limits = {
        .ready_ms = clock_after(now, timeout_ms),
        .answer_ms = may_take_long ? CLOCK_NEVER : clock_after(now, timeout_ms),
    };
    answer->client = ask(&answer->waiting.wait, request, &limits, error);
    if (!answer->client) {
        waiting_close(&answer->waiting);
        return false;
    }
    answer->result = answer->client->result;
    return true;
}

void answer_close(struct answer *answer)
{
    client_close(answer->client);
    waiting_close(&answer->waiting);
}

int command_dispatch(struct cli *cli, const struct dispatch *request)
{
    struct error error = {0};
    struct answer answer;
    if (!answer_open(&answer, cli, request, &error))
        return cli_fail(cli, &error);
    int exit_code = output_result(cli, answer.result);
    answer_close(&answer);
    return exit_code;
}
