#ifndef ULOOP_LAUNCH_EDITOR_LOG_H
#define ULOOP_LAUNCH_EDITOR_LOG_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The log of an Editor that is about to be started, and how far it was written by then: an old log
 * must not be taken for the new Editor's. Release with editor_log_clear().
 */
struct editor_log {
    char *path; /* NULL where it has none: it goes to standard output, or the place is not known */
    uint64_t inode, size; /* of the file that is there already; 0 when there is none */
};

/* arguments: the user's for the Editor, among which -logFile counts; a relative path counts from
 * the project's root. */
void editor_log_look(struct editor_log *log, const char *project_root, const char *const *arguments,
                     size_t count);

/* Appends the last lines that were written since, as a JSON array of strings; false, and nothing,
 * when there are none. */
bool editor_log_append_tail(const struct editor_log *log, struct buffer *json);

void editor_log_clear(struct editor_log *log);

#endif
