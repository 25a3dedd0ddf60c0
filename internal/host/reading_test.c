/* Large requests, each of which takes its time to be read: one after the other, and only of those
 * who still wait for it. */

#include "host/listening_test.h"
#include "host/server_parts.h"

#include "base/memory.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 4, /* of libuv's, unless it is told otherwise */
    CLIENTS = 5,
    LENGTH = 100 * 1024,
};

/* A server that has nothing but clients. Its threads are kept until they are let go. */
struct scene {
    struct listening listening;
    struct server server;
    struct host_options options;
    struct project project;
    uv_sem_t free_threads;
    uv_work_t work[THREADS];
    int clients[CLIENTS];
};

static void keep_thread(uv_work_t *work)
{
    uv_sem_wait(work->data);
}

static void on_let_go(uv_work_t *work, int status)
{
    (void)work;
    (void)status;
}

static void keep_threads(struct scene *scene)
{
    cr_assert_eq(uv_sem_init(&scene->free_threads, 0), 0);
    for (size_t at = 0; at < THREADS; at++) {
        scene->work[at].data = &scene->free_threads;
        cr_assert_eq(
            uv_queue_work(&scene->listening.loop, &scene->work[at], keep_thread, on_let_go), 0);
    }
}

static void let_threads_go(struct scene *scene)
{
    for (size_t at = 0; at < THREADS; at++)
        uv_sem_post(&scene->free_threads);
}

static void scene_open(struct scene *scene)
{
    *scene = (struct scene){0};
    (void)signal(SIGPIPE, SIG_IGN); /* as a host does */
    listening_open(&scene->listening, CONNECTIONS_MOST);
    scene->project.root = temp_project_new()->root;
    scene->options = (struct host_options){
        .project = &scene->project, .log = &scene->listening.log, .generation = 1};
    scene->server = (struct server){.loop = &scene->listening.loop, .options = &scene->options};
    scene->listening.connections.on_request = server_take_request;
    scene->listening.connections.on_answered = server_connection_done;
    scene->listening.connections.on_closed = server_connection_done;
    scene->listening.connections.context = &scene->server;
    keep_threads(scene);
}

static void scene_close(struct scene *scene)
{
    for (size_t at = 0; at < CLIENTS; at++)
        (void)close(scene->clients[at]);
    listening_close(&scene->listening);
    cr_expect_null(scene->server.reading);
    cr_expect_null(scene->server.unread);
    cr_expect_eq(scene->listening.connections.room.taken, (size_t)0);
    uv_sem_destroy(&scene->free_threads);
}

/* Every client sends a large request. */
static void ask(struct scene *scene)
{
    static const char BEGIN[] =
        "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,\"other\":";
    int zeros = LENGTH - (int)strlen(BEGIN) - 3;
    char *frame = memory_format("Content-Length: %d\r\n\r\n%s\"%0*d\"}", LENGTH, BEGIN, zeros, 0);
    for (size_t at = 0; at < CLIENTS; at++) {
        scene->clients[at] = listening_connect(&scene->listening);
        cr_assert_eq(send(scene->clients[at], frame, strlen(frame), MSG_NOSIGNAL),
                     (ssize_t)strlen(frame));
    }
    free(frame);
    listening_settle(&scene->listening);
}

