#include "compile/compile.h"

#include "base/clock.h"
#include "compile/completion.h"
#include "compile/pending.h"
#include "compile/refusal.h"
#include "compile/request_id.h"
#include "compile/stored_result.h"
#include "json/scan.h"

#include <stdlib.h>
#include <string.h>

enum {
    COMPILE_ID = 1
};

/* One compile that is being waited for. */
struct run {
    struct wait *wait;
    struct client *client; /* NULL when attached to a request that an earlier command sent */
    struct pending request;
    struct completion completion;
    struct server_state last; /* what the completion was told last of the state */
    struct buffer *result;
    struct error *error;
};

static const char *root_of(const struct run *run)
{
    return run->wait->project->root;
}

static struct completion_step feed(struct run *run, struct completion_event event)
{
    return completion_feed(&run->completion, &event, clock_now_ms());
}

static void take_result(struct run *run, struct slice raw)
{
    bool success = result_is_success(raw);
    if (run->completion.has_result)
        return;
    buffer_append(run->result, raw.data, raw.length);
    log_debug(run->wait->log, "the result is known: success %s", success ? "true" : "not true");
    (void)feed(run, (struct completion_event){.kind = COMPLETION_RESULT, .success = success});
}

/* False when the answer is an error: then the compile was not done, or what answers is no Editor.
 */
static bool observe_connection(struct run *run)
{
    struct client *client = run->client;
    if (!client)
        return true;
    /* Closed, as by a reload; a server that is silent or frozen has not closed it. */
    bool lost =
        client->phase == CLIENT_BROKEN && client->closed && client->error.code == E_DISCONNECTED;
    if (client->phase == CLIENT_REFUSED || (client->phase == CLIENT_BROKEN && !lost)) {
        *run->error = client->error;
        client->error = (struct error){0};
        return false;
    }
    if (client->phase == CLIENT_ANSWERED)
        take_result(run, client->result);
    if (client->closed && !run->completion.dropped) {
        log_debug(run->wait->log, "the connection was dropped");
        (void)feed(run, (struct completion_event){.kind = COMPLETION_DROPPED});
    }
    return true;
}

static void observe_stored_result(struct run *run)
{
    struct buffer stored = {0};
    if (!run->completion.has_result &&
        stored_result_read(root_of(run), run->request.request_id, &stored))
        take_result(run, buffer_slice(&stored));
    buffer_clear(&stored);
}

static void observe_state(struct run *run)
{
    struct wait *wait = run->wait;
    wait_look(wait);
    if (wait_is_reading_again(wait) || state_equals(&wait->state, &run->last))
        return;
    log_debug(wait->log, "state %s, generation %s",
              wait->state.phase ? wait->state.phase : state_kind_name(wait->state.kind),
              wait->state.generation ? wait->state.generation : "none");
    state_copy(&run->last, &wait->state);
    (void)feed(run, (struct completion_event){.kind = COMPLETION_STATE, .state = &run->last});
}

/* Neither a process nor a listener: nothing will come any more. */
static void observe_absence(struct run *run)
{
    struct wait *wait = run->wait;
    wait_look_owner(wait);
    if (wait->seen.owner != PREFLIGHT_OWNER_GONE)
        return;
    wait_probe(wait, run->completion.deadline_ms);
    if (wait->seen.endpoint == PREFLIGHT_ENDPOINT_DEAD)
        (void)feed(run, (struct completion_event){.kind = COMPLETION_OWNER_EXITED});
}

static void observe_owner(struct run *run)
{
    if (run->wait->watch.owner_exited)
        (void)feed(run, (struct completion_event){.kind = COMPLETION_OWNER_EXITED});
    else if (run->completion.dropped &&
             (run->wait->state.kind == STATE_BUSY || !run->completion.has_result))
        observe_absence(run);
}

static void probe(struct run *run)
{
    wait_probe(run->wait, run->completion.deadline_ms);
    bool answers = run->wait->seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS;
    (void)feed(run, (struct completion_event){.kind = COMPLETION_PROBED, .success = answers});
    if (!answers)
        observe_absence(run);
}

/* What get-compile-status said; a result comes with it when there is one. */
static void take_status(struct run *run, const struct client *client)
{
    struct slice result = json_member(client->result, "Result");
    if (slice_equals(json_member(client->result, "HasResult"), "true") && json_is_object(result))
        take_result(run, result);
    bool ready = slice_equals(json_member(client->result, "Ready"), "true");
    (void)feed(
        run, (struct completion_event){.kind = COMPLETION_TOLD, .ready = ready, .supported = true});
}

static void ask_status(struct run *run)
{
    char *params = memory_format("{\"RequestId\":\"%s\"}", run->request.request_id);
    struct client *client =
        wait_ask(run->wait, "get-compile-status", params, run->completion.deadline_ms);
    if (client && client->phase == CLIENT_ANSWERED) {
        take_status(run, client);
    } else {
        bool unknown =
            client && client->phase == CLIENT_REFUSED && client->error.code != E_SERVER_BUSY;
        (void)feed(run, (struct completion_event){.kind = COMPLETION_TOLD, .supported = !unknown});
        if (!client)
            observe_absence(run);
    }
    client_close(client);
    free(params);
}

