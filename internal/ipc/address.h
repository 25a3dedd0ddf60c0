#ifndef ULOOP_IPC_ADDRESS_H
#define ULOOP_IPC_ADDRESS_H

#include "base/error.h"

#include <stdbool.h>
#include <uv.h>

/*
 * Where a server listens, as text: the path of a socket, the name of a pipe, or
 * "tcp:127.0.0.1:<port>" and "tcp:[::1]:<port>". TCP is for loopback alone: what travels there is
 * not encrypted. Rule: "Loopback TCP" in docs/protocol.md.
 */

bool address_is_tcp(const char *address);

/* Reads a TCP address; port 0 leaves the choice of a port to the system. Fails with
 * E_INVALID_ARGUMENT, also where the address is no loopback one. */
bool address_read_tcp(const char *address, struct sockaddr_storage *socket_address,
                      struct error *error);

/* The address that a bound TCP handle has, its port filled in; the caller frees. */
char *address_of_tcp(const uv_tcp_t *tcp);

#endif
