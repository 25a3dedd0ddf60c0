#include "readiness/folder_events.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int folder_events_start(struct folder_events *events, const char *folder)
{
    const int changes = DN_CREATE | DN_DELETE | DN_RENAME | DN_MODIFY | (int)DN_MULTISHOT;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return uv_translate_sys_error(errno);
    if (fcntl(descriptor, F_NOTIFY, changes) == 0) {
        events->descriptor = descriptor;
        return 0;
    }
    (void)close(descriptor);
    return folder_events_start_libuv(events, folder);
}

void folder_events_stop(struct folder_events *events)
{
    if (events->descriptor >= 0)
        (void)close(events->descriptor);
    events->descriptor = -1;
    (void)uv_fs_event_stop(&events->event);
}

int folder_events_signal(void)
{
    return SIGIO;
}
