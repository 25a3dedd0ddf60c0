#include "window/x11_wire.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_BODY_BYTES ((size_t)1 << 20)

int x11_wire_connect(const char *path, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    int descriptor = -1;
    if (length < sizeof(address.sun_path))
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    else
        errno = ENAMETOOLONG;
    if (length < sizeof(address.sun_path))
        memcpy(address.sun_path, path, length + 1);
    /* A Unix socket connects or refuses at once: with its queue full it refuses (EAGAIN). */
    if (descriptor >= 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 &&
        connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return descriptor;
    error_set(error, E_SYSTEM, "Cannot connect to the X server at %s: %s.", path, strerror(errno));
    if (descriptor >= 0)
        (void)close(descriptor);
    return -1;
}

/* Blocks until the socket is ready; false with *error at the deadline. */
static bool await(int socket, short events, uint64_t deadline_ms, struct error *error)
{
    for (;;) {
        uint64_t now_ms = clock_now_ms();
        if (now_ms >= deadline_ms)
            return error_set(error, E_SYSTEM, "The X server does not answer.");
        uint64_t left_ms = deadline_ms - now_ms;
        struct pollfd polled = {.fd = socket, .events = events};
        int ready = poll(&polled, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return error_set(error, E_SYSTEM, "Cannot wait for the X server: %s.", strerror(errno));
    }
}

static bool fail_lost(ssize_t got, struct error *error)
{
    return error_set(error, E_SYSTEM, "The connection to the X server was lost: %s.",
                     got == 0 ? "it hung up" : strerror(errno));
}

static bool may_go_on(ssize_t got)
{
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool x11_wire_write(int socket, const void *bytes, size_t length, uint64_t deadline_ms,
                    struct error *error)
{
    const char *at = bytes;
    while (length > 0) {
        if (!await(socket, POLLOUT, deadline_ms, error))
            return false;
        ssize_t put = send(socket, at, length, MSG_NOSIGNAL);
        if (!may_go_on(put))
            return fail_lost(put, error);
        at += put > 0 ? put : 0;
        length -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

bool x11_wire_read(int socket, void *bytes, size_t length, uint64_t deadline_ms,
                   struct error *error)
{
    char *at = bytes;
    while (length > 0) {
        if (!await(socket, POLLIN, deadline_ms, error))
            return false;
        ssize_t got = recv(socket, at, length, 0);
        if (!may_go_on(got))
            return fail_lost(got, error);
        at += got > 0 ? got : 0;
        length -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool x11_wire_read_message(int socket, struct x11_message *message, uint64_t deadline_ms,
                           struct error *error)
{
    *message = (struct x11_message){0};
    if (!x11_wire_read(socket, message->head, X11_MESSAGE_SIZE, deadline_ms, error))
        return false;
    message->type = message->head[0] & 0x7F; /* the high bit: another client sent the event */
    message->sequence = x11_get16(message->head + 2);
    if (message->type != X11_REPLY && message->type != X11_GENERIC_EVENT)
        return true;
    size_t length = (size_t)x11_get32(message->head + 4) * 4;
    if (length > MOST_BODY_BYTES || !buffer_reserve(&message->body, length))
        return error_set(error, E_SYSTEM, "The X server sends what was not asked for.");
    message->body.length = length;
    if (x11_wire_read(socket, message->body.data, length, deadline_ms, error))
        return true;
    buffer_clear(&message->body);
    return false;
}
