#ifndef ULOOP_TESTKIT_TEST_EDITOR_H
#define ULOOP_TESTKIT_TEST_EDITOR_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A Unity Editor of generation G1 (or a later one) that a test plays itself, step by step: it
 * publishes phases, takes requests and answers them when the test says so. Written from
 * docs/protocol.md alone and sharing no code with the client or the host, so that it is a witness
 * of its own. It is strict: a request that breaks the contract (framing, JSON-RPC, metadata) fails
 * the test, as does everything here that cannot be done.
 *
 * A get-version request, which is the readiness probe, is answered at once, whatever the test waits
 * for at that moment, and is shown to nobody; unless test_editor_answer_probes() says otherwise.
 */
struct test_editor;

/* Generation ids for a test's use. */
#define TEST_GENERATION_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEST_GENERATION_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define TEST_GENERATION_C "cccccccccccccccccccccccccccccccc"

/* Nothing listens and no state is published yet. `canonical_root` is copied. */
struct test_editor *test_editor_new(const char *canonical_root);

/*
 * Makes it an Editor of generation 2 or 3, before it listens: it holds requests against that one's
 * metadata, and the third has its socket in the user's own folder. That these have no state file is
 * up to the test.
 */
void test_editor_set_generation(struct test_editor *editor, int generation);

/* Closes everything and removes the socket. The project's files stay. NULL is fine. */
void test_editor_free(struct test_editor *editor);

/* --- The state file --- */

/* Publishes a state, by the writer's rotation of four names; `reason` may be NULL. */
void test_editor_publish(struct test_editor *editor, const char *phase, const char *generation,
                         const char *reason);

/* The same with the members of a JSON object added, which replace those of the same name. */
void test_editor_publish_with(struct test_editor *editor, const char *phase, const char *generation,
                              const char *reason, const char *members_json);

/* Publishes any text as the state. */
void test_editor_publish_text(struct test_editor *editor, const char *text);

/* The rotation in slow motion: each call takes one step, and a reader may look in between. */
enum rotation_step {
    ROTATION_WRITE,     /* the text to .tmp.write */
    ROTATION_COMPLETE,  /* .tmp.write becomes .tmp */
    ROTATION_MOVE_AWAY, /* an old .bak goes, the target becomes .bak: no target now */
    ROTATION_REPLACE,   /* .tmp becomes the target */
};
void test_editor_rotate(struct test_editor *editor, enum rotation_step step, const char *text);

/* Deletes the state: all four names. */
void test_editor_delete_state(struct test_editor *editor);

/* --- The compile result on disk --- */

/* Stores a compile result under its request id. */
void test_editor_store_result(struct test_editor *editor, const char *request_id, const char *json);

/* Stores only its first `length` bytes, as a reader may see them while it is written. */
void test_editor_store_result_part(struct test_editor *editor, const char *request_id,
                                   const char *json, size_t length);

/* --- The endpoint --- */

/* The socket's path, borrowed from the editor. */
const char *test_editor_socket(const struct test_editor *editor);

/* Binds the project's socket and listens; a socket left behind by an earlier listener is replaced.
 */
void test_editor_listen(struct test_editor *editor);

/* Stops listening. A socket that is left behind refuses connections. Requests stay open. */
void test_editor_stop_listening(struct test_editor *editor, bool remove_socket);

/* Closes every connection, as a domain reload does. */
void test_editor_drop_connections(struct test_editor *editor);

/* Whether get-version is answered by itself (the beginning), or comes out of test_editor_accept().
 */
void test_editor_answer_probes(struct test_editor *editor, bool answer);

/* --- Requests --- */

/* One request. It belongs to the editor, and stays valid as long as that does. */
struct test_request {
    const char *method;
    const cJSON *params;  /* NULL when there are none */
    const cJSON *id;      /* NULL for a notification */
    const cJSON *uloop;   /* the metadata member of that name */
    const cJSON *message; /* all of it */
    const char *raw;      /* its bytes, and a NUL */
    size_t raw_length;
    struct connection *connection;
};

/*
 * Blocks until a request has come in whole, and returns it; in the order of arrival when there are
 * several. Fails at once when all programs of the test have ended, so that none can come.
 */
struct test_request *test_editor_accept(struct test_editor *editor);

/* How many requests other than get-version have come in so far, accepted or not. */
size_t test_editor_dispatched(struct test_editor *editor);

/* How many get-version requests have come in so far. */
size_t test_editor_probed(struct test_editor *editor);

/* The string parameter; fails the test when there is none. Borrowed from the request. */
const char *test_request_text(const struct test_request *request, const char *parameter);

/* The final answer: a result, or an error (`data_json` may be NULL). The connection stays open for
 * the client to close, or to send another request. */
void test_request_answer(struct test_request *request, const char *result_json);
void test_request_error(struct test_request *request, int code, const char *message,
                        const char *data_json);

/* Sends a frame ahead of the final answer: that the request was taken, and how often the client
 * will hear of it; or that it is worked on, and for how long the main thread has stood still. */
void test_request_acknowledge(struct test_request *request, const char *interval_seconds);
void test_request_beat(struct test_request *request, const char *stall_seconds);

/* Sends JSON as one frame, or any bytes at all, as part of an answer. False when the client has
 * gone away. */
bool test_request_send_frame(struct test_request *request, const char *json);
bool test_request_send_raw(struct test_request *request, const void *bytes, size_t length);

/* Closes the connection: the client reads everything sent, then the end. */
void test_request_close(struct test_request *request);

/* Closes it so that the client reads everything sent, then ECONNRESET (on Linux: a Unix socket does
 * this when it is closed with bytes unread, and a request's last byte stays unread until it is
 * answered). Not possible any more behind a final answer. */
void test_request_reset(struct test_request *request);

/* Blocks until the client has closed its end. */
void test_request_await_close(struct test_request *request);

#endif
