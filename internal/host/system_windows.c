#include "host/system.h"

#include <stdlib.h>
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

static wchar_t *wide(const char *text)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *made = memory_new(sizeof(wchar_t) * (size_t)(length > 0 ? length : 1));
    (void)MultiByteToWideChar(CP_UTF8, 0, text, -1, made, length);
    return made;
}

/* Opened without sharing: the system refuses whoever comes second. */
bool system_lock_take(struct system_lock *lock, const char *path, int64_t *holder,
                      struct error *error)
{
    wchar_t *name = wide(path);
    HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS,
                                FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD reason = GetLastError();
    free(name);
    *holder = 0;
    if (handle != INVALID_HANDLE_VALUE) {
        lock->handle = (intptr_t)handle;
        return true;
    }
    if (reason == ERROR_SHARING_VIOLATION)
        return error_set(error, E_PROJECT_IN_USE, "Another process holds %s.", path);
    return error_set(error, E_SYSTEM, "Cannot open %s: error %lu.", path, reason);
}

void system_lock_release(struct system_lock *lock)
{
    if (lock->handle != 0)
        (void)CloseHandle((HANDLE)lock->handle);
    lock->handle = 0;
}

int64_t system_lock_holder(const char *path)
{
    (void)path; /* Windows does not say who has a file open */
    return 0;
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
