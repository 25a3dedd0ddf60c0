#ifndef ULOOP_PROJECT_ENDPOINT_H
#define ULOOP_PROJECT_ENDPOINT_H

/* Where a project's server listens. Rules: "Project and endpoint" in docs/protocol.md. The caller
 * frees every result. */

/* "UnityCliLoop-" and the first 16 hex digits of SHA-256 over the canonical root's UTF-8 bytes. */
char *endpoint_name(const char *canonical_root);

/* The three shapes of an address, each pure: G1 and G2 on Unix, G3 on Unix, every generation on
 * Windows. */
char *endpoint_shared_socket(const char *name);
char *endpoint_user_socket(const char *name, unsigned long euid);
char *endpoint_pipe(const char *name);

/* The address of generation G1 on this system, as uv_pipe_connect() and uv_pipe_bind() take it. */
char *endpoint_address(const char *name);

#endif
