#include "host/listener.h"

#include "base/memory.h"
#include "base/path.h"
#include "host/acceptor.h"
#include "host/system.h"

#include <stdlib.h>

struct listener {
    struct acceptor acceptor;
    char *address;
    struct socket_identity identity; /* of what was bound there */
    uv_fs_event_t changes;           /* in the socket's folder */
    uv_timer_t look;
    void (*on_lost)(void *context); /* NULL once it was told, and when nobody asked */
    void *context;
    int open_parts;
};

static void on_part_closed(void *context)
{
    struct listener *listener = context;
    if (--listener->open_parts == 0) {
        free(listener->address);
        free(listener);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    on_part_closed(handle->data);
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
        log_debug(listener->acceptor.connections->log, "no events come from %s: %s", folder,
                  uv_strerror(status));
    /* The first look is at what happened since it was bound. */
    (void)uv_timer_start(&listener->look, on_look, 0, look_ms);
    free(folder);
}

static struct listener *listener_new(const char *address, struct connections *connections)
{
    struct listener *listener = memory_new(sizeof(*listener));
    listener->address = memory_copy_string(address);
    acceptor_init(&listener->acceptor, connections, false);
    (void)uv_fs_event_init(connections->loop, &listener->changes); /* neither can fail */
    (void)uv_timer_init(connections->loop, &listener->look);
    listener->changes.data = listener->look.data = listener;
    listener->open_parts = 3;
    return listener;
}

struct listener *listener_open(const char *address, bool is_shared, struct connections *connections,
                               struct error *error)
{
    char *folder = path_parent(address);
    bool prepared = system_prepare_socket_folder(folder, is_shared, error);
    free(folder);
    if (!prepared)
        return NULL;
    struct listener *listener = listener_new(address, connections);
    int status = system_bind_pipe(&listener->acceptor.stream.pipe, address);
    if (status == 0 && !system_identify_socket(address, &listener->identity))
        status = UV_ENOENT;
    if (status == 0)
        status = acceptor_listen(&listener->acceptor);
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
    acceptor_close(&listener->acceptor, on_part_closed, listener);
    uv_close((uv_handle_t *)&listener->changes, on_handle_closed);
    uv_close((uv_handle_t *)&listener->look, on_handle_closed);
}
