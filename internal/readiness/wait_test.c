/* The wait itself, where a test has to act at a moment that only the wait knows. */

#include "readiness/wait.h"

#include "base/clock.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An Editor, and what it does when the wait comes to a certain point. */
struct scene {
    struct temp_project *folder;
    struct test_editor *editor;
    struct program *owner;
    struct project project;
    struct wait wait;
    struct log log;
    const char *moment; /* the log's words at which to act; NULL once that was done */
    int passed_over;    /* how often the words come before they mean it */
    void (*act)(struct scene *scene);
    int listener; /* in the Editor's place, where a test has one */
};

/* The log's stream: a line with the words of the moment is the moment. */
static ssize_t on_log(void *context, const char *text, size_t length)
{
    struct scene *scene = context;
    if (scene->moment && memmem(text, length, scene->moment, strlen(scene->moment)) &&
        scene->passed_over-- == 0) {
        scene->moment = NULL;
        scene->act(scene);
    }
    return (ssize_t)length;
}

static void publish_busy(struct scene *scene)
{
    test_editor_publish(scene->editor, "reloading", TEST_GENERATION_B, "domain-reload-before");
}

static void publish_ready(struct scene *scene)
{
    test_editor_publish(scene->editor, "ready", TEST_GENERATION_C, "server-recovery");
}

static void scene_open(struct scene *scene, const char *moment, void (*act)(struct scene *scene))
{
    struct error error = {0};
    *scene = (struct scene){.folder = temp_project_new(), .moment = moment, .act = act};
    scene->editor = test_editor_new(scene->folder->root);
    scene->owner = program_start_fake_unity(scene->folder->root);
    scene->log.level = LOG_DEBUG;
    scene->log.stream = fopencookie(scene, "w", (cookie_io_functions_t){.write = on_log});
    cr_assert_not_null(scene->log.stream);
    cr_assert(project_open(scene->folder->root, &scene->project, &error));
    cr_assert(wait_open(&scene->wait, &scene->project, &scene->log, &error));
}

static void scene_close(struct scene *scene)
{
    wait_close(&scene->wait);
    project_clear(&scene->project);
    (void)fclose(scene->log.stream);
    program_free(scene->owner);
    test_editor_free(scene->editor);
    temp_project_free(scene->folder);
}

static struct client *wait_a_minute(struct scene *scene, struct error *error)
{
    return wait_for_dispatch(&scene->wait, clock_after(clock_now_ms(), 60000), error);
}

static void on_waiting_publish_ready(void *context, const char *phase)
{
    struct scene *scene = context;
    if (strcmp(phase, "reloading") == 0)
        publish_ready(scene);
}

static void must_not_sleep(void *context, const char *phase)
{
    (void)context;
    (void)phase;
    cr_assert_fail("it went to sleep");
}

Test(wait, does_not_dispatch_when_the_state_turned_busy_between_the_decision_and_the_connection)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, ": dispatch", publish_busy);
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    scene.wait.listener =
        (struct wait_listener){.waiting = on_waiting_publish_ready, .context = &scene};
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    cr_assert_str_eq(scene.wait.state.generation, TEST_GENERATION_C,
                     "the connection belongs to a state that was over");
    client_close(client);
    scene_close(&scene);
}

Test(wait, sees_what_changed_just_before_it_began_to_watch)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, ": wait", publish_ready);
    test_editor_listen(scene.editor);
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    scene.wait.listener = (struct wait_listener){.waiting = must_not_sleep};
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    client_close(client);
    scene_close(&scene);
}

static void publish_failed(struct scene *scene)
{
    test_editor_publish(scene->editor, "failed", TEST_GENERATION_B, "server-recovery");
}

Test(wait, sees_what_changed_while_it_asked_the_endpoint)
{
    struct scene scene;
    struct error error = {0};
    /* The first look only begins to watch. Behind the second one the state changes, and the loop
     * takes the event while it connects. */
    scene_open(&scene, "state defragmenting", publish_failed);
    scene.passed_over = 1;
    scene.log.level = LOG_TRACE;
    test_editor_publish(scene.editor, "defragmenting", TEST_GENERATION_A, "test");
    scene.wait.listener = (struct wait_listener){.waiting = must_not_sleep};
    cr_assert_null(wait_a_minute(&scene, &error));
    cr_assert_eq(error.code, E_STATE_FAILED, "%s", error.message);
    error_clear(&error);
    scene_close(&scene);
}

