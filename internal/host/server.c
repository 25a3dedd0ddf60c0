#include "host/server.h"

#include "base/memory.h"
#include "host/server_parts.h"
#include "host/system.h"
#include "process/process.h"

#include <stdlib.h>

enum {
    REWRITE_MS = 1000, /* between two tries to write the state */
    /* How long requests are still answered (as refused: busy) when `reloading` is published. They
     * were on their way, and their senders could not know what became of them otherwise. */
    DRAIN_MS = 2,
};

static bool write_state(struct server *server, const struct published *published,
                        struct error *error)
{
    /* Only the first generation has a state file. */
    return server->options->generation > 1 ||
           state_store_write(&server->store, published, server->last_error, error);
}

static bool feed(struct lifecycle *lifecycle, enum lifecycle_event event, struct error *error)
{
    char generation[GENERATION_SIZE];
    if (!generation_new(generation, error))
        return false;
    if (lifecycle_feed(lifecycle, event, generation))
        return true;
    return error_set(error, E_SYSTEM, "A mistake in uloop: %s cannot follow on the phase %s.",
                     lifecycle_event_name(event), phase_name(lifecycle->now.phase));
}

static void commit(struct server *server, const struct lifecycle *next)
{
    server->lifecycle = *next;
    log_debug(server->options->log, "%s [%s] %s", phase_name(next->now.phase), next->now.reason,
              next->now.generation);
}

bool server_publish(struct server *server, enum lifecycle_event event, struct error *error)
{
    struct lifecycle next = server->lifecycle;
    if (!feed(&next, event, error) || !write_state(server, &next.now, error))
        return false;
    commit(server, &next);
    return true;
}

/* Writes the current state; what fails is told once and tried again. */
static void write_current(struct server *server)
{
    struct error error = {0};
    bool was_written = server->unwritten.code == E_NONE;
    bool written = write_state(server, &server->lifecycle.now, &error);
    error_clear(&server->unwritten);
    server->unwritten = error;
    if (written) {
        (void)uv_timer_stop(&server->rewriting);
    } else if (was_written) {
        log_debug(server->options->log, "the state cannot be written: %s", error.message);
        console_add(&server->console, CONSOLE_ERROR, false, error.message);
    }
}

static void on_rewrite(uv_timer_t *timer)
{
    write_current(timer->data);
}

bool server_announce(struct server *server, enum lifecycle_event event)
{
    struct lifecycle next = server->lifecycle;
    struct error error = {0};
    if (!feed(&next, event, &error)) {
        server_fail(server, &error);
        error_clear(&error);
        return false;
    }
    commit(server, &next);
    write_current(server);
    if (server->unwritten.code != E_NONE && !server->ending)
        (void)uv_timer_start(&server->rewriting, on_rewrite, REWRITE_MS, REWRITE_MS);
    return true;
}

static void on_part_closed(void *context)
{
    struct server *server = context;
    if (--server->open_parts > 0)
        return;
    if (server->fault.code == E_NONE && server->unwritten.code != E_NONE)
        error_set(&server->fault, E_SYSTEM, "The state could not be written. %s",
                  server->unwritten.message);
    server->events.on_ended(server->events.context,
                            server->fault.code == E_NONE ? NULL : &server->fault);
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_part_closed(handle->data);
}

static void end(struct server *server)
{
    server->ending = true;
    server_close_endpoint(server);
    uv_close((uv_handle_t *)&server->rewriting, on_timer_closed);
    uv_close((uv_handle_t *)&server->reloading, on_timer_closed);
    uv_close((uv_handle_t *)&server->recovering, on_timer_closed);
    uv_close((uv_handle_t *)&server->beating, on_timer_closed);
    project_watch_close(&server->project_watch, on_part_closed);
}

void server_fail(struct server *server, const struct error *error)
{
    char generation[GENERATION_SIZE] = "";
    struct lifecycle may_fail = server->lifecycle;
    if (server->ending)
        return;
    server->ending = true;
    log_debug(server->options->log, "the server ends: %s", error->message);
    error_set(&server->fault, error->code, "%s", error->message);
    free(server->last_error);
    server->last_error = memory_copy_string(error->message);
    if (lifecycle_feed(&may_fail, LIFECYCLE_FAIL, generation))
        (void)server_announce(server, LIFECYCLE_FAIL);
    if (server->build)
        build_cancel(server->build);
    end(server);
}

/* There is no state to be written any more, and nobody to read it. */
static void on_project_gone(void *context)
{
    struct server *server = context;
    if (server->ending)
        return;
    error_set(&server->fault, E_PROJECT_NOT_FOUND, "The project folder %s is not there any more.",
              server->options->project->root);
    log_debug(server->options->log, "the server ends: %s", server->fault.message);
    end(server);
    if (server->build)
        build_cancel(server->build);
}

