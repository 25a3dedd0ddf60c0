#include "host/port.h"

#include "base/memory.h"
#include "host/acceptor.h"
#include "ipc/address.h"

#include <stdlib.h>

struct port {
    struct acceptor acceptor;
};

struct port *port_open(char **address, struct connections *connections, struct error *error)
{
    struct sockaddr_storage where;
    if (!address_read_tcp(*address, &where, error))
        return NULL;
    struct port *port = memory_new(sizeof(*port));
    acceptor_init(&port->acceptor, connections, true);
    uv_tcp_t *tcp = &port->acceptor.stream.tcp;
    int status = uv_tcp_bind(tcp, (const struct sockaddr *)&where, 0);
    if (status == 0)
        status = acceptor_listen(&port->acceptor);
    if (status < 0) {
        error_set(error, E_SYSTEM, "Cannot listen at %s: %s.", *address, uv_strerror(status));
        port_close(port);
        return NULL;
    }
    free(*address);
    *address = address_of_tcp(tcp);
    return port;
}

void port_close(struct port *port)
{
    if (port)
        acceptor_close(&port->acceptor, free, port);
}
