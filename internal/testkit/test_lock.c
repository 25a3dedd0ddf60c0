#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int test_lock_hold(const char *path, enum test_lock_owner owner)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
    (void)mkdir(folder, 0777); /* it may be there */
    free(folder);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(descriptor, 0, "%s", path);
    cr_assert_eq(fcntl(descriptor, owner == TEST_LOCK_OURS ? F_SETLK : F_OFD_SETLK, &whole), 0);
    return descriptor;
}
