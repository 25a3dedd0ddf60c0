#include "readiness/folder_events.h"

static void on_event(uv_fs_event_t *event, const char *name, int kinds, int status)
{
    struct folder_events *events = event->data;
    (void)name;
    (void)kinds;
    (void)status; /* whatever it is: somebody should look */
    events->on_change(events->context);
}

int folder_events_init(struct folder_events *events, uv_loop_t *loop,
                       void (*on_change)(void *context), void *context)
{
    events->descriptor = -1;
    events->on_change = on_change;
    events->context = context;
    events->event.data = events;
    return uv_fs_event_init(loop, &events->event);
}

int folder_events_start_libuv(struct folder_events *events, const char *folder)
{
    return uv_fs_event_start(&events->event, on_event, folder, 0);
}