static bool has_answer(int client)
{
    char byte;
    return recv(client, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1;
}

static size_t count_answers(const struct scene *scene)
{
    size_t count = 0;
    for (size_t at = 0; at < CLIENTS; at++)
        count += has_answer(scene->clients[at]);
    return count;
}

static size_t count_connections(const struct scene *scene)
{
    return scene->listening.connections.count;
}

Test(reading, is_of_one_request_at_a_time)
{
    struct scene scene;
    scene_open(&scene);
    ask(&scene);
    struct reading *first = scene.server.reading;
    cr_expect(first);
    cr_expect(scene.server.unread);
    cr_expect_eq(scene.listening.connections.room.taken, (size_t)CLIENTS * LENGTH);
    let_threads_go(&scene);
    while (scene.server.reading == first)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    cr_expect(scene.server.reading, "the next one was not begun");
    while (scene.server.reading)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    cr_expect_eq(count_answers(&scene), (size_t)CLIENTS);
    scene_close(&scene);
}

/* One may have been begun; the others take nothing any more. */
Test(reading, is_not_begun_of_who_is_gone)
{
    struct scene scene;
    scene_open(&scene);
    ask(&scene);
    struct reading *first = scene.server.reading;
    connections_close_all(&scene.listening.connections);
    cr_expect_eq(scene.server.reading, first);
    cr_expect_null(scene.server.unread);
    cr_expect_eq(scene.listening.connections.room.taken, (size_t)0);
    let_threads_go(&scene);
    while (scene.server.reading)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    cr_expect_null(scene.server.reading);
    cr_expect_eq(count_connections(&scene), (size_t)0);
    scene_close(&scene);
}

/* Whoever finds no room stays in the socket, beyond what it sent with its header. */
Test(reading, waits_for_room)
{
    struct scene scene;
    scene_open(&scene);
    scene.listening.connections.room.most = 2 * LENGTH;
    ask(&scene);
    cr_expect_eq(scene.listening.connections.room.taken, (size_t)2 * LENGTH);
    cr_expect(scene.listening.connections.room.waiting);
    let_threads_go(&scene);
    while (count_answers(&scene) < CLIENTS) {
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
        cr_assert_leq(scene.listening.connections.room.taken, (size_t)2 * LENGTH);
    }
    scene_close(&scene);
}

/* A server whose clients leave in the middle of what they say is as it was before. */
Test(reading, leaves_nothing_of_who_leaves)
{
    struct scene scene;
    scene_open(&scene);
    scene.listening.connections.room.most = 2 * LENGTH;
    ask(&scene);
    for (size_t at = 0; at < CLIENTS; at++)
        (void)shutdown(scene.clients[at], SHUT_RDWR);
    let_threads_go(&scene);
    while (count_connections(&scene) > 0 || scene.server.reading)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    cr_expect_eq(scene.listening.connections.room.taken, (size_t)0);
    scene_close(&scene);
}

/* Its client is heard to leave while it waits; one that has said all and waits is none of these. */
Test(reading, is_not_begun_of_who_leaves_meanwhile)
{
    struct scene scene;
    scene_open(&scene);
    ask(&scene);
    cr_expect_eq(shutdown(scene.clients[CLIENTS - 1], SHUT_WR), 0);
    for (size_t at = 0; at < CLIENTS - 1; at++)
        (void)shutdown(scene.clients[at], SHUT_RDWR);
    listening_settle(&scene.listening);
    cr_expect_eq(count_connections(&scene), (size_t)1);
    cr_expect_eq(scene.listening.connections.room.taken, (size_t)LENGTH);
    let_threads_go(&scene);
    while (scene.server.reading)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    cr_expect(has_answer(scene.clients[CLIENTS - 1]));
    scene_close(&scene);
}

/* What else a client sends meanwhile is answered in its turn. */
Test(reading, goes_before_what_is_sent_behind_it)
{
    static const char NEXT[] =
        "Content-Length: 47\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":2}";
    char answers[8192];
    struct scene scene;
    scene_open(&scene);
    ask(&scene);
    for (size_t at = 0; at < 2; at++) {
        cr_assert_eq(send(scene.clients[0], NEXT, strlen(NEXT), MSG_NOSIGNAL),
                     (ssize_t)strlen(NEXT));
        listening_settle(&scene.listening);
    }
    let_threads_go(&scene);
    while (scene.server.reading)
        (void)uv_run(&scene.listening.loop, UV_RUN_ONCE);
    listening_settle(&scene.listening);
    ssize_t got = recv(scene.clients[0], answers, sizeof(answers) - 1, MSG_DONTWAIT);
    cr_assert_gt(got, 0);
    answers[got] = '\0';
    const char *first = strstr(answers, "\"id\":1,");
    const char *second = first ? strstr(first, "\"id\":2,") : NULL;
    cr_expect(second && strstr(second + 1, "\"id\":2,"), "%s", answers);
    scene_close(&scene);
}
