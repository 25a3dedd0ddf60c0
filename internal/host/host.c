#include "host/host.h"

#include "base/file.h"
#include "base/loop.h"
#include "host/claim.h"
#include "host/notify.h"
#include "host/server.h"
#include "host/system.h"
#include "host/token_file.h"
#include "process/process_end.h"
#include "project/endpoint.h"

#include <signal.h>
#include <stdlib.h>

/* The signals that end the server in good order. */
static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};

enum {
    SIGNAL_COUNT = sizeof(SIGNALS) / sizeof(SIGNALS[0]),
};

struct host {
    const struct host_options *options;
    struct server_place place;
    char token[TOKEN_DIGITS + 1];
    char *token_file; /* NULL where no token is needed */
    uv_signal_t signals[SIGNAL_COUNT];
    struct process_ask_watch ask;
    struct server *server;
    bool announced;
    struct error *error;
    bool failed;
};

static void stop(void *context)
{
    struct host *host = context;
    notify_manager("STOPPING=1", host->options->log);
    server_stop(host->server);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct host *host = handle->data;
    log_debug(host->options->log, "signal %d", number);
    stop(host);
}

static void on_ready(void *context)
{
    struct host *host = context;
    if (host->announced)
        return;
    host->announced = true;
    notify_manager("READY=1", host->options->log);
    /* Whoever waits for the line but has closed its end does not matter to the project. */
    const char *tcp = host->place.tcp;
    (void)fprintf(host->options->out, "uloop serve: ready on %s%s%s for %s\n", host->place.socket,
                  tcp ? " and " : "", tcp ? tcp : "", host->options->project->root);
    (void)fflush(host->options->out);
}

/* Before anything is published: whoever stops a server that has begun finds `stopped`. */
static void take_signals(struct host *host, uv_loop_t *loop)
{
    for (size_t at = 0; at < SIGNAL_COUNT; at++) {
        (void)uv_signal_init(loop, &host->signals[at]); /* fails for no reason that can occur */
        host->signals[at].data = host;
        (void)uv_signal_start(&host->signals[at], on_signal, SIGNALS[at]);
    }
    int status = process_ask_watch_start(&host->ask, loop, stop, host);
    if (status < 0)
        log_debug(host->options->log, "serve --stop will not be heard: %s", uv_strerror(status));
}

static void let_signals_go(struct host *host)
{
    for (size_t at = 0; at < SIGNAL_COUNT; at++)
        uv_close((uv_handle_t *)&host->signals[at], NULL);
    process_ask_watch_stop(&host->ask);
}

static void on_ended(void *context, const struct error *fault)
{
    struct host *host = context;
    if (fault) {
        host->failed = true;
        error_set(host->error, fault->code, "%s", fault->message);
    }
    let_signals_go(host);
}

/* Runs the server until it ends. */
static bool serve(struct host *host, uv_loop_t *loop)
{
    const struct server_events events = {
        .on_ready = on_ready, .on_ended = on_ended, .context = host};
    take_signals(host, loop);
    host->server = server_start(loop, host->options, &host->place, &events, host->error);
    if (!host->server) {
        let_signals_go(host);
        return false;
    }
    (void)uv_run(loop, UV_RUN_DEFAULT);
    server_free(host->server);
    return !host->failed;
}

static void choose_place(struct host *host)
{
    const struct host_options *options = host->options;
    const char *name = options->project->endpoint_name;
    host->place.is_shared = options->generation < 3;
    host->place.socket =
        host->place.is_shared ? endpoint_address(name) : endpoint_private_address(name);
    host->place.tcp = memory_copy_string(options->listen);
}

/* The token is another one each time: who knew the last one may not be meant to know this one. */
static bool make_token(struct host *host, struct error *error)
{
    const struct host_options *options = host->options;
    if (!host->place.tcp)
        return true;
    host->place.token = host->token;
    host->token_file = options->token_file ? memory_copy_string(options->token_file)
                                           : project_file(options->project, TOKEN_FILE);
    return token_file_make(host->token_file, host->token, error);
}

static void forget_token(const struct host *host)
{
    struct error ignored = {0};
    if (host->token_file)
        (void)file_remove(host->token_file, &ignored); /* it opens nothing any more */
    error_clear(&ignored);
}

bool host_run(const struct host_options *options, struct error *error)
{
    uv_loop_t loop;
    struct claim claim;
    struct host host = {.options = options, .error = error};
    int status = loop_open(&loop);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot make an event loop: %s.", uv_strerror(status));
    system_ignore_write_signals();
    system_return_large_memory();
    choose_place(&host);
    bool served =
        claim_take(&claim, &loop, options->project, host.place.socket, options->log, error);
    if (served) {
        served = make_token(&host, error) && serve(&host, &loop);
        forget_token(&host);
        claim_release(&claim);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT); /* what is still closing */
    (void)uv_loop_close(&loop);
    free(host.token_file);
    free(host.place.tcp);
    free(host.place.socket);
    return served;
}
