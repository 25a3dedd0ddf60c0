#ifndef ULOOP_BASE_FILE_H
#define ULOOP_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What became of reading a file. */
enum file_outcome {
    FILE_READ,
    FILE_ABSENT, /* there is no such file, or no such folder */
    FILE_FAILED, /* *error says why. E_SYSTEM: permission, not a regular file, too large, an I/O
                    error; E_SHORTAGE: no descriptor or no memory was to be had to look at it */
};

/*
 * Appends a regular file's content to *content. A file that whoever writes to Temp may have put
 * there is hostile: a FIFO or device is refused without blocking, and more than `most_bytes` is
 * refused. *content is as it was unless FILE_READ is returned.
 */
enum file_outcome file_read(const char *path, size_t most_bytes, struct buffer *content,
                            struct error *error);

/* The same of standard input, up to its end: a pipe, a terminal, a file. Waits for whoever writes
 * to it. Never FILE_ABSENT. */
enum file_outcome file_read_input(size_t most_bytes, struct buffer *content, struct error *error);

/*
 * Replaces a file at once and durably: a reader finds the old content or the new, whole, also after
 * a crash. The new content is written beside it under a name of this process, flushed, and renamed
 * over it. Fails with E_SYSTEM; nothing is left behind then.
 */
bool file_replace(const char *path, struct slice content, struct error *error);

/*
 * The same piece by piece, for content that is not in memory as a whole: begun before it is known,
 * so that a place that cannot be written is found out first, and committed or abandoned in the end.
 * Zero-initialised is one that was not begun, and can be abandoned.
 */
struct file_replacement {
    char *path;
    char *beside; /* where the new content is until the commit */
    int file;
    int status; /* of the writes so far: 0, or what failed first */
};

/* Fails with E_SYSTEM; there is nothing to abandon then. */
bool file_replacement_begin(struct file_replacement *replacement, const char *path,
                            struct error *error);

/* False when this write or one before failed; the commit says why. */
bool file_replacement_write(struct file_replacement *replacement, struct slice bytes);

/* Fails with E_SYSTEM, and leaves the old content. Either way the replacement is over. */
bool file_replacement_commit(struct file_replacement *replacement, struct error *error);
void file_replacement_abandon(struct file_replacement *replacement);

/*
 * Writes a file under its own name, durably but not at once: for a name that no reader looks at
 * yet. What lies there is removed first, a symbolic link itself and not what it points to. Fails
 * with E_SYSTEM; the file is removed then.
 */
bool file_write(const char *path, struct slice content, struct error *error);

/* Makes the folder and the ones above it that are missing (mode 0777 less the umask). Fails with
 * E_SYSTEM. */
bool file_make_folder(const char *path, struct error *error);

/* Which file a name leads to, itself and not through a link; zeros for none. One that was renamed
 * or written to since is another: what is remembered is when that happened, too. */
struct file_identity {
    uint64_t device, inode;
    int64_t changed_s, changed_ns;
};

/* None where nothing is there that can be looked at. */
struct file_identity file_identify(const char *path);

/* Is the file of that name the one that was identified; or still none, where there was none? */
bool file_is_same(const char *path, const struct file_identity *identity);

/* Removes a file or a symbolic link; one that is not there counts as removed. Fails with E_SYSTEM.
 */
bool file_remove(const char *path, struct error *error);

#endif
