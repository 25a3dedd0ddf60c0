#include "readiness/folder_events.h"

int folder_events_start(struct folder_events *events, const char *folder)
{
    return folder_events_start_libuv(events, folder);
}

void folder_events_stop(struct folder_events *events)
{
    (void)uv_fs_event_stop(&events->event);
}

int folder_events_signal(void)
{
    return 0;
}
