#ifndef ULOOP_BASE_FILE_H
#define ULOOP_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What became of reading a file. */
enum file_outcome {
    FILE_READ,
    FILE_ABSENT, /* there is no such file, or no such folder */
    FILE_FAILED, /* *error says why: permission, not a regular file, too large, an I/O error */
};

/*
 * Appends a regular file's content to *content. A file that whoever writes to Temp may have put
 * there is hostile: a FIFO or device is refused without blocking, and more than `most_bytes` is
 * refused. *content is as it was unless FILE_READ is returned.
 */
enum file_outcome file_read(const char *path, size_t most_bytes, struct buffer *content,
                            struct error *error);

/*
 * Replaces a file at once and durably: a reader finds the old content or the new, whole, also after
 * a crash. The new content is written beside it under a name of this process, flushed, and renamed
 * over it. Fails with E_SYSTEM; nothing is left behind then.
 */
bool file_replace(const char *path, struct slice content, struct error *error);

/*
 * Writes a file under its own name, durably but not at once: for a name that no reader looks at
 * yet. What lies there is removed first, a symbolic link itself and not what it points to. Fails
 * with E_SYSTEM; the file is removed then.
 */
bool file_write(const char *path, struct slice content, struct error *error);

/* Makes the folder and the ones above it that are missing (mode 0777 less the umask). Fails with
 * E_SYSTEM. */
bool file_make_folder(const char *path, struct error *error);

/* Removes a file or a symbolic link; one that is not there counts as removed. Fails with E_SYSTEM.
 */
bool file_remove(const char *path, struct error *error);

#endif
