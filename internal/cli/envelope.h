#ifndef ULOOP_CLI_ENVELOPE_H
#define ULOOP_CLI_ENVELOPE_H

#include "base/buffer.h"
#include "base/error.h"

/*
 * Appends the JSON that tells of an error, indented by two spaces or, where `compact`,
 * in one line, and a line end. Members and
 * their order: "Command line" in docs/protocol.md.
 *
 * project_root, command: NULL where not known. safeToRetry is true when nothing can have happened
 * in the Editor: the error says so, or the command only reads.
 */
void envelope_build(const struct error *error, const char *project_root, const char *command,
                    bool compact, struct buffer *out);

#endif
