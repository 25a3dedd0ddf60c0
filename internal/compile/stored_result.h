#ifndef ULOOP_COMPILE_STORED_RESULT_H
#define ULOOP_COMPILE_STORED_RESULT_H

#include "base/buffer.h"

#include <stdbool.h>

/*
 * Reads the result that the server stored for a compile request, raw as it stands in the file,
 * without a byte order mark. False while it is not there yet, which a half-written or unreadable
 * file counts as. Contract: "Compile" in docs/protocol.md.
 */
bool stored_result_read(const char *project_root, const char *request_id, struct buffer *result);

/* Does the result say Success: true? False and null are both "not": see compile/completion.h. */
bool result_is_success(struct slice result);

#endif
