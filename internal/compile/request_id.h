#ifndef ULOOP_COMPILE_REQUEST_ID_H
#define ULOOP_COMPILE_REQUEST_ID_H

#include "base/error.h"

#include <stdbool.h>

/* "compile_<unix milliseconds>_<8 hex digits>", which names the request's stored result. NULL with
 * E_SYSTEM when the system gives no random bytes. The caller frees. Contract: "Compile" in
 * docs/protocol.md. */
char *request_id_new(struct error *error);

/* Is it one that may become part of a file name: 1 to 128 of [A-Za-z0-9_-]? */
bool request_id_is_valid(const char *id);

#endif
