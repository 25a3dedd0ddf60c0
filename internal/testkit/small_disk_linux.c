#include "testkit/small_disk.h"

#include "base/memory.h"
#include "testkit/cleanup.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>

struct small_disk {
    char *folder;
};

static void release(void *thing)
{
    struct small_disk *disk = thing;
    (void)umount2(disk->folder, MNT_DETACH);
    free(disk->folder);
    free(disk);
}

struct small_disk *small_disk_new(const char *folder)
{
    char *options = memory_format("size=%d", SMALL_DISK_BYTES);
    struct small_disk *disk = NULL;
    /* In a mount namespace of our own, nobody else sees it. */
    if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0) {
        disk = memory_new(sizeof(*disk));
        disk->folder = memory_copy_string(folder);
        cleanup_register(release, disk);
    }
    free(options);
    return disk;
}

void small_disk_free(struct small_disk *disk)
{
    if (!disk)
        return;
    cleanup_forget(disk);
    release(disk);
}
