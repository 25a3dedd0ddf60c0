#include "testkit/small_disk.h"

#include <stddef.h>

struct small_disk *small_disk_new(const char *folder)
{
    (void)folder;
    return NULL;
}

void small_disk_free(struct small_disk *disk)
{
    (void)disk;
}
