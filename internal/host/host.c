#include "host/host.h"

#include "host/claim.h"
#include "host/notify.h"
#include "host/server.h"
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
    char *address;
    uv_signal_t signals[SIGNAL_COUNT];
    struct server *server;
    bool announced;
    struct error *error;
    bool failed;
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct host *host = handle->data;
    log_debug(host->options->log, "signal %d", number);
    notify_manager("STOPPING=1", host->options->log);
    server_stop(host->server);
}

static void on_ready(void *context)
{
    struct host *host = context;
    if (host->announced)
        return;
    host->announced = true;
    notify_manager("READY=1", host->options->log);
    /* Whoever waits for the line but has closed its end does not matter to the project. */
    (void)fprintf(host->options->out, "uloop serve: ready on %s for %s\n", host->address,
                  host->options->project->root);
    (void)fflush(host->options->out);
}

static void on_ended(void *context, const struct error *fault)
{
    struct host *host = context;
    if (fault) {
        host->failed = true;
        error_set(host->error, fault->code, "%s", fault->message);
    }
    for (size_t at = 0; at < SIGNAL_COUNT; at++)
        uv_close((uv_handle_t *)&host->signals[at], NULL);
}

/* Runs the server until it ends. */
static bool serve(struct host *host, uv_loop_t *loop)
{
    const struct server_events events = {
        .on_ready = on_ready, .on_ended = on_ended, .context = host};
    host->server = server_start(loop, host->options, host->address, &events, host->error);
    if (!host->server)
        return false;
    for (size_t at = 0; at < SIGNAL_COUNT; at++) {
        (void)uv_signal_init(loop, &host->signals[at]); /* fails for no reason that can occur */
        host->signals[at].data = host;
        (void)uv_signal_start(&host->signals[at], on_signal, SIGNALS[at]);
    }
    (void)uv_run(loop, UV_RUN_DEFAULT);
    server_free(host->server);
    return !host->failed;
}

bool host_run(const struct host_options *options, struct error *error)
{
    uv_loop_t loop;
    struct claim claim;
    struct host host = {.options = options, .error = error};
    int status = uv_loop_init(&loop);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot make an event loop: %s.", uv_strerror(status));
    system_ignore_write_signals();
    host.address = endpoint_address(options->project->endpoint_name);
    bool served = claim_take(&claim, &loop, options->project, host.address, error);
    if (served) {
        served = serve(&host, &loop);
        claim_release(&claim);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT); /* what is still closing */
    (void)uv_loop_close(&loop);
    free(host.address);
    return served;
}
