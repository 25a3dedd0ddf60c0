/* What the system may answer instead of a client. */

#include "host/accept_seam_test.h"
#include "host/listener.h"

#include "base/clock.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A listener on the test's own loop, whose clients are answered with what they asked. */
struct scene {
    uv_loop_t loop;
    struct connections connections;
    struct listener *listener;
    struct log log;
    struct sockaddr_un address;
};

static void on_request(void *context, struct connection *connection, struct slice payload)
{
    struct buffer answer = {0};
    (void)context;
    buffer_append(&answer, payload.data, payload.length);
    connection_answer(connection, &answer, false);
}

static void on_done(void *context, struct connection *connection)
{
    (void)context;
    (void)connection;
}

static void scene_open(struct scene *scene)
{
    struct error error = {0};
    *scene = (struct scene){.address.sun_family = AF_UNIX};
    const char *path = temp_project_path(temp_folder_new(), "folder/socket");
    cr_assert_lt(strlen(path), sizeof(scene->address.sun_path));
    strcpy(scene->address.sun_path, path);
    cr_assert_eq(uv_loop_init(&scene->loop), 0);
    connections_init(&scene->connections, &scene->loop, CONNECTIONS_MOST, &scene->log);
    scene->connections.on_request = on_request;
    scene->connections.on_answered = on_done;
    scene->connections.on_closed = on_done;
    scene->listener = listener_open(path, false, &scene->connections, &error);
    cr_assert(scene->listener, "%s", error.message);
}

static void scene_close(struct scene *scene)
{
    listener_close(scene->listener);
    connections_close_all(&scene->connections);
    cr_expect_eq(uv_run(&scene->loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&scene->loop), 0);
}

#define FRAME "Content-Length: 2\r\n\r\n{}"

static int send_request(const struct scene *scene)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(client, 0);
    cr_assert_eq(connect(client, (const struct sockaddr *)&scene->address, sizeof(scene->address)),
                 0, "%s", strerror(errno));
    cr_assert_eq(send(client, FRAME, strlen(FRAME), MSG_NOSIGNAL), (ssize_t)strlen(FRAME));
    return client;
}

/* Runs the loop until something comes: is it the answer, and not the end? */
static bool is_answered(struct scene *scene, int client)
{
    char answer[64] = "";
    struct pollfd ready = {.fd = client, .events = POLLIN};
    uint64_t deadline = clock_after(clock_now_ms(), TESTKIT_LIMIT_MS);
    while (poll(&ready, 1, 1) == 0) {
        cr_assert_lt(clock_now_ms(), deadline, "nothing comes after %s",
                     strerror(accept_seam.reason));
        (void)uv_run(&scene->loop, UV_RUN_NOWAIT);
    }
    return recv(client, answer, sizeof(answer) - 1, 0) > 0 && strcmp(answer, FRAME) == 0;
}

static void fail_with(int reason, int times)
{
    accept_seam = (struct accept_seam){.faults = times, .reason = reason};
}

static const int REASONS[] = {ECONNABORTED, EPROTO,      EPERM,     ENOBUFS,      ENOMEM,
                              ENETDOWN,     ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, EOPNOTSUPP,
                              ENOPROTOOPT,  ENONET,      EINTR,     ETIMEDOUT,    ENOSR};

Test(accept_fault, is_outlived_by_the_listener_and_by_whoever_waits)
{
    struct scene scene;
    scene_open(&scene);
    for (size_t at = 0; at < sizeof(REASONS) / sizeof(REASONS[0]); at++) {
        fail_with(REASONS[at], 5);
        int client = send_request(&scene);
        cr_expect(is_answered(&scene, client), "%s", strerror(REASONS[at]));
        cr_expect_eq(accept_seam.told, 5, "%s", strerror(REASONS[at]));
        (void)close(client);
    }
    scene_close(&scene);
}

/* Without a descriptor libuv turns away who waits; whoever comes later is let in. */
Test(accept_fault, of_no_descriptor_turns_away_only_who_comes_then)
{
    static const int NO_DESCRIPTOR[] = {EMFILE, ENFILE};
    struct scene scene;
    scene_open(&scene);
    for (size_t at = 0; at < 2; at++) {
        fail_with(NO_DESCRIPTOR[at], 1);
        int unlucky = send_request(&scene);
        (void)is_answered(&scene, unlucky);
        int client = send_request(&scene);
        cr_expect(is_answered(&scene, client), "%s", strerror(NO_DESCRIPTOR[at]));
        (void)close(client);
        (void)close(unlucky);
    }
    scene_close(&scene);
}

Test(accept_fault, that_stays_makes_room_by_dropping_who_is_idle)
{
    enum {
        IDLE = 5,
    };
    struct scene scene;
    int idle[IDLE];
    char byte;
    scene_open(&scene);
    for (size_t at = 0; at < IDLE; at++) {
        idle[at] = send_request(&scene);
        cr_assert(is_answered(&scene, idle[at]));
    }
    fail_with(ENOBUFS, 3);
    int client = send_request(&scene);
    cr_expect(is_answered(&scene, client));
    cr_expect_eq(scene.connections.count, (size_t)3);
    for (size_t at = 0; at < IDLE; at++) { /* the first three were idle longest */
        ssize_t got = recv(idle[at], &byte, 1, MSG_DONTWAIT);
        cr_expect_eq(got, at < 3 ? 0 : -1);
        (void)close(idle[at]);
    }
    (void)close(client);
    scene_close(&scene);
}

/* For real: the table is full, and has room again when others are done with it. */
Test(accept_fault, of_a_full_table_of_descriptors_ends_with_it)
{
    enum {
        MOST = 64,
    };
    const struct rlimit limit = {.rlim_cur = MOST, .rlim_max = MOST};
    struct scene scene;
    int taken[MOST];
    size_t count = 0;
    scene_open(&scene);
    int client = send_request(&scene);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while ((taken[count] = dup(client)) >= 0)
        count++;
    (void)is_answered(&scene, client); /* turned away: libuv has a descriptor only for that */
    (void)close(taken[--count]);
    (void)close(taken[--count]);
    int next = send_request(&scene);
    cr_expect(is_answered(&scene, next));
    while (count > 0)
        (void)close(taken[--count]);
    (void)close(next);
    (void)close(client);
    scene_close(&scene);
}
