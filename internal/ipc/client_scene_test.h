#ifndef ULOOP_IPC_CLIENT_SCENE_TEST_H
#define ULOOP_IPC_CLIENT_SCENE_TEST_H

#include "ipc/client.h"

#include <cJSON.h>

/* For tests of the client: its loop, and a server that the test plays step by step. What fails here
 * fails the test. */
struct scene {
    uv_loop_t loop;
    int listener;
    char *address;
    struct destination destination;
    struct client *client;
    int changes;
};

/* A server at a Unix socket, or at a port of loopback TCP; scene_close() takes the client along. */
void scene_open(struct scene *scene);
void scene_open_tcp(struct scene *scene);
void scene_close(struct scene *scene);

/* The client's on_change: counts. */
void on_change(void *context);

/* Connects, and sends the request 1 for run-tests. */
void connect_and_send(struct scene *scene);

/* Opens a scene whose request has reached the server; the server's end, to be closed. */
int open_and_send(struct scene *scene);

/* Runs the loop until the client is told of something and `done` says so. */
void run_until(struct scene *scene, bool (*done)(const struct client *client));
bool is_connected_or_not(const struct client *client);
bool is_settled(const struct client *client);

/* Runs the loop until the client gives up, and compares why. */
void expect_broken(struct scene *scene, enum error_code code, const char *words);

/* The server's side: a connection that comes (to be closed), the request on it (to be deleted), and
 * one frame of an answer. */
int take_connection(struct scene *scene);
cJSON *take_request(struct scene *scene, int connection);
void answer(int connection, const char *payload);

/* The protocol version that a request says it speaks. */
int64_t version_of(const cJSON *request);

#define FINAL "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"Passed\":3}}"
#define ACK(seconds)                                                                               \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":true},\"uloop\":{\"phase\":"           \
    "\"accepted\",\"heartbeatIntervalSeconds\":" seconds "}}"
#define HEARTBEAT(seconds)                                                                         \
    "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"alive\":true},\"uloop\":{\"phase\":"              \
    "\"heartbeat\",\"mainThreadStallSeconds\":" seconds "}}"
#define REFUSAL(version)                                                                           \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"update\",\"data\":{"   \
    "\"type\":\"cli_update_required\",\"message\":\"update\",\"requiredProtocolVersion\":" version \
    "}}}"

#endif
