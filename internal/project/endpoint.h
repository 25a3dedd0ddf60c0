#ifndef ULOOP_PROJECT_ENDPOINT_H
#define ULOOP_PROJECT_ENDPOINT_H

#include "base/error.h"

#include <stdbool.h>

/* Where a project's server listens. Rules: "Project and endpoint" in docs/protocol.md. The caller
 * frees every result. */

/* "UnityCliLoop-" and the first 16 hex digits of SHA-256 over the canonical root's UTF-8 bytes. */
char *endpoint_name(const char *canonical_root);

/* The three shapes of an address, each pure: G1 and G2 on Unix, G3 on Unix, every generation on
 * Windows. */
char *endpoint_shared_socket(const char *name);
char *endpoint_user_socket(const char *name, unsigned long euid);
char *endpoint_pipe(const char *name);

/* The address of generations G1 and G2 on this system, as uv_pipe_connect() and uv_pipe_bind() take
 * it, and the one of G3. */
char *endpoint_address(const char *name);
char *endpoint_private_address(const char *name);

/*
 * Where a client finds the server now: the address of G1 and G2, or that of G3 when nothing is at
 * the first and something at the second. NULL with E_ENDPOINT_FOREIGN when that lies in a folder
 * which another user may have made.
 */
char *endpoint_find(const char *name, struct error *error);

/* Is it a real folder (no link), ours, with mode 0700? Fails with E_ENDPOINT_FOREIGN, also when it
 * is not there. Always true where sockets are no files. */
bool endpoint_folder_is_private(const char *folder, struct error *error);

#endif
