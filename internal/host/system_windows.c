#include "host/system.h"

#include <windows.h>

bool system_sync_folder(const char *folder, struct error *error)
{
    (void)folder;
    (void)error;
    return true; /* NTFS keeps its names in a journal */
}

bool system_prepare_socket_folder(const char *folder, bool is_shared, struct error *error)
{
    (void)folder;
    (void)is_shared;
    (void)error;
    return true;
}

/* A pipe's name is gone with its last server; a second server is refused by uv_pipe_bind(). */
enum socket_path system_look_at_socket(const char *address)
{
    return WaitNamedPipeA(address, 1) || GetLastError() == ERROR_SEM_TIMEOUT ? SOCKET_PATH_SOCKET
                                                                             : SOCKET_PATH_FREE;
}

int system_bind_pipe(uv_pipe_t *pipe, const char *address)
{
    return uv_pipe_bind(pipe, address);
}

bool system_identify_socket(const char *address, struct socket_identity *identity)
{
    (void)address;
    *identity = (struct socket_identity){0};
    return true;
}

void system_remove_socket(const char *address)
{
    (void)address;
}

int64_t system_peer_pid(const uv_pipe_t *pipe)
{
    ULONG pid = 0;
    uv_os_fd_t handle;
    if (uv_fileno((const uv_handle_t *)pipe, &handle) != 0 ||
        !GetNamedPipeServerProcessId(handle, &pid))
        return 0;
    return (int64_t)pid;
}

/* A named pipe has no half that could be closed. */
bool system_has_hung_up(const union ipc_stream *stream)
{
    (void)stream;
    return true;
}

size_t system_descriptor_limit(void)
{
    return SIZE_MAX;
}

void system_ignore_write_signals(void)
{
}

void system_kill_group(int pid)
{
    (void)uv_kill(pid, SIGKILL);
}

void system_return_large_memory(void)
{
}
