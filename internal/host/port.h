#ifndef ULOOP_HOST_PORT_H
#define ULOOP_HOST_PORT_H

#include "base/error.h"
#include "host/connection.h"

/* A port of loopback TCP, beside the socket. Contract: "Loopback TCP" in docs/protocol.md. */
struct port;

/*
 * Listens at *address ("tcp:127.0.0.1:0"), which is replaced by one that names the port that the
 * system chose, so that it is the same port the next time. Clients go to `connections`. NULL with
 * *error set to E_SYSTEM or E_INVALID_ARGUMENT.
 */
struct port *port_open(char **address, struct connections *connections, struct error *error);

/* NULL is allowed. */
void port_close(struct port *port);

#endif