/* Something else was put in the socket's place before the reload: nobody would be restored. */
static void end_without_server(struct server *server)
{
    if (!server_announce(server, LIFECYCLE_RELOAD_END_WITHOUT_SERVER))
        return;
    error_set(&server->fault, E_PROJECT_IN_USE, "Another server has taken %s.",
              server->place->socket);
    end(server);
}

static void on_drained(uv_timer_t *timer)
{
    struct server *server = timer->data;
    server->reload_due = false;
    server_close_endpoint(server);
    if (system_look_at_socket(server->place->socket) == SOCKET_PATH_SOCKET)
        end_without_server(server);
    else if (server_announce(server, LIFECYCLE_RELOAD_END))
        server_open_endpoint(server);
}

static void on_reload(uv_timer_t *timer)
{
    struct server *server = timer->data;
    if (!server_announce(server, LIFECYCLE_RELOAD_BEGIN))
        return;
    server_cease_recovery(server);
    uv_update_time(server->loop); /* writing the state took its time, which is not to count */
    (void)uv_timer_start(timer, on_drained, DRAIN_MS, 0);
}

void server_reload_soon(struct server *server)
{
    if (!server->stopping && !server->ending)
        (void)uv_timer_start(&server->reloading, on_reload, 0, 0);
}

void server_finish_stop(struct server *server)
{
    if (server_announce(server, LIFECYCLE_STOP_END))
        end(server);
}

void server_stop(struct server *server)
{
    if (server->stopping || server->ending)
        return;
    server->stopping = true;
    free(server->last_error);
    server->last_error = NULL; /* what no compile could do is of no interest any more */
    (void)uv_timer_stop(&server->reloading);
    if (!server_announce(server, LIFECYCLE_STOP_BEGIN))
        return;
    server_close_endpoint(server);
    if (server->build)
        build_cancel(server->build); /* its end goes on to server_finish_stop() */
    else
        server_finish_stop(server);
}

static void open_timer(struct server *server, uv_timer_t *timer)
{
    (void)uv_timer_init(server->loop, timer); /* cannot fail */
    timer->data = server;
    server->open_parts++;
}

static struct server *server_new(uv_loop_t *loop, const struct host_options *options,
                                 struct server_place *place, const struct server_events *events)
{
    struct server *server = memory_new(sizeof(*server));
    int64_t pid = (int64_t)uv_os_getpid();
    server->loop = loop;
    server->options = options;
    server->place = place;
    server->events = *events;
    server->busy_with = "server-start";
    server->started_at = process_start_token(pid);
    server->store = (struct state_store){.project_root = options->project->root,
                                         .endpoint = place->socket,
                                         .owner_pid = pid,
                                         .owner_started_at = server->started_at};
    server->build_options = (struct build_options){.project_root = options->project->root,
                                                   .choice = options->compiler,
                                                   .references = options->references,
                                                   .reference_count = options->reference_count,
                                                   .timeout_ms = options->compile_timeout_ms};
    connections_init(&server->connections, loop, connections_limit(system_descriptor_limit()),
                     options->log);
    server->connections.on_request = server_take_request;
    server->connections.on_answered = server_connection_done;
    server->connections.on_closed = server_connection_done;
    server->connections.context = server;
    return server;
}

/* A state that an earlier server left would mislead the clients of one that writes none. */
static bool prepare_state(const struct host_options *options, struct error *error)
{
    const char *root = options->project->root;
    return options->generation > 1 ? state_store_delete(root, error)
                                   : state_store_recover(root, error);
}

struct server *server_start(uv_loop_t *loop, const struct host_options *options,
                            struct server_place *place, const struct server_events *events,
                            struct error *error)
{
    struct server *server = server_new(loop, options, place, events);
    server_look_for_compiler(server);
    if (!prepare_state(options, error) || !server_publish(server, LIFECYCLE_START, error)) {
        server_free(server);
        return NULL;
    }
    open_timer(server, &server->rewriting);
    open_timer(server, &server->reloading);
    open_timer(server, &server->recovering);
    open_timer(server, &server->beating);
    server->open_parts++;
    project_watch_start(&server->project_watch, loop, options->project->root,
                        server_look_ms(server), options->log, on_project_gone, server);
    server_open_endpoint(server);
    return server;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    compile_call_clear(&server->call);
    kept_results_clear(&server->kept);
    console_clear(&server->console);
    error_clear(&server->unwritten);
    error_clear(&server->fault);
    free(server->started_at);
    free(server->last_error);
    free(server);
}
