#ifndef ULOOP_HOST_LOG_FILE_H
#define ULOOP_HOST_LOG_FILE_H

#include "base/error.h"
#include "base/log.h"

#include <stdint.h>

/* How many full files are kept beside the one that is written to: <path>.1 is the youngest. */
#define LOG_FILE_KEPT 3

/* A log in a file that begins anew when it is full. Not to be moved while it is open. */
struct log_file {
    struct log log; /* write to this one */
    char *path;
    uint64_t bytes, most_bytes; /* in the file now, and when it is full */
};

/*
 * Opens the file, or goes on with the one that is there; makes the folder it is in. A line is never
 * cut in two: a file may be longer than `most_bytes` by one. What is no regular file, or is reached
 * through a symbolic link, is written to as it is and never put aside. Where a full one cannot be
 * put aside the log goes on in it. Fails with E_SYSTEM.
 */
bool log_file_open(struct log_file *file, const char *path, uint64_t most_bytes,
                   enum log_level level, struct error *error);

void log_file_close(struct log_file *file);

#endif