static void replace_folder_at_every_look(struct scene *scene)
{
    cr_assert_eq(rmdir(temp_project_path(scene->folder, "Temp/UnityCliLoop")), 0);
    (void)temp_project_make_folder(scene->folder, "Temp/UnityCliLoop");
    scene->moment = "state absent";
    scene->passed_over = 0;
}

Test(wait, ends_at_its_deadline_also_where_what_it_watches_changes_at_every_look, .timeout = 60)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, "state absent", replace_folder_at_every_look);
    scene.log.level = LOG_TRACE;
    cr_assert_null(wait_for_dispatch(&scene.wait, clock_after(clock_now_ms(), 50), &error));
    cr_assert_eq(error.code, E_READY_TIMEOUT, "%s", error.message);
    error_clear(&error);
    scene_close(&scene);
}

Test(wait, polls_where_there_are_no_file_events)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, NULL, NULL);
    scene.wait.watch.polling = "the test says so";
    test_editor_listen(scene.editor);
    publish_busy(&scene);
    scene.wait.listener =
        (struct wait_listener){.waiting = on_waiting_publish_ready, .context = &scene};
    uint64_t start = clock_now_ms();
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    cr_assert_geq(clock_now_ms() - start, (uint64_t)WATCH_POLLING_MS, "it did not poll");
    client_close(client);
    scene_close(&scene);
}

Test(wait, needs_no_look_at_processes_for_a_ready_editor)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, NULL, NULL);
    test_editor_listen(scene.editor);
    publish_ready(&scene);
    scene.wait.listener = (struct wait_listener){.waiting = must_not_sleep};
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    cr_assert_eq(scene.wait.seen.owner, PREFLIGHT_OWNER_UNSEEN);
    cr_assert_eq(test_editor_probed(scene.editor), (size_t)0);
    client_close(client);
    scene_close(&scene);
}

static void take_note(struct scene *scene)
{
    (void)scene; /* that the moment came is all that is wanted */
}

Test(wait, says_why_there_is_no_connection_also_where_time_was_up_before_there_could_be_one)
{
    struct scene scene;
    scene_open(&scene, "not accepted in time", take_note);
    test_editor_listen(scene.editor);
    publish_ready(&scene);
    cr_expect_null(wait_connect(&scene.wait, clock_now_ms()));
    cr_expect_null(scene.moment, "the log says something else");
    scene_close(&scene);
}

/* --- A listener that takes nobody --- */

static struct sockaddr_un address_of(const struct scene *scene)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = test_editor_socket(scene->editor);
    cr_assert_lt(strlen(path), sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    return address;
}

/* Listens for the project in the test Editor's place, with connections waiting to be taken until no
 * other fits in. The folder of sockets is there once the test Editor has listened. */
static void listen_with_full_queue(struct scene *scene)
{
    const struct sockaddr_un address = address_of(scene);
    int waiting;
    scene->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    test_editor_listen(scene->editor);
    test_editor_stop_listening(scene->editor, true);
    cr_assert_eq(bind(scene->listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    cr_assert_eq(listen(scene->listener, 0), 0);
    do {
        waiting = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    } while (connect(waiting, (const struct sockaddr *)&address, sizeof(address)) == 0);
    cr_assert_eq(errno, EAGAIN);
}

static void take_the_listeners_place(struct scene *scene)
{
    test_editor_listen(scene->editor);
    publish_ready(scene);
}

Test(wait, does_not_take_a_full_queue_for_an_endpoint_that_is_dead)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, "owner gone, endpoint silent: wait", take_the_listeners_place);
    program_free(scene.owner);
    scene.owner = NULL;
    listen_with_full_queue(&scene);
    publish_busy(&scene);
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    client_close(client);
    scene_close(&scene);
}

static void take_one_connection(struct scene *scene)
{
    cr_assert_geq(accept(scene->listener, NULL, NULL), 0);
}

Test(wait, connects_as_soon_as_there_is_room_in_a_queue_that_was_full)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, "is full: connecting again", take_one_connection);
    listen_with_full_queue(&scene);
    publish_ready(&scene);
    scene.wait.listener = (struct wait_listener){.waiting = must_not_sleep};
    struct client *client = wait_a_minute(&scene, &error);
    cr_assert_not_null(client, "%s", error.message);
    client_close(client);
    cr_assert_eq(unlink(test_editor_socket(scene.editor)), 0);
    scene_close(&scene);
}

