#include "host/listener.h"

#include "base/memory.h"
#include "base/path.h"
#include "host/system.h"

#include <stdlib.h>

/* How many clients the system lets wait to be accepted; it may cap this. */
enum {
    BACKLOG = 4096,
};

/* How many clients are accepted before those that are there already have their turn. */
enum {
    ACCEPTED_AT_ONCE = 16,
};

struct listener {
    uv_pipe_t pipe;
    uv_timer_t turn; /* runs while a client waits to be accepted in the next turn of the loop */
    int accepted;    /* since the last such turn */
    struct connections *connections;

    char *address;
    struct socket_identity identity; /* of what was bound there */
    uv_fs_event_t changes;           /* in the socket's folder */
    uv_timer_t look;
    void (*on_lost)(void *context); /* NULL once it was told, and when nobody asked */
    void *context;
    int open_handles;
};

static void on_turn(uv_timer_t *timer)
{
    struct listener *listener = timer->data;
    listener->accepted = 0;
    connections_accept(listener->connections, (uv_stream_t *)&listener->pipe);
}

/*
 * A crowd must not push a client out of its place whose request has come but was not read yet: now
 * and then the next one waits. libuv holds it, and goes on listening when it has been taken.
 */
static void admit(struct listener *listener)
{
    if (listener->accepted++ < ACCEPTED_AT_ONCE)
        connections_accept(listener->connections, (uv_stream_t *)&listener->pipe);
    else
        (void)uv_timer_start(&listener->turn, on_turn, 0, 0); /* it is not closing */
}

/*
 * libuv goes on after a client's reset; with no descriptor left it accepts on one that it keeps for
 * this, to turn the client away. What it still reports is one client's affair too: the listener is
 * never stopped by it.
 */
static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    if (status == 0) {
        admit(listener);
        return;
    }
    log_debug(listener->connections->log, "a client could not be accepted: %s",
              uv_strerror(status));
    (void)connections_drop_idle(listener->connections);
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    if (--listener->open_handles == 0) {
        free(listener->address);
        free(listener);
    }
}

/* Is the socket at the address still the one that was bound? */
static bool is_in_place(const struct listener *listener)
{
    struct socket_identity found;
    return system_identify_socket(listener->address, &found) &&
           found.device == listener->identity.device && found.file == listener->identity.file;
}

static void check_place(struct listener *listener)
{
    void (*on_lost)(void *context) = listener->on_lost;
    if (!on_lost || is_in_place(listener))
        return;
    listener->on_lost = NULL;
    on_lost(listener->context);
}

static void on_change(uv_fs_event_t *changes, const char *name, int events, int status)
{
    (void)name;
    (void)events;
    (void)status;
    check_place(changes->data);
}

static void on_look(uv_timer_t *timer)
{
    check_place(timer->data);
}

void listener_watch(struct listener *listener, uint64_t look_ms, void (*on_lost)(void *context),
                    void *context)
{
    char *folder = path_parent(listener->address);
    listener->on_lost = on_lost;
    listener->context = context;
    int status = uv_fs_event_start(&listener->changes, on_change, folder, 0);
    if (status < 0)
        log_debug(listener->connections->log, "no events come from %s: %s", folder,
                  uv_strerror(status));
    /* The first look is at what happened since it was bound. */
    (void)uv_timer_start(&listener->look, on_look, 0, look_ms);
    free(folder);
}

static struct listener *listener_new(const char *address, struct connections *connections)
{
    struct listener *listener = memory_new(sizeof(*listener));
    listener->connections = connections;
    listener->address = memory_copy_string(address);
    (void)uv_pipe_init(connections->loop, &listener->pipe, 0); /* none can fail on any system */
    (void)uv_timer_init(connections->loop, &listener->turn);
    (void)uv_fs_event_init(connections->loop, &listener->changes);
    (void)uv_timer_init(connections->loop, &listener->look);
    listener->pipe.data = listener->turn.data = listener;
    listener->changes.data = listener->look.data = listener;
    listener->open_handles = 4;
    return listener;
}

struct listener *listener_open(const char *address, struct connections *connections,
                               struct error *error)
{
    char *folder = path_parent(address);
    bool prepared = system_prepare_socket_folder(folder, error);
    free(folder);
    if (!prepared)
        return NULL;
    struct listener *listener = listener_new(address, connections);
    int status = system_bind_pipe(&listener->pipe, address);
    if (status == 0 && !system_identify_socket(address, &listener->identity))
        status = UV_ENOENT;
    if (status == 0)
        status = uv_listen((uv_stream_t *)&listener->pipe, BACKLOG, on_connection);
    if (status == 0)
        return listener;
    error_set(error, E_SYSTEM, "Cannot listen at %s: %s.", address, uv_strerror(status));
    listener_close(listener);
    return NULL;
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    if (is_in_place(listener))
        system_remove_socket(listener->address);
    uv_close((uv_handle_t *)&listener->pipe, on_closed);
    uv_close((uv_handle_t *)&listener->turn, on_closed);
    uv_close((uv_handle_t *)&listener->changes, on_closed);
    uv_close((uv_handle_t *)&listener->look, on_closed);
}
