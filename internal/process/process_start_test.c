#include "process/process_start.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "process/process.h"
#include "process/process_end.h"
#include "testkit/cleanup.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
    uv_loop_t loop;
    struct process_child child;
    struct temp_project *folder;
    int ends;
};

static void note_end(void *context)
{
    ((struct scene *)context)->ends++;
}

/* What is detached would outlive a failed test, too. */
static void kill_child(void *thing)
{
    const struct scene *scene = thing;
    if (scene->child.pid > 0 && !scene->child.ended)
        (void)kill((pid_t)scene->child.pid, SIGKILL);
}

static struct scene *scene_new(void)
{
    static struct scene scene;
    cr_assert_eq(uv_loop_init(&scene.loop), 0);
    scene.folder = temp_folder_new();
    cleanup_register(kill_child, &scene);
    return &scene;
}

/* Runs a shell script in the scene's folder. */
static void start(struct scene *scene, const char *script)
{
    char *arguments[] = {"/bin/sh", "-c", (char *)script, NULL};
    int status = process_start_detached(&scene->child, &scene->loop, arguments, scene->folder->root,
                                        note_end, scene);
    cr_assert_eq(status, 0, "%s", uv_strerror(status));
    cr_assert_gt(scene->child.pid, 0);
}

static void await_end(struct scene *scene)
{
    while (!scene->child.ended)
        cr_assert(uv_run(&scene->loop, UV_RUN_ONCE) != 0 || scene->child.ended);
    cr_assert_eq(scene->ends, 1);
}

static void scene_free(struct scene *scene)
{
    uv_close((uv_handle_t *)&scene->child.handle, NULL);
    (void)uv_run(&scene->loop, UV_RUN_DEFAULT);
    cr_assert_eq(uv_loop_close(&scene->loop), 0);
    temp_project_free(scene->folder);
}

Test(process_start, tells_the_exit_code)
{
    struct scene *scene = scene_new();
    start(scene, "exit 7");
    await_end(scene);
    cr_expect_eq(scene->child.exit_code, 7);
    cr_expect_eq(scene->child.signal, 0);
    scene_free(scene);
}

Test(process_start, tells_the_signal)
{
    struct scene *scene = scene_new();
    start(scene, "kill -KILL $$");
    await_end(scene);
    cr_expect_eq(scene->child.signal, SIGKILL);
    scene_free(scene);
}

Test(process_start, says_that_there_is_no_such_program)
{
    struct scene *scene = scene_new();
    char *arguments[] = {"/nowhere/Unity", NULL};
    cr_expect_eq(
        process_start_detached(&scene->child, &scene->loop, arguments, "/", note_end, scene),
        UV_ENOENT);
    cr_expect_eq(scene->ends, 0);
    scene_free(scene);
}

Test(process_start, runs_in_the_folder_with_nothing_on_its_streams)
{
    struct scene *scene = scene_new();
    start(scene, "pwd > where; cat > input; echo lost; echo lost >&2");
    await_end(scene);
    cr_expect_eq(scene->child.exit_code, 0);
    char *expected = memory_format("%s\n", scene->folder->root);
    cr_expect_str_eq(temp_project_read(scene->folder, "where"), expected);
    cr_expect_str_eq(temp_project_read(scene->folder, "input"), "");
    free(expected);
    scene_free(scene);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char chunk[100];
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(chunk, sizeof(chunk));
}

static void on_read(uv_stream_t *pipe, ssize_t count, const uv_buf_t *buffer)
{
    if (count >= 0)
        buffer_append(pipe->data, buffer->base, (size_t)count);
    else
        uv_close((uv_handle_t *)pipe, NULL);
}

Test(process_start, hears_what_it_says)
{
    struct scene *scene = scene_new();
    struct buffer heard[2] = {{0}};
    uv_pipe_t pipes[2];
    char *arguments[] = {"/bin/sh", "-c", "cat; echo said; echo complained >&2", NULL};
    for (int stream = 0; stream < 2; stream++) {
        cr_assert_eq(uv_pipe_init(&scene->loop, &pipes[stream], 0), 0);
        pipes[stream].data = &heard[stream];
    }
    cr_assert_eq(process_start_heard(&scene->child, &scene->loop, arguments, scene->folder->root,
                                     &pipes[0], &pipes[1], note_end, scene),
                 0);
    for (int stream = 0; stream < 2; stream++)
        cr_assert_eq(uv_read_start((uv_stream_t *)&pipes[stream], on_allocate, on_read), 0);
    (void)uv_run(&scene->loop, UV_RUN_DEFAULT); /* until it has ended and closed its ends */
    cr_expect_str_eq(heard[0].data, "said\n");
    cr_expect_str_eq(heard[1].data, "complained\n");
    cr_expect_eq(scene->child.exit_code, 0);
    for (int stream = 0; stream < 2; stream++)
        buffer_clear(&heard[stream]);
    scene_free(scene);
}

Test(process_start, gives_it_a_session_of_its_own)
{
    struct scene *scene = scene_new();
    start(scene, "exec sleep 1000");
    cr_expect_eq(getsid((pid_t)scene->child.pid), (pid_t)scene->child.pid);
    char *token = process_start_token(scene->child.pid);
    cr_expect_eq(process_end(scene->child.pid, token, PROCESS_KILL), 0);
    await_end(scene);
    free(token);
    scene_free(scene);
}

Test(process_start, hands_no_descriptor_of_its_caller_on)
{
    struct scene *scene = scene_new();
    int ends[2];
    char byte;
    cr_assert_eq(pipe(ends), 0);
    start(scene, "exec sleep 1000");
    cr_assert_eq(close(ends[1]), 0);
    cr_expect_eq(read(ends[0], &byte, 1),
                 0); /* blocks for as long as the child has the other end */
    char *token = process_start_token(scene->child.pid);
    cr_expect_eq(process_end(scene->child.pid, token, PROCESS_KILL), 0);
    await_end(scene);
    free(token);
    scene_free(scene);
}

Test(process_end, asks_with_a_signal_that_can_be_refused)
{
    struct scene *scene = scene_new();
    start(scene, "exec sleep 1000");
    char *token = process_start_token(scene->child.pid);
    cr_expect_eq(process_end(scene->child.pid, token, PROCESS_ASK), 0);
    await_end(scene);
    cr_expect_eq(scene->child.signal, SIGTERM);
    cr_expect_eq(process_end(scene->child.pid, token, PROCESS_ASK), UV_ESRCH);
    free(token);
    scene_free(scene);
}

Test(process_end, leaves_another_life_of_the_pid_alone)
{
    struct scene *scene = scene_new();
    start(scene, "exec sleep 1000");
    char *own = process_start_token(getpid());
    cr_expect_eq(process_end(scene->child.pid, own, PROCESS_KILL), UV_ESRCH);
    cr_expect_eq(process_look(scene->child.pid), PROCESS_ALIVE);
    char *token = process_start_token(scene->child.pid);
    cr_expect_eq(process_end(scene->child.pid, token, PROCESS_KILL), 0);
    await_end(scene);
    cr_expect_eq(scene->child.signal, SIGKILL);
    free(token);
    free(own);
    scene_free(scene);
}

Test(process_end, finds_no_impossible_process)
{
    cr_expect_eq(process_end(0, "x", PROCESS_KILL), UV_ESRCH);
    cr_expect_eq(process_end(-1, "x", PROCESS_KILL), UV_ESRCH);
    cr_expect_eq(process_end(INT64_C(1) << 40, "x", PROCESS_KILL), UV_ESRCH);
}
