#ifndef ULOOP_IPC_TOKEN_H
#define ULOOP_IPC_TOKEN_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>

/* What proves to a server on loopback TCP, where the system does not tell who connects, that a
 * client may read the user's files. Rule: "Loopback TCP" in docs/protocol.md. Never logged. */

/* 256 bits as lower-case hex digits, without a NUL. */
#define TOKEN_DIGITS ((size_t)64)

/* Where a server puts its token unless told otherwise, in the project's folder. */
#define TOKEN_FILE "Temp/UnityCliLoop/serve.token"

/* How many bytes a message may have, on a connection that has not shown the token yet. Any local
 * user can open one. */
#define TOKEN_MOST_WITHOUT ((size_t)64 * 1024)

/*
 * Reads a token file; white space around the token is fine. NULL with code E_NONE when there is no
 * such file, and with E_ENDPOINT_DENIED when it cannot be read or holds no token. The caller frees.
 */
char *token_read(const char *path, struct error *error);

/* Is it the token? Takes as long wherever the first difference is. */
bool token_equals(const char *token, struct slice given);

#endif
