#ifndef ULOOP_HOST_TOKEN_FILE_H
#define ULOOP_HOST_TOKEN_FILE_H

#include "base/error.h"
#include "ipc/token.h"

#include <stdbool.h>

/*
 * Makes a token that was never used, and puts it in a file that only this user can read. What has
 * the file's name is replaced, a link itself and not what it leads to. Fails with E_SYSTEM. Rule:
 * "Loopback TCP" in docs/protocol.md.
 */
bool token_file_make(const char *path, char token[TOKEN_DIGITS + 1], struct error *error);

#endif
