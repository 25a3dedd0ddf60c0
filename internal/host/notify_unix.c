#include "host/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The length of the address; 0 when it names no socket. */
static socklen_t read_address(const char *name, struct sockaddr_un *address)
{
    size_t length = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length >= sizeof(address->sun_path))
        return 0;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = '\0'; /* Linux's sockets without a file */
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void notify_manager(const char *message, struct log *log)
{
    struct sockaddr_un address = {0};
    const char *name = getenv("NOTIFY_SOCKET");
    if (!name || !*name)
        return;
    socklen_t length = read_address(name, &address);
    int descriptor = length > 0 ? socket(AF_UNIX, SOCK_DGRAM, 0) : -1;
    bool told = descriptor >= 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
                sendto(descriptor, message, strlen(message), MSG_DONTWAIT,
                       (const struct sockaddr *)&address, length) >= 0;
    if (!told)
        log_debug(log, "the service manager at %s was not told %s: %s", name, message,
                  length > 0 ? strerror(errno) : "NOTIFY_SOCKET names no socket");
    if (descriptor >= 0)
        (void)close(descriptor); /* a datagram was sent or was not */
}