static void describe_timeout(struct run *run)
{
    struct error *error = run->error;
    const char *phase = run->last.phase ? run->last.phase : state_kind_name(run->last.kind);
    if (run->completion.has_result) {
        error_set(error, E_COMPILE_TIMEOUT,
                  "The compile is over, but the Editor was not ready again in time; the last state "
                  "was %s.",
                  phase);
        error_set_next(error, "Run `uloop wait` until the Editor is ready, then `uloop compile` "
                              "for the result.");
    } else {
        error_set(error, E_COMPILE_TIMEOUT,
                  "The compile did not finish in time; the last state was %s.", phase);
    }
}

/* Describes why the wait ended without a result; what is still running is kept for the next
 * command. */
static void describe_failure(struct run *run, enum error_code code)
{
    struct error *error = run->error;
    if (code == E_COMPILE_TIMEOUT)
        describe_timeout(run);
    else if (code == E_OWNER_EXITED)
        error_set(error, code,
                  "The Unity Editor exited before it reported a result; whether it compiled is not "
                  "known.");
    else if (code == E_DISCONNECTED)
        error_set(error, code,
                  "The connection was lost and no result was stored; whether the Editor compiled "
                  "is not known.");
    else
        wait_describe_failure(run->wait, code, error);
    error_add_detail(error, "requestId", run->request.request_id);
    error_add_detail_json(error, "resultKnown", run->completion.has_result ? "true" : "false");
}

static void keep_pending(struct run *run)
{
    struct error ignored = {0};
    if (!pending_save(root_of(run), &run->request, &ignored))
        log_debug(run->wait->log, "the compile cannot be taken up later: %s", ignored.message);
    error_clear(&ignored);
}

static void tell_listener(const struct run *run)
{
    const struct wait_listener *listener = &run->wait->listener;
    const char *phase = run->last.phase ? run->last.phase : "compiling";
    if (!listener->waiting)
        return;
    char *words = run->client ? client_describe_wait(run->client, phase) : NULL;
    listener->waiting(listener->context, words ? words : phase);
    free(words);
}

static bool sleep_until_event(struct run *run, uint64_t until_ms)
{
    struct wait *wait = run->wait;
    /* Look again: what changed before the watch stood was not reported, and what changed while one
     * asked the endpoint was. */
    if (watch_arm(&wait->watch) || wait->watch.changed)
        return true;
    if (wait_is_reading_again(wait))
        until_ms = clock_earlier(until_ms, clock_after(clock_now_ms(), STATE_READ_PAUSE_MS));
    tell_listener(run);
    if (wait_sleep(wait, until_ms, run->error))
        return wait_finds_project(wait, E_PROJECT_GONE, run->error);
    error_set(run->error, E_ABANDONED, "Interrupted by a signal while the Editor compiles.");
    keep_pending(run);
    return false;
}

/* Takes the step; true when the wait goes on, else *done tells whether the result counts. */
static bool take_step(struct run *run, struct completion_step step, bool *done)
{
    *done = step.action == COMPLETION_DONE;
    switch (step.action) {
    case COMPLETION_WAIT:
        return sleep_until_event(run, step.until_ms);
    case COMPLETION_PROBE:
        probe(run);
        return true;
    case COMPLETION_ASK:
        ask_status(run);
        return true;
    case COMPLETION_DONE:
        return false;
    case COMPLETION_FAIL:
        describe_failure(run, step.code);
        if (step.code == E_COMPILE_TIMEOUT)
            keep_pending(run);
        return false;
    }
    return false;
}

/* Observes everything after every wake, in an order that cannot miss: what ends a compile is looked
 * at last. */
static bool await_completion(struct run *run)
{
    bool done = false;
    struct completion_step step;
    do {
        if (!observe_connection(run))
            return false;
        observe_state(run);
        observe_stored_result(run);
        observe_owner(run);
        step = feed(run, (struct completion_event){.kind = COMPLETION_LOOKED});
    } while (take_step(run, step, &done));
    return done;
}

static char *params_of(const struct pending *request)
{
    return memory_format(
        "{\"ForceRecompile\":%s,\"WaitForDomainReload\":true,\"RequestId\":\"%s\"}",
        request->force_recompile ? "true" : "false", request->request_id);
}

/* Gets ready and sends the request. */
static bool dispatch(struct run *run, uint64_t deadline_ms)
{
    struct wait *wait = run->wait;
    run->request.request_id = request_id_new(run->error);
    if (!run->request.request_id)
        return false;
    run->client = wait_for_dispatch(wait, deadline_ms, run->error);
    if (!run->client)
        return false;
    /* From here on every change counts, so the watch must stand before the request is sent. */
    (void)watch_arm(&wait->watch);
    char *params = params_of(&run->request);
    log_trace(wait->log, "sending compile %s", params);
    client_send(run->client, &(struct rpc_request){.method = "compile",
                                                   .params_json = params,
                                                   .project_root = root_of(run),
                                                   .id = COMPILE_ID});
    free(params);
    run->request.generation_before = memory_copy_string(wait->state.generation);
    return true;
}

