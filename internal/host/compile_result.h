#ifndef ULOOP_HOST_COMPILE_RESULT_H
#define ULOOP_HOST_COMPILE_RESULT_H

#include "base/buffer.h"
#include "base/error.h"
#include "host/build.h"

#include <stdbool.h>

/* What a compile answers with, and where it is stored for a client whose connection is dropped by
 * the reload. Contract: "Compile" in docs/protocol.md. */

/* Is it 1 to 128 of [A-Za-z0-9_-]? It becomes a file's name. */
bool compile_request_id_is_valid(const char *request_id);

/* One sentence on how it went. The caller frees. */
char *compile_summary(const struct build_outcome *outcome);

/* Appends the result as JSON. `remark` is added to the Message; NULL for none. */
void compile_result_append(struct buffer *out, const struct build_outcome *outcome,
                           const char *project_root, const char *remark);

/*
 * Makes the folder of results and removes the results in it that are older than two minutes. Fails
 * with E_SYSTEM, and does nothing, when it or the folder it is in is a symbolic link: results would
 * be written, and files removed, somewhere else.
 */
bool compile_results_prepare(const char *project_root, struct error *error);

/* Stores a result at once and durably under a valid id. Fails as compile_results_prepare() does. */
bool compile_result_store(const char *project_root, const char *request_id, struct slice result,
                          struct error *error);

#endif
