#include "process/process_start.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* What we opened ourselves is closed on exec already; this is for what we were started with. */
void process_keep_descriptors(void)
{
    DIR *open_ones = opendir("/dev/fd");
    const struct dirent *entry;
    while (open_ones && (entry = readdir(open_ones)) != NULL) {
        int descriptor = (int)strtol(entry->d_name, NULL, 10); /* 0 for "." and ".." */
        if (descriptor > STDERR_FILENO)
            (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    if (open_ones)
        (void)closedir(open_ones);
}
