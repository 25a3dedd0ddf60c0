#include "host/system.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

int64_t system_peer_pid(const uv_pipe_t *pipe)
{
    pid_t pid = 0;
    socklen_t length = sizeof(pid);
    uv_os_fd_t descriptor = -1;
    if (uv_fileno((const uv_handle_t *)pipe, &descriptor) != 0 ||
        getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &pid, &length) != 0)
        return 0;
    return pid;
}

void system_return_large_memory(void)
{
}
