#include "ipc/address.h"

#include <stdlib.h>
#include <string.h>

static const char PREFIX[] = "tcp:";

enum {
    MOST_PORT = 65535,
    LOOPBACK_NETWORK = 127, /* all of 127.0.0.0/8 */
};

bool address_is_tcp(const char *address)
{
    return strncmp(address, PREFIX, sizeof(PREFIX) - 1) == 0;
}

/* The port behind the last colon; -1 when it is none. */
static int read_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return -1;
    long port = strtol(text, NULL, 10);
    return port <= MOST_PORT ? (int)port : -1;
}

static bool read_ip4(const char *host, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in *ip4 = (struct sockaddr_in *)out;
    if (uv_ip4_addr(host, port, ip4) != 0)
        return false;
    const unsigned char *bytes = (const unsigned char *)&ip4->sin_addr;
    return bytes[0] == LOOPBACK_NETWORK;
}

/* `host` stands in brackets. */
static bool read_ip6(const char *host, int port, struct sockaddr_storage *out)
{
    static const unsigned char LOOPBACK[16] = {[15] = 1};
    struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)out;
    size_t length = strlen(host);
    if (length < 2 || host[0] != '[' || host[length - 1] != ']')
        return false;
    char *bare = memory_copy_bytes(host + 1, length - 2);
    bool is_loopback = uv_ip6_addr(bare, port, ip6) == 0 &&
                       memcmp(&ip6->sin6_addr, LOOPBACK, sizeof(LOOPBACK)) == 0;
    free(bare);
    return is_loopback;
}

bool address_read_tcp(const char *address, struct sockaddr_storage *socket_address,
                      struct error *error)
{
    const char *rest = address_is_tcp(address) ? address + sizeof(PREFIX) - 1 : "";
    const char *colon = strrchr(rest, ':');
    int port = colon ? read_port(colon + 1) : -1;
    *socket_address = (struct sockaddr_storage){0};
    if (port >= 0) {
        char *host = memory_copy_bytes(rest, (size_t)(colon - rest));
        bool read = read_ip4(host, port, socket_address) || read_ip6(host, port, socket_address);
        free(host);
        if (read)
            return true;
    }
    return error_set(
        error, E_INVALID_ARGUMENT,
        "'%s' is not the address of a loopback port: it must be tcp:127.0.0.1:<port> or "
        "tcp:[::1]:<port>.",
        address);
}

char *address_of_tcp(const uv_tcp_t *tcp)
{
    struct sockaddr_storage bound = {0};
    int length = sizeof(bound);
    char host[64] = "";
    (void)uv_tcp_getsockname(tcp, (struct sockaddr *)&bound, &length); /* it is bound */
    if (bound.ss_family == AF_INET6) {
        const struct sockaddr_in6 *ip6 = (const struct sockaddr_in6 *)&bound;
        (void)uv_ip6_name(ip6, host, sizeof(host));
        return memory_format("%s[%s]:%d", PREFIX, host, ntohs(ip6->sin6_port));
    }
    const struct sockaddr_in *ip4 = (const struct sockaddr_in *)&bound;
    (void)uv_ip4_name(ip4, host, sizeof(host));
    return memory_format("%s%s:%d", PREFIX, host, ntohs(ip4->sin_port));
}
