#include "host/abuser_test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char FRAME[] =
    "Content-Length: 53\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1234567}";
static const char GARBAGE[] = "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n";

/* Held open with half a frame on each: more, over all processes, than a server keeps. */
enum {
    HELD = 40,
};

enum {
    LARGE = 60 * 1024 * 1024,
    LARGE_OF_STRANGER = 2 * 1024 * 1024,
};

struct abuser {
    const struct abuse *abuse;
    unsigned random;
    int held[HELD];
    size_t dripped[HELD]; /* bytes of the frame sent so far */
    size_t next;          /* to be displaced */
};

static unsigned next_random(struct abuser *abuser)
{
    abuser->random = abuser->random * 1664525U + 1013904223U;
    return abuser->random >> 8;
}

/* A server that cannot be connected to is deaf, or gone. */
static int reach(const struct sockaddr *address, socklen_t length)
{
    const struct timeval limit = {.tv_sec = 30};
    int connection = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
        connect(connection, address, length) != 0) {
        perror("an abuser cannot connect");
        _exit(1);
    }
    return connection;
}

static int reach_socket(const struct abuser *abuser)
{
    return reach((const struct sockaddr *)&abuser->abuse->socket, sizeof(abuser->abuse->socket));
}

static int reach_port(const struct abuser *abuser)
{
    return reach((const struct sockaddr *)&abuser->abuse->port, sizeof(abuser->abuse->port));
}

/* The server may have cut it off already: that is its right. */
static void put(int connection, const char *bytes, size_t length)
{
    (void)send(connection, bytes, length, MSG_NOSIGNAL);
}

static void read_to_end(int connection)
{
    char ignored[4096];
    while (recv(connection, ignored, sizeof(ignored), 0) > 0)
        continue;
}

static void reset(int connection)
{
    const struct linger at_once = {.l_onoff = 1};
    (void)setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    (void)close(connection);
}

static void reset_port(struct abuser *abuser, size_t sent)
{
    int connection = reach_port(abuser);
    put(connection, FRAME, sent);
    reset(connection);
}

static void close_socket(struct abuser *abuser, size_t sent)
{
    int connection = reach_socket(abuser);
    put(connection, FRAME, sent);
    (void)close(connection);
}

/* Closed with the answer unread or half read, which resets a Unix socket as well. */
static void close_in_answer(struct abuser *abuser, size_t read)
{
    char ignored[64];
    int connection = reach_socket(abuser);
    put(connection, FRAME, sizeof(FRAME) - 1);
    (void)recv(connection, ignored, read < sizeof(ignored) ? read : sizeof(ignored), 0);
    (void)close(connection);
}

static void send_garbage(int connection)
{
    put(connection, GARBAGE, sizeof(GARBAGE) - 1);
    read_to_end(connection);
    (void)close(connection);
}

static void send_without_token(struct abuser *abuser)
{
    int connection = reach_port(abuser);
    put(connection, FRAME, sizeof(FRAME) - 1);
    read_to_end(connection);
    (void)close(connection);
}

static void hold(struct abuser *abuser, int connection, size_t sent)
{
    int *place = &abuser->held[abuser->next];
    if (*place >= 0)
        (void)close(*place);
    put(connection, FRAME, sent);
    *place = connection;
    abuser->dripped[abuser->next] = sent;
    abuser->next = (abuser->next + 1) % HELD;
}

/* One byte more on one of those that are held. */
static void drip(struct abuser *abuser)
{
    size_t at = next_random(abuser) % HELD;
    if (abuser->held[at] >= 0 && abuser->dripped[at] < sizeof(FRAME) - 1)
        put(abuser->held[at], &FRAME[abuser->dripped[at]++], 1);
}

/* So much of a large message, whose fault is its end. */
static void put_large(int connection, size_t length)
{
    char header[64], piece[65536];
    size_t sent = 0;
    int size = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n[1", length + 2);
    put(connection, header, (size_t)size);
    for (size_t at = 0; at < sizeof(piece); at++)
        piece[at] = at % 2 ? '1' : ',';
    while (sent < length && send(connection, piece, sizeof(piece), MSG_NOSIGNAL) > 0)
        sent += sizeof(piece);
}

/* Not as often as the others: it takes its time. */
static void send_large(struct abuser *abuser)
{
    unsigned way = next_random(abuser) % 32;
    if (way > 1)
        return;
    int connection = way ? reach_socket(abuser) : reach_port(abuser);
    put_large(connection, way ? LARGE / 8 : LARGE_OF_STRANGER);
    (void)close(connection);
}

static void abuse_once(struct abuser *abuser)
{
    size_t part = next_random(abuser) % sizeof(FRAME);
    switch (next_random(abuser) % 12) {
    case 0:
        reset_port(abuser, 0);
        break;
    case 1:
        reset_port(abuser, part);
        break;
    case 2:
        reset_port(abuser, sizeof(FRAME) - 1);
        break;
    case 3:
        close_socket(abuser, 0);
        break;
    case 4:
        close_socket(abuser, part);
        break;
    case 5:
        close_socket(abuser, sizeof(FRAME) - 1);
        break;
    case 6:
        close_in_answer(abuser, part);
        break;
    case 7:
        send_garbage(reach_socket(abuser));
        break;
    case 8:
        send_garbage(reach_port(abuser));
        break;
    case 9:
        send_without_token(abuser);
        break;
    case 10:
        hold(abuser, reach_socket(abuser), part);
        break;
    default:
        hold(abuser, reach_port(abuser), part);
        break;
    }
    drip(abuser);
    send_large(abuser);
}

void abuse_server(const struct abuse *abuse)
{
    struct abuser abuser = {.abuse = abuse, .random = abuse->seed};
    for (size_t at = 0; at < HELD; at++)
        abuser.held[at] = -1;
    for (size_t at = 0; at < abuse->connections; at++)
        abuse_once(&abuser);
    _exit(0); /* closes what is held */
}

static bool can_reach(int connection, const struct abuse *abuse, bool over_tcp)
{
    const struct sockaddr *port = (const struct sockaddr *)&abuse->port;
    const struct sockaddr *path = (const struct sockaddr *)&abuse->socket;
    return over_tcp ? connect(connection, port, sizeof(abuse->port)) == 0
                    : connect(connection, path, sizeof(abuse->socket)) == 0;
}

void abuse_with_large_messages(const struct abuse *abuse, bool over_tcp)
{
    for (;;) {
        int connection = socket(over_tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection < 0)
            _exit(1);
        if (!can_reach(connection, abuse, over_tcp))
            _exit(0);
        put_large(connection, over_tcp ? LARGE_OF_STRANGER : LARGE);
        (void)close(connection);
    }
}