/* Waits for the request that was sent, by us or by an earlier command. */
static bool await_request(struct run *run, bool attached, uint64_t deadline_ms)
{
    struct wait *wait = run->wait;
    completion_init(&run->completion, &wait->state, run->request.generation_before, attached,
                    deadline_ms, clock_now_ms());
    state_copy(&run->last, &wait->state);
    wait_look_owner(wait);
    return await_completion(run);
}

static void run_clear(struct run *run)
{
    client_close(run->client);
    completion_clear(&run->completion);
    pending_clear(&run->request);
    state_clear(&run->last);
}

/* Until when a command that began at `start_ms` may take for what is to begin now. */
static uint64_t deadline_of(const struct compile_options *options, uint64_t start_ms,
                            uint64_t default_ms)
{
    return options->timeout_ms ? clock_after(start_ms, options->timeout_ms)
                               : clock_after(clock_now_ms(), default_ms);
}

static bool compile_once(struct wait *wait, const struct compile_options *options,
                         uint64_t start_ms, uint64_t begin_by_ms, struct buffer *result,
                         struct error *error)
{
    struct run run = {.wait = wait, .result = result, .error = error};
    run.request.force_recompile = options->force_recompile;
    bool done = dispatch(&run, begin_by_ms) &&
                await_request(&run, false, deadline_of(options, start_ms, COMPILE_DEFAULT_MS));
    run_clear(&run);
    return done;
}

/* Takes up the request that an earlier command gave up waiting for; `pending` is empty afterwards.
 */
static bool take_up(struct wait *wait, const struct compile_options *options, uint64_t start_ms,
                    struct pending *pending, struct buffer *result, struct error *error)
{
    struct run run = {.wait = wait, .result = result, .error = error, .request = *pending};
    *pending = (struct pending){0};
    log_debug(wait->log, "taking up the compile %s", run.request.request_id);
    bool done = await_request(&run, true, deadline_of(options, start_ms, COMPILE_DEFAULT_MS));
    run_clear(&run);
    return done;
}

/* Is the Editor busy, and not dead? Then what was given up goes on. */
static bool is_at_work(struct wait *wait)
{
    wait_look(wait);
    if (wait->state.kind != STATE_BUSY)
        return false;
    wait_look_owner(wait);
    return wait->seen.owner != PREFLIGHT_OWNER_GONE;
}

/* Was the request lost in a reload that somebody else's compile led to? Its result would have been
 * stored before that. */
static bool is_lost_in_reload(const struct wait *wait, const struct error *error)
{
    const char *before = wait->dispatched.generation;
    const char *now = wait->state.generation;
    return error->code == E_DISCONNECTED && wait->state.kind == STATE_READY && before && now &&
           strcmp(before, now) != 0;
}

/* As refusal_is_over(). A compile may well run twice, so one that was lost is sent again, but once:
 * what is lost again was not merely in another's way. */
static bool may_send_again(struct wait *wait, bool *was_lost, uint64_t begin_by_ms,
                           struct error *error)
{
    if (!is_lost_in_reload(wait, error))
        return refusal_is_over(wait, begin_by_ms, error);
    if (*was_lost || clock_now_ms() >= begin_by_ms)
        return false;
    log_debug(wait->log, "the compile was lost in a reload: once more");
    error_clear(error);
    *was_lost = true;
    return true;
}

bool compile_run(struct wait *wait, const struct compile_options *options, struct buffer *result,
                 bool *taken_up, struct error *error)
{
    const char *root = wait->project->root;
    uint64_t start = clock_now_ms();
    uint64_t begin_by = deadline_of(options, start, WAIT_DEFAULT_MS);
    struct pending earlier = {0};
    /* A compile of everything will do for one of what changed. */
    bool fits =
        pending_load(root, &earlier) && (earlier.force_recompile || !options->force_recompile);
    *taken_up = fits && is_at_work(wait);
    bool done = *taken_up && take_up(wait, options, start, &earlier, result, error);
    if (*taken_up && error->code == E_DISCONNECTED) { /* what ran was not that compile */
        pending_forget(root);
        error_clear(error);
        *taken_up = false;
    }
    if (!*taken_up)
        done = compile_once(wait, options, start, begin_by, result, error);
    if (!done && earlier.request_id && fits && refused_for_compile(error)) {
        error_clear(error);
        *taken_up = true;
        done = take_up(wait, options, start, &earlier, result, error);
    }
    bool was_lost = false;
    while (!done && may_send_again(wait, &was_lost, begin_by, error)) {
        *taken_up = false;
        done = compile_once(wait, options, start, begin_by, result, error);
    }
    if (done)
        pending_forget(root);
    pending_clear(&earlier);
    return done;
}
