#ifndef ULOOP_TESTKIT_TEST_EDITOR_INTERNAL_H
#define ULOOP_TESTKIT_TEST_EDITOR_INTERNAL_H

#include "testkit/test_editor.h"
#include "testkit/wait.h"

/* What the files test_editor*.c and test_connection.c share. */

struct arrived_request {
    struct test_request request;
    cJSON *message;
    char *raw;
    bool is_accepted;
    struct arrived_request *next;
};

struct connection {
    struct test_editor *editor;
    struct watch watch;  /* its descriptor is -1 once we have closed */
    struct buffer input; /* the frame that is coming in, or waits for its answer */
    bool holds_request;  /* a whole request came and is not answered: its last byte is unread */
    bool has_hung_up;    /* the client closed its end */
    struct connection *next;
};

struct test_editor {
    char *root;
    char *folder; /* Temp/UnityCliLoop */
    char *socket;
    struct watch listener; /* its descriptor is -1 while nothing listens */
    bool has_socket;       /* we bound it, and have not removed it */
    bool answers_probes;
    int generation;
    size_t dispatched;
    size_t probed;
    struct connection *connections;
    struct arrived_request *requests; /* the oldest first */
};

/* Takes over an accepted connection. */
void connection_open(struct test_editor *editor, int descriptor);

/* Closes our end: the client reads everything sent, then the end. */
void connection_close(struct connection *connection);

/* Makes a socket non-blocking, and ours alone. */
void testkit_set_up_socket(int descriptor);

/* test_request_answer(), where a client may have gone away meanwhile: false then. */
bool test_request_try_answer(struct test_request *request, const char *result_json);

/* A whole request came in on the connection: reads it, counts it, answers it if it is a probe. */
void test_editor_take_request(struct connection *connection, struct slice payload);

#endif
