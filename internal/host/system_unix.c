#include "host/system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    MODE_BITS = 07777,
};

bool system_sync_folder(const char *folder, struct error *error)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status = descriptor < 0 ? -1 : fsync(descriptor);
    int reason = errno;
    if (descriptor >= 0)
        (void)close(descriptor); /* nothing was written through it */
    /* Some file systems have no fsync for folders; their names are as durable as they get. */
    if (status == 0 || reason == EINVAL)
        return true;
    return error_set(error, E_SYSTEM, "Cannot flush the folder %s: %s.", folder, strerror(reason));
}

/* A folder that root or we made for everybody, in which nobody can take away what is not his; or
 * root's own, in which nobody can do anything. */
static bool is_for_all(const struct stat *found)
{
    bool is_sticky = found->st_mode & S_ISVTX;
    bool is_writable = found->st_mode & (S_IWGRP | S_IWOTH);
    if (found->st_uid == geteuid())
        return is_sticky;
    return found->st_uid == 0 && (is_sticky || !is_writable);
}

/* Changes the folder that was opened, whatever has its name by now. */
static bool keep_others_out(const char *folder, struct error *error)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int status = descriptor < 0 ? -1 : fchmod(descriptor, S_IRWXU);
    int reason = errno;
    if (descriptor >= 0)
        (void)close(descriptor); /* nothing was written through it */
    return status == 0 || error_set(error, E_SYSTEM, "Cannot change the mode of the folder %s: %s.",
                                    folder, strerror(reason));
}

bool system_prepare_socket_folder(const char *folder, bool is_shared, struct error *error)
{
    struct stat found;
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
        return error_set(error, E_SYSTEM, "Cannot make the folder %s: %s.", folder,
                         strerror(errno));
    if (lstat(folder, &found) != 0)
        return error_set(error, E_SYSTEM, "Cannot look at the folder %s: %s.", folder,
                         strerror(errno));
    if (!S_ISDIR(found.st_mode))
        return error_set(error, E_ENDPOINT_FOREIGN, "%s is not a folder: no socket is put there.",
                         folder);
    if (is_shared && is_for_all(&found))
        return true;
    if (found.st_uid != geteuid())
        return error_set(error, E_ENDPOINT_FOREIGN,
                         "The folder %s belongs to another user (uid %lu), who could put another "
                         "socket in place of ours: no socket is put there.",
                         folder, (unsigned long)found.st_uid);
    return (found.st_mode & MODE_BITS) == S_IRWXU || keep_others_out(folder, error);
}

enum socket_path system_look_at_socket(const char *address)
{
    struct stat found;
    if (lstat(address, &found) != 0)
        return errno == ENOENT ? SOCKET_PATH_FREE : SOCKET_PATH_OTHER;
    return S_ISSOCK(found.st_mode) ? SOCKET_PATH_SOCKET : SOCKET_PATH_OTHER;
}

int system_bind_pipe(uv_pipe_t *pipe, const char *address)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    int status = 0;
    if (length >= sizeof(at.sun_path))
        return UV_ENAMETOOLONG;
    memcpy(at.sun_path, address, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    if (descriptor < 0)
        return uv_translate_sys_error(errno);
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 ||
        bind(descriptor, (const struct sockaddr *)&at, sizeof(at)) != 0)
        status = uv_translate_sys_error(errno);
    if (status == 0)
        status = uv_pipe_open(pipe, descriptor); /* makes it non-blocking, and owns it then */
    if (status != 0)
        (void)close(descriptor);
    return status;
}

bool system_identify_socket(const char *address, struct socket_identity *identity)
{
    struct stat found;
    if (lstat(address, &found) != 0)
        return false;
    *identity =
        (struct socket_identity){.device = (uint64_t)found.st_dev, .file = (uint64_t)found.st_ino};
    return true;
}

void system_remove_socket(const char *address)
{
    (void)unlink(address);
}

bool system_has_hung_up(const union ipc_stream *stream)
{
    struct pollfd client = {0};
    return uv_fileno(&stream->handle, &client.fd) != 0 ||
           (poll(&client, 1, 0) > 0 && (client.revents & (POLLHUP | POLLERR)) != 0);
}

size_t system_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

void system_ignore_write_signals(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

void system_kill_group(int pid)
{
    /* The group is gone when the compiler left nothing behind: no failure. */
    if (pid > 1)
        (void)kill(-pid, SIGKILL);
}
