#include "host/accept_seam_test.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

struct accept_seam accept_seam;

/* Called by libuv in place of the C library's. <sys/socket.h> is not included: what it declares
 * cannot be said in ISO C. */
__attribute__((visibility("default"))) int accept4(int listener, void *address, void *length,
                                                   int flags);

int accept4(int listener, void *address, void *length, int flags)
{
    if (accept_seam.faults == 0)
        return (int)syscall(SYS_accept4, listener, address, length, flags);
    accept_seam.faults--;
    accept_seam.told++;
    errno = accept_seam.reason;
    return -1;
}
