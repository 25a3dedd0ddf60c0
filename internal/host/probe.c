#include "host/probe.h"

#include "base/memory.h"
#include "ipc/client.h"

#include <stdio.h>
#include <stdlib.h>

struct probe {
    uv_timer_t timer;
    uint64_t limit_ms;
    const struct server_place *place;
    struct destination destination;
    bool is_at_tcp;
    struct client *client;
    const char *project_root;
    void (*on_done)(void *context, const struct error *fault);
    void *context;
};

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void probe_cancel(struct probe *probe)
{
    if (!probe)
        return;
    client_close(probe->client);
    uv_close((uv_handle_t *)&probe->timer, on_timer_closed);
}

static void finish(struct probe *probe, const struct error *fault)
{
    void (*on_done)(void *context, const struct error *fault) = probe->on_done;
    void *context = probe->context;
    probe_cancel(probe); /* the client, and with it the fault, lives until the loop has run */
    on_done(context, fault);
}

static void fail(struct probe *probe, const char *reason)
{
    struct error fault = {0};
    error_set(&fault, E_NOT_ANSWERING, "The server does not answer itself: %s.", reason);
    finish(probe, &fault);
    error_clear(&fault);
}

static void on_change(void *context);

static void ask(struct probe *probe, const char *address)
{
    client_close(probe->client);
    probe->destination = (struct destination){.address = address, .token = probe->place->token};
    probe->client = client_connect(probe->timer.loop, &probe->destination, on_change, probe);
}

static void go_on(struct probe *probe)
{
    if (probe->is_at_tcp || !probe->place->tcp) {
        finish(probe, NULL);
        return;
    }
    probe->is_at_tcp = true;
    ask(probe, probe->place->tcp);
}

static void on_change(void *context)
{
    struct probe *probe = context;
    struct client *client = probe->client;
    switch (client->phase) {
    case CLIENT_CONNECTED:
        client_send(client, &(struct rpc_request){.method = RPC_PROBE_METHOD,
                                                  .params_json = "{}",
                                                  .project_root = probe->project_root,
                                                  .id = 1});
        break;
    case CLIENT_UNREACHED:
        fail(probe, client_why_unreached(client));
        break;
    case CLIENT_ANSWERED:
        go_on(probe);
        break;
    case CLIENT_REFUSED:
    case CLIENT_BROKEN:
        finish(probe, &client->error);
        break;
    case CLIENT_CONNECTING:
    case CLIENT_SENT:
        break;
    }
}

static void on_timeout(uv_timer_t *timer)
{
    struct probe *probe = timer->data;
    char reason[64];
    (void)snprintf(reason, sizeof(reason), "%g s are over", (double)probe->limit_ms / 1000);
    fail(probe, reason);
}

struct probe *probe_start(uv_loop_t *loop, const struct server_place *place,
                          const char *project_root, uint64_t limit_ms,
                          void (*on_done)(void *context, const struct error *fault), void *context)
{
    struct probe *probe = memory_new(sizeof(*probe));
    probe->limit_ms = limit_ms;
    probe->place = place;
    probe->project_root = project_root;
    probe->on_done = on_done;
    probe->context = context;
    probe->timer.data = probe;
    (void)uv_timer_init(loop, &probe->timer); /* cannot fail */
    (void)uv_timer_start(&probe->timer, on_timeout, limit_ms, 0);
    ask(probe, place->socket);
    return probe;
}
