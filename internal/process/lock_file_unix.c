#include "process/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* One more is needed only when somebody removed the file in the moment between our opening and
     * locking it. */
    MOST_TRIES = 100
};

/* A record lock, not flock(): it tells who holds it, and is not inherited by a compiler. */
static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* Who holds a lock on the file; 0 when nobody does, or no pid of ours tells who: the system has 0
 * for a process of another namespace, and -1 for a lock that belongs to no process. */
static int64_t holder_of(int descriptor)
{
    struct flock held = whole_file();
    bool told = fcntl(descriptor, F_GETLK, &held) == 0 && held.l_type != F_UNLCK;
    return told && held.l_pid > 0 ? (int64_t)held.l_pid : 0;
}

int64_t lock_file_holder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int64_t holder = descriptor < 0 ? 0 : holder_of(descriptor);
    if (descriptor >= 0)
        (void)close(descriptor);
    return holder;
}

static bool refuse(int descriptor, const char *path, int reason, int64_t *holder,
                   struct error *error)
{
    if (reason != EACCES && reason != EAGAIN)
        return error_set(error, E_SYSTEM, "Cannot lock %s: %s.", path, strerror(reason));
    *holder = holder_of(descriptor);
    return error_set(error, E_PROJECT_IN_USE, "Another process holds %s.", path);
}

/* Opens and locks the file; -1 with *error when that fails. */
static int lock_once(const char *path, int64_t *holder, struct error *error)
{
    int descriptor =
        open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        error_set(error, E_SYSTEM, "Cannot open %s: %s.", path, strerror(errno));
        return -1;
    }
    struct flock wanted = whole_file();
    if (fcntl(descriptor, F_SETLK, &wanted) == 0)
        return descriptor;
    (void)refuse(descriptor, path, errno, holder, error);
    (void)close(descriptor);
    return -1;
}

/* Is what was locked still the file of that name? Others lock that one. */
static bool is_named(int descriptor, const char *path)
{
    struct stat locked, named;
    return fstat(descriptor, &locked) == 0 && lstat(path, &named) == 0 &&
           locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

bool lock_file_take(struct lock_file *lock, const char *path, int64_t *holder, struct error *error)
{
    *holder = 0;
    for (int i = 0; i < MOST_TRIES; i++) {
        int descriptor = lock_once(path, holder, error);
        if (descriptor < 0)
            return false;
        if (is_named(descriptor, path)) {
            lock->handle = descriptor;
            return true;
        }
        (void)close(descriptor);
    }
    return error_set(error, E_SYSTEM, "Cannot lock %s: it is removed again and again.", path);
}

void lock_file_release(struct lock_file *lock)
{
    if (lock->handle != 0)
        (void)close((int)lock->handle);
    lock->handle = 0;
}

void lock_file_remove(struct lock_file *lock, const char *path)
{
    /* One that cannot be removed is in nobody's way. */
    if (lock->handle != 0 && is_named((int)lock->handle, path))
        (void)unlink(path);
    lock_file_release(lock);
}