Test(wait, says_of_an_editor_that_is_not_reachable_only_what_is_known_of_it)
{
    static const char *const WORDS[] = {
        [PREFLIGHT_OWNER_UNSEEN] = "cannot be seen from here",
        [PREFLIGHT_OWNER_ALIVE] = "is running, but its uloop server does not listen",
        [PREFLIGHT_OWNER_GONE] = "No Unity Editor has the project",
        [PREFLIGHT_OWNER_UNKNOWN] = "cannot be seen from here",
    };
    struct scene scene;
    scene_open(&scene, NULL, NULL);
    for (enum preflight_owner owner = 0; owner < PREFLIGHT_OWNERS; owner++) {
        struct error error = {0};
        scene.wait.seen.owner = owner;
        wait_describe_failure(&scene.wait, E_NOT_REACHABLE, &error);
        cr_expect(strstr(error.message, WORDS[owner]), "%s", error.message);
        error_clear(&error);
    }
    scene_close(&scene);
}

Test(wait, returns_from_a_sleep_whose_end_has_come_already, .timeout = 60)
{
    struct scene scene;
    struct error error = {0};
    scene_open(&scene, NULL, NULL);
    cr_expect(wait_sleep(&scene.wait, clock_now_ms(), &error));
    cr_expect(wait_sleep(&scene.wait, 0, &error));
    scene_close(&scene);
}

Test(wait, follows_its_folder_from_before_it_is_made_until_it_is_replaced)
{
    struct temp_project *folder = temp_project_new();
    struct error error = {0};
    struct watch watch;
    const char *wanted = temp_project_path(folder, "Temp/UnityCliLoop");
    cr_assert_eq(rmdir(wanted), 0);
    cr_assert(watch_open(&watch, folder->root, NULL, &error));
    cr_assert(watch_arm(&watch));
    cr_assert_str_eq(watch.state.watched, temp_project_path(folder, "Temp"));
    cr_assert_not(watch_arm(&watch), "it moved although nothing changed");
    temp_project_make_folder(folder, "Temp/UnityCliLoop");
    cr_assert(watch_arm(&watch));
    cr_assert_str_eq(watch.state.watched, wanted);
    cr_assert_eq(rename(wanted, temp_project_path(folder, "Temp/Old")), 0);
    temp_project_make_folder(folder, "Temp/UnityCliLoop");
    cr_assert(watch_arm(&watch), "it stays with a folder that was moved away");
    cr_assert_not(watch_arm(&watch));
    /* The new folder may even have the old one's inode: only the event tells. */
    cr_assert_eq(rmdir(wanted), 0);
    temp_project_make_folder(folder, "Temp/UnityCliLoop");
    watch_next(&watch, clock_after(clock_now_ms(), 30000));
    cr_assert(watch_arm(&watch), "it stays with a folder that was removed");
    watch_close(&watch);
    temp_project_free(folder);
}

Test(wait, follows_its_folder_also_where_dnotify_is_refused)
{
    struct temp_project *folder = temp_project_new();
    struct error error = {0};
    struct watch watch;
    const char *wanted = temp_project_path(folder, "Temp/UnityCliLoop");
    cr_assert_eq(rename(wanted, temp_project_path(folder, "Temp/Old")), 0);
    temp_project_make_folder(folder, "Temp/UnityCliLoop"); /* the last inode, to be had again */
    cr_assert(watch_open(&watch, folder->root, NULL, &error));
    watch.polling = "the test watches by itself";
    cr_assert(watch_arm(&watch));
    watch.polling = NULL;
    cr_assert_eq(folder_events_start_libuv(&watch.state.events, wanted), 0);
    cr_assert_eq(rmdir(wanted), 0);
    temp_project_make_folder(folder, "Temp/UnityCliLoop");
    watch_next(&watch, clock_after(clock_now_ms(), 30000));
    cr_assert(watch_arm(&watch), "it stays with a folder that was removed");
    cr_assert_not(watch_arm(&watch));
    watch_close(&watch);
    temp_project_free(folder);
}
