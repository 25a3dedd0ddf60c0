#ifndef ULOOP_HOST_ABUSER_TEST_H
#define ULOOP_HOST_ABUSER_TEST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/* For the test of abuse: a process that treats a server badly in every way that a client can. */

struct abuse {
    struct sockaddr_un socket;
    struct sockaddr_in port;
    size_t connections; /* how many to make */
    unsigned seed;      /* of the order in which the ways are taken */
};

/*
 * Makes the connections, and ends the process: with 0 when each could be made. Resets before, in
 * and after a frame, closes before, in and after one, garbage, wrong tokens, half frames that are
 * held, drips of one byte after the other, and large messages that nobody waits for. A server may
 * cut off any of them, but not refuse one.
 */
_Noreturn void abuse_server(const struct abuse *abuse);

/* Sends large messages and closes behind them, over the one or, without a token, over the other;
 * ends the process with 0 when nobody can be reached any more. */
_Noreturn void abuse_with_large_messages(const struct abuse *abuse, bool over_tcp);

#endif
