/* What comes before the final answer, and what does not. */

#include "ipc/client_scene_test.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_promised(const struct client *client)
{
    return client->heartbeat_interval_s > 0;
}

Test(client_promise, takes_acks_and_heartbeats_for_progress)
{
    struct scene scene;
    int connection = open_and_send(&scene);
    answer(connection, ACK("10"));
    run_until(&scene, is_promised);
    int changes = scene.changes;
    answer(connection, HEARTBEAT("42.5"));
    while (scene.changes == changes)
        (void)uv_run(&scene.loop, UV_RUN_ONCE);
    cr_expect_eq(scene.client->phase, CLIENT_SENT);
    char *words = client_describe_wait(scene.client, "run-tests");
    cr_expect_str_eq(words, "run-tests; the Editor's main thread has stood still for 42 s");
    free(words);
    answer(connection, HEARTBEAT("29.9"));
    answer(connection, FINAL);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    words = client_describe_wait(scene.client, "run-tests");
    cr_expect_str_eq(words, "run-tests");
    free(words);
    (void)close(connection);
    scene_close(&scene);
}

Test(client_promise, takes_a_main_thread_that_stood_still_for_300_s_for_a_frozen_editor)
{
    struct scene scene;
    int connection = open_and_send(&scene);
    answer(connection, ACK("10"));
    answer(connection, HEARTBEAT("299.9"));
    answer(connection, HEARTBEAT("300"));
    expect_broken(&scene, E_EDITOR_FROZEN, "300 s");
    cr_expect_not(scene.client->closed);
    (void)close(connection);
    scene_close(&scene);
}

Test(client_promise, takes_a_server_for_dead_that_breaks_its_promise_to_speak)
{
    struct scene scene;
    int connection = open_and_send(&scene);
    answer(connection, ACK("0.02"));
    expect_broken(&scene, E_DISCONNECTED, "silent for 0.12 s");
    cr_expect_not(scene.client->closed);
    (void)close(connection);
    scene_close(&scene);
}

Test(client_promise, believes_no_promise_that_makes_no_sense)
{
    static const char *const ACKS[] = {ACK("0"),     ACK("-1"),      ACK("1e-300"), ACK("1e300"),
                                       ACK("\"1\""), ACK("[[[1]]]"), ACK("null"),   FINAL};
    struct scene scene;
    int connection = open_and_send(&scene);
    for (size_t at = 0; at < sizeof(ACKS) / sizeof(ACKS[0]); at++)
        answer(connection, ACKS[at]);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    cr_expect_eq(scene.client->heartbeat_interval_s, 0.0);
    (void)close(connection);
    scene_close(&scene);
}

/* As after SIGSTOP and SIGCONT: the limit is over, and the frames that kept it lie unread. */
Test(client_promise, reads_what_came_while_it_was_stopped_before_it_judges)
{
    struct scene scene;
    int connection = open_and_send(&scene);
    answer(connection, ACK("0.02"));
    run_until(&scene, is_promised);
    answer(connection, HEARTBEAT("0"));
    int changes = scene.changes;
    (void)poll(NULL, 0, 1000); /* the process stands still */
    while (scene.changes == changes)
        (void)uv_run(&scene.loop, UV_RUN_ONCE);
    cr_expect_eq(scene.client->phase, CLIENT_SENT);
    answer(connection, FINAL);
    run_until(&scene, is_settled);
    cr_expect_eq(scene.client->phase, CLIENT_ANSWERED);
    (void)close(connection);
    scene_close(&scene);
}
