#ifndef ULOOP_HOST_LISTENING_TEST_H
#define ULOOP_HOST_LISTENING_TEST_H

#include "host/listener.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>
#include <uv.h>

/* For tests of how connections are kept: a listener on the test's own loop. What fails here fails
 * the test. */

struct listening {
    uv_loop_t loop;
    struct connections connections;
    struct listener *listener;
    struct log log;
    struct sockaddr_un address;
    struct buffer asked; /* the last request */
    const char *answer;  /* to each; NULL for what it asked */
    /* As long as this says so, they are not answered, and the connection is kept here. */
    bool holds_answers;
    struct connection *held;
};

/* `most` is how many connections are kept. */
void listening_open(struct listening *listening, size_t most);
void listening_close(struct listening *listening);

/* A client, which the listener has not accepted yet; close() it. */
int listening_connect(const struct listening *listening);

/* One that has sent a small request. */
int listening_ask(const struct listening *listening);

/* Runs the loop until something comes: is it that request's answer, and not the end? */
bool listening_answers(struct listening *listening, int client);

/* Runs the loop until nothing more happens at once. */
void listening_settle(struct listening *listening);

/* Has the client been cut off? */
bool listening_has_dropped(int client);

#endif
