#ifndef ULOOP_HOST_SERVING_TEST_H
#define ULOOP_HOST_SERVING_TEST_H

#include "base/slice.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * For tests of the host as a whole: the built program serves a temporary project, and the test
 * talks to it with sockets and frames of its own. What fails here fails the test.
 */

struct temp_project;
struct program;
struct program_limit;

struct serving {
    struct temp_project *project;
    struct program *program;
    char *socket;     /* the endpoint's path */
    int changes;      /* inotify on the folder of the state */
    char *generation; /* of `ready`, when it was last waited for */
};

/* A new project with the one script Assets/A.cs, not served yet. */
struct serving *serving_new(void);

/* The same, of an existing project. */
struct serving *serving_of(struct temp_project *project);

/*
 * Makes the text a shell script that stands in for a compiler. It runs in the project's root, with
 * the path of the library to make in $out and the library made already. Returns its path.
 */
const char *serving_compiler(struct serving *serving, const char *script);

/* Starts `uloop serve` with further options (ends with NULL; may be NULL), and waits for ready. */
void serving_start(struct serving *serving, const char *const *options);
void serving_start_limited(struct serving *serving, const char *const *options,
                           const struct program_limit *limit);

/* A new project, served with the script as its compiler. */
struct serving *serving_with(const char *script);

/* Ends it with SIGTERM, and holds it against the contract: exit 0, `stopped`, no socket. */
void serving_stop(struct serving *serving);

/* Ends it with SIGKILL: it leaves everything as it is. */
void serving_kill(struct serving *serving);

/* The state file as JSON; the caller deletes it. */
cJSON *serving_state(struct serving *serving);

/* The state's generation; the caller frees. */
char *serving_generation(struct serving *serving);

/* Blocks until the state says this phase and reason. */
void serving_await(struct serving *serving, const char *phase, const char *reason);

/* Blocks until the server is ready after a reload that came since it was last waited for. */
void serving_await_reload(struct serving *serving);

/* A connection to the server; close() it. The second is to the port of --listen. */
int serving_connect(struct serving *serving);
int serving_connect_tcp(struct serving *serving);

/* The socket will be in the user's own folder, as of generation 3. */
void serving_move_socket(struct serving *serving);

/* Sends bytes; false when the server has closed. */
bool serving_send(int connection, const void *bytes, size_t length);

/* Sends a payload as one frame. */
void serving_send_frame(int connection, const char *payload);

/* The next frame's payload, parsed; NULL when the server closed instead. */
cJSON *serving_receive(int connection);

/* Blocks until the server closes; fails when anything comes before. */
void serving_await_close(int connection);

/* One request on a connection of its own; the whole answer. */
cJSON *serving_call(struct serving *serving, const char *method, const char *params);

/* Does the answer carry this error? Deletes the answer. */
void serving_expect_fault(cJSON *answer, int code);

/* Compiles; the result. */
cJSON *serving_compile(struct serving *serving, const char *params);

/* Was it successful, and does its message begin so? Deletes the result. */
void serving_expect_success(cJSON *result, const char *message_begin);

/* Did it fail with one error, whose message contains this? Deletes the result. */
void serving_expect_error(cJSON *result, const char *message);

/* Does get-version answer? */
void serving_expect_alive(struct serving *serving);

#endif
