#include "host/server_parts.h"

#include "host/system.h"

/*
 * How a server comes to be reached, and to be reached again. It is `ready` only when it has
 * answered itself; an endpoint that was there once is tried again for a while before it is given
 * up.
 */

static const struct host_recovery RECOVERY = {.pause_ms = {5000, 15000, 30000}, .look_ms = 30000};

static const struct host_recovery *recovery_of(const struct server *server)
{
    return server->options->recovery ? server->options->recovery : &RECOVERY;
}

uint64_t server_look_ms(const struct server *server)
{
    return recovery_of(server)->look_ms;
}

void server_cease_recovery(struct server *server)
{
    (void)uv_timer_stop(&server->recovering);
    probe_cancel(server->probe);
    server->probe = NULL;
}

static void close_listener(struct server *server)
{
    server_cease_recovery(server);
    listener_close(server->listener);
    port_close(server->port);
    server->listener = NULL;
    server->port = NULL;
}

static void forget_lost(struct server *server)
{
    listener_close(server->lost);
    server->lost = NULL;
}

void server_close_endpoint(struct server *server)
{
    close_listener(server);
    forget_lost(server);
    connections_close_all(&server->connections);
}

static void on_next_try(uv_timer_t *timer)
{
    server_open_endpoint(timer->data);
}

/* One try has failed. A server that was never ready does not try again: whoever starts it sees why,
 * and can do something about it. */
static void on_failed(struct server *server, const struct error *fault)
{
    close_listener(server);
    if (server->lifecycle.now.phase != PHASE_RECOVERING || server->tries == HOST_RECOVERY_TRIES) {
        server_fail(server, fault);
        return;
    }
    uint64_t pause_ms = recovery_of(server)->pause_ms[server->tries++];
    log_debug(server->options->log, "%s Tried again in %g s.", fault->message,
              (double)pause_ms / 1000);
    (void)uv_timer_start(&server->recovering, on_next_try, pause_ms, 0);
}

static void publish_ready(struct server *server)
{
    if (!server_announce(server, LIFECYCLE_PROBED))
        return;
    server->busy_with = NULL;
    server->events.on_ready(server->events.context);
}

void server_settle(struct server *server)
{
    if (server->lifecycle.now.phase != PHASE_RECOVERING)
        server->busy_with = NULL;
    else if (server->listener && !server->probe)
        publish_ready(server);
    else
        server->busy_with = "server-recovery";
}

static void on_probed(void *context, const struct error *fault)
{
    struct server *server = context;
    server->probe = NULL;
    if (fault) {
        on_failed(server, fault);
        return;
    }
    server->tries = 0;
    forget_lost(server);
    /* A compile during which the listener was lost ends, and is loaded, before anybody is told that
     * a command may be sent. */
    if (server->build || server->reload_due)
        log_debug(server->options->log, "The server answers again. The compile goes on.");
    else
        publish_ready(server);
}

/* Those who are connected stay so and get their answers, also who was not accepted yet. */
static void on_lost(void *context)
{
    struct server *server = context;
    enum phase phase = server->lifecycle.now.phase;
    struct error fault = {0};
    if (phase == PHASE_RELOADING)
        return; /* the listener is about to be closed anyway */
    error_set(&fault, E_SYSTEM, "The socket %s was removed or replaced.", server->place->socket);
    if (phase == PHASE_STARTING || server->probe) {
        on_failed(server, &fault);
    } else if (phase == PHASE_RECOVERING || server_announce(server, LIFECYCLE_LISTENER_LOST)) {
        log_debug(server->options->log, "%s", fault.message);
        if (!server->busy_with)
            server->busy_with = "server-recovery";
        forget_lost(server);
        server->lost = server->listener;
        server->listener = NULL;
        (void)uv_timer_start(&server->recovering, on_next_try, 0, 0);
    }
    error_clear(&fault);
}

/* The port stays where only the socket was lost. */
static bool listen_everywhere(struct server *server, struct error *error)
{
    struct server_place *place = server->place;
    server->listener = listener_open(place->socket, place->is_shared, &server->connections, error);
    if (!server->listener)
        return false;
    if (place->tcp && !server->port)
        server->port = port_open(&place->tcp, &server->connections, error);
    if (place->tcp)
        server->store.endpoint = place->tcp;
    return server->port || !place->tcp;
}

void server_open_endpoint(struct server *server)
{
    struct error error = {0};
    if (listen_everywhere(server, &error)) {
        listener_watch(server->listener, server_look_ms(server), on_lost, server);
        server->probe = probe_start(server->loop, server->place, server->options->project->root,
                                    PROBE_LIMIT_MS, on_probed, server);
    } else {
        on_failed(server, &error);
    }
    error_clear(&error);
}
