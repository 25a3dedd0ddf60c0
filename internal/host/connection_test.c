/* Who has to go when there are too many. */

#include "host/listening_test.h"

#include "base/memory.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST = 4,
    LARGE = 4 * 1024 * 1024, /* more than a socket holds */
};

/* A client whose answer is larger than it takes at once: it does not read yet. */
static int ask_for_much(struct listening *scene)
{
    int client = listening_connect(scene);
    char *frame = memory_format("Content-Length: %d\r\n\r\n\"%0*d\"", LARGE, LARGE - 2, 0);
    size_t length = strlen(frame), sent = 0;
    while (sent < length) {
        ssize_t part = send(client, frame + sent, length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += part > 0 ? (size_t)part : 0;
        listening_settle(scene);
    }
    free(frame);
    return client;
}

/* Reads the answer; was it whole? */
static bool takes_much(struct listening *scene, int client)
{
    static char bytes[65536];
    const size_t wanted = sizeof("Content-Length: 4194304\r\n\r\n") - 1 + LARGE;
    size_t taken = 0;
    while (taken < wanted && !listening_has_dropped(client)) {
        ssize_t part = recv(client, bytes, sizeof(bytes), MSG_DONTWAIT);
        taken += part > 0 ? (size_t)part : 0;
        listening_settle(scene);
    }
    return taken == wanted;
}

static int connect_idle(struct listening *scene)
{
    int client = listening_connect(scene);
    listening_settle(scene);
    return client;
}

static int connect_halfway(struct listening *scene)
{
    int client = listening_connect(scene);
    cr_assert_eq(send(client, "Cont", 4, MSG_NOSIGNAL), 4);
    listening_settle(scene);
    return client;
}

static void close_all(const int *clients, size_t count)
{
    for (size_t at = 0; at < count; at++)
        (void)close(clients[at]);
}

Test(connection, whose_answer_is_being_written_outlives_those_that_are_idle)
{
    struct listening scene;
    int idle[3 * MOST];
    listening_open(&scene, MOST);
    int busy = ask_for_much(&scene);
    for (size_t at = 0; at < 3 * MOST; at++)
        idle[at] = at % 2 ? connect_idle(&scene) : connect_halfway(&scene);
    cr_expect_eq(scene.connections.count, (size_t)MOST);
    cr_expect(takes_much(&scene, busy), "it was cut off");
    close_all(idle, 3 * MOST);
    (void)close(busy);
    listening_close(&scene);
}

/* The same where the system has no descriptor left. */
Test(connection, whose_answer_is_being_written_goes_after_the_idle_when_room_is_made)
{
    struct listening scene;
    listening_open(&scene, MOST);
    int busy = ask_for_much(&scene);
    int idle = connect_idle(&scene);
    cr_expect(connections_drop_idle(&scene.connections));
    cr_expect(listening_has_dropped(idle));
    cr_expect_not(listening_has_dropped(busy));
    cr_expect(takes_much(&scene, busy), "it was cut off");
    (void)close(idle);
    (void)close(busy);
    listening_close(&scene);
}

/* Who takes no answers must not keep everybody else out. */
Test(connection, whose_answer_is_being_written_goes_when_nothing_else_is_left)
{
    struct listening scene;
    int busy[MOST];
    listening_open(&scene, MOST);
    for (size_t at = 0; at < MOST; at++)
        busy[at] = ask_for_much(&scene);
    int client = listening_ask(&scene);
    cr_expect(listening_answers(&scene, client));
    cr_expect_eq(scene.connections.count, (size_t)MOST);
    cr_expect_not(takes_much(&scene, busy[0]), "it was asked first");
    for (size_t at = 1; at < MOST; at++)
        cr_expect(takes_much(&scene, busy[at]), "%zu was cut off", at);
    close_all(busy, MOST);
    (void)close(client);
    listening_close(&scene);
}

/* Whoever waits for a large request to be read is in nobody's way. */
Test(connection, whose_request_is_put_off_goes_when_nothing_else_is_left)
{
    struct listening scene;
    struct buffer payload = {0};
    listening_open(&scene, 2);
    scene.holds_answers = true;
    int unread = listening_ask(&scene);
    listening_settle(&scene);
    connection_put_off(scene.held);
    connection_take_payload(scene.held, &payload);
    cr_expect_eq(payload.length, (size_t)2);
    int idle = connect_idle(&scene);
    cr_expect(connections_drop_idle(&scene.connections));
    cr_expect(listening_has_dropped(idle));
    connection_take_up(scene.held);
    cr_expect_not(connections_drop_idle(&scene.connections));
    connection_put_off(scene.held);
    cr_expect(connections_drop_idle(&scene.connections));
    cr_expect(listening_has_dropped(unread));
    cr_expect_null(scene.held);
    buffer_clear(&payload);
    (void)close(idle);
    (void)close(unread);
    listening_close(&scene);
}

/* What a client sends comes in pieces, so that nobody waits for more than one of each. */
Test(connection, is_read_one_piece_in_a_turn)
{
    enum {
        PAYLOAD = 128 * 1024,
        PIECES = 8, /* at the least */
    };
    struct listening scene;
    int turns = 0;
    listening_open(&scene, MOST);
    scene.answer = "{}";
    int client = connect_idle(&scene);
    char *frame = memory_format("Content-Length: %d\r\n\r\n\"%0*d\"", PAYLOAD, PAYLOAD - 2, 0);
    cr_assert_eq(send(client, frame, strlen(frame), MSG_NOSIGNAL), (ssize_t)strlen(frame));
    while (scene.asked.length == 0) {
        (void)uv_run(&scene.loop, UV_RUN_NOWAIT);
        turns++;
    }
    cr_expect_eq(scene.asked.length, (size_t)PAYLOAD);
    cr_expect_geq(turns, PIECES);
    cr_expect(listening_answers(&scene, client));
    free(frame);
    (void)close(client);
    listening_close(&scene);
}

static void note_due(uv_handle_t *handle, void *context)
{
    uint64_t *due_ms = context;
    if (handle->type == UV_TIMER && uv_is_active(handle))
        *due_ms = uv_timer_get_due_in((uv_timer_t *)handle);
}

/* In its own time, which is 10 s: no other timer runs that could tell. */
Test(connection, whose_answer_is_not_taken_goes, .timeout = TESTKIT_LIMIT_MS / 1000.0)
{
    struct listening scene;
    uint64_t due_ms = 0;
    listening_open(&scene, MOST);
    int busy = ask_for_much(&scene);
    cr_assert_eq(scene.connections.count, (size_t)1);
    uv_walk(&scene.loop, note_due, &due_ms);
    cr_expect(due_ms > 1000 && due_ms <= 10000, "it has %d ms", (int)due_ms);
    while (scene.connections.count > 0)
        (void)uv_run(&scene.loop, UV_RUN_ONCE);
    cr_expect_not(takes_much(&scene, busy));
    (void)close(busy);
    listening_close(&scene);
}

Test(connection, whose_request_is_worked_on_never_goes)
{
    struct listening scene;
    listening_open(&scene, 1);
    scene.holds_answers = true;
    int working = listening_ask(&scene);
    listening_settle(&scene);
    cr_assert(scene.held);
    int client = connect_idle(&scene);
    cr_expect(listening_has_dropped(client), "there is no room for it");
    cr_expect_not(connections_drop_idle(&scene.connections));
    struct buffer answer = {0};
    buffer_append_string(&answer, "{}");
    connection_answer(scene.held, &answer, false);
    cr_expect(listening_answers(&scene, working));
    (void)close(client);
    (void)close(working);
    listening_close(&scene);
}
