#include "host/project_watch.h"
#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A project that is moved away under its host, and put back in the end to be removed. */
struct vanished {
    struct serving *serving;
    char *elsewhere;
};

static struct vanished vanish(struct serving *serving)
{
    struct vanished vanished = {.serving = serving,
                                .elsewhere = memory_format("%s-moved", serving->project->root)};
    cr_assert_eq(rename(serving->project->root, vanished.elsewhere), 0);
    return vanished;
}

/* The host ends by itself, says why, takes its socket along, and makes nothing of it again. */
static void expect_end(struct vanished *vanished, bool is_replaced)
{
    struct serving *serving = vanished->serving;
    const char *root = serving->project->root;
    struct program_end end = program_wait(serving->program);
    char *message = memory_format("The project folder %s is not there any more.", root);
    char *line = memory_format("the server ends: %s", message);
    serving->program = NULL;
    cr_expect_eq(end.exit_code, 2, "signal %d: %s", end.signal, end.err);
    cr_expect(strstr(end.err, message) && strstr(end.err, "PROJECT_NOT_FOUND"), "%s", end.err);
    cr_expect(strstr(end.err, line), "%s", end.err);
    program_end_clear(&end);
    cr_expect_neq(access(serving->socket, F_OK), 0);
    cr_expect_eq(access(root, F_OK) == 0, is_replaced);
    cr_assert(!is_replaced || rmdir(root) == 0, "it is not empty any more");
    cr_assert_eq(rename(vanished->elsewhere, root), 0);
    free(vanished->elsewhere);
    free(line);
    free(message);
}

Test(project_watch, ends_a_host_whose_project_is_moved_away)
{
    struct serving *serving = serving_with("");
    struct vanished vanished = vanish(serving);
    expect_end(&vanished, false);
}

Test(project_watch, ends_a_host_whose_project_is_replaced)
{
    struct serving *serving = serving_with("");
    program_stop(serving->program);
    struct vanished vanished = vanish(serving);
    cr_assert_eq(mkdir(serving->project->root, 0700), 0);
    program_signal(serving->program, SIGCONT);
    expect_end(&vanished, true);
}

Test(project_watch, ends_the_compile_too)
{
    struct serving *serving = serving_with("echo > began; sleep 1000");
    int client = serving_connect(serving);
    const char *began = temp_project_path(serving->project, "began");
    cr_assert_eq(mkfifo(began, 0600), 0);
    serving_send_frame(client, "{\"jsonrpc\":\"2.0\",\"method\":\"compile\",\"id\":1}");
    int waiting = open(began, O_RDONLY | O_CLOEXEC); /* returns when the compiler runs */
    cr_assert_geq(waiting, 0);
    (void)close(waiting);
    struct vanished vanished = vanish(serving);
    expect_end(&vanished, false);
    serving_await_close(client);
    (void)close(client);
}

/* Whatever else is removed is the compile's affair. */
Test(project_watch, lets_a_host_live_whose_project_is_merely_emptied)
{
    struct serving *serving = serving_with("");
    const char *assets = temp_project_path(serving->project, "Assets");
    const char *away = temp_project_path(serving->project, "Away");
    cr_assert_eq(rename(assets, away), 0);
    serving_expect_success(serving_compile(serving, "{}"), "");
    serving_expect_alive(serving);
    cr_assert_eq(rename(away, assets), 0);
    serving_stop(serving);
}

/* What is served has a file in it that is open, as the host's lock is: then the system tells nobody
 * of the folder's own end. */
struct watched {
    struct temp_project *folder;
    const char *root;
    uv_loop_t loop;
    struct project_watch watch;
    struct log log;
    int open_file;
    bool is_gone;
};

/* A failure is no hang: nothing else comes to the loop in this time. */
#define LIMITED  .timeout = TESTKIT_LIMIT_MS / 1000.0

#define NEVER_MS ((uint64_t)86400000)

static void on_gone(void *context)
{
    struct watched *watched = context;
    watched->is_gone = true;
}

static void on_closed(void *context)
{
    (void)context;
}

/* Watches above/project; its first look, at the start, is over. */
static void watch(struct watched *watched, uint64_t look_ms)
{
    *watched = (struct watched){.folder = temp_folder_new()};
    (void)temp_project_make_folder(watched->folder, "above/project/Assets");
    watched->root = temp_project_path(watched->folder, "above/project");
    const char *lock = temp_project_write(watched->folder, "above/project/Temp/lock", "");
    watched->open_file = open(lock, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(watched->open_file, 0);
    cr_assert_eq(uv_loop_init(&watched->loop), 0);
    project_watch_start(&watched->watch, &watched->loop, watched->root, look_ms, &watched->log,
                        on_gone, watched);
    (void)uv_run(&watched->loop, UV_RUN_NOWAIT);
    cr_assert_not(watched->is_gone);
}

static void move_away(const struct watched *watched, const char *from)
{
    cr_assert_eq(rename(temp_project_path(watched->folder, from),
                        temp_project_path(watched->folder, "moved")),
                 0);
}

static void expect_gone(struct watched *watched)
{
    while (!watched->is_gone)
        (void)uv_run(&watched->loop, UV_RUN_ONCE);
    project_watch_close(&watched->watch, on_closed);
    cr_expect_eq(uv_run(&watched->loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&watched->loop), 0);
    (void)close(watched->open_file);
}

Test(project_watch, hears_that_the_folder_is_moved, LIMITED)
{
    struct watched watched;
    watch(&watched, NEVER_MS);
    move_away(&watched, "above/project");
    expect_gone(&watched);
}

Test(project_watch, hears_that_the_folder_is_replaced, LIMITED)
{
    struct watched watched;
    watch(&watched, NEVER_MS);
    move_away(&watched, "above/project");
    cr_assert_eq(mkdir(watched.root, 0700), 0);
    expect_gone(&watched);
}

/* Each event is handled while the folder is still there, as when `rm -rf` takes its time. */
Test(project_watch, hears_that_the_folder_is_removed, LIMITED)
{
    struct watched watched;
    watch(&watched, NEVER_MS);
    cr_assert_eq(unlink(temp_project_path(watched.folder, "above/project/Temp/lock")), 0);
    cr_assert_eq(rmdir(temp_project_path(watched.folder, "above/project/Temp")), 0);
    cr_assert_eq(rmdir(temp_project_path(watched.folder, "above/project/Assets")), 0);
    (void)uv_run(&watched.loop, UV_RUN_ONCE);
    cr_assert_not(watched.is_gone);
    cr_assert_eq(rmdir(watched.root), 0);
    expect_gone(&watched);
}

Test(project_watch, looks_for_what_makes_no_event, LIMITED)
{
    struct watched watched;
    watch(&watched, 1);
    for (int turn = 0; turn < 3; turn++)
        (void)uv_run(&watched.loop, UV_RUN_ONCE);
    cr_expect_not(watched.is_gone);
    move_away(&watched, "above");
    expect_gone(&watched);
}

/* Without a descriptor for them there are no events. */
Test(project_watch, looks_whether_it_is_replaced_where_no_events_can_be_had, LIMITED)
{
    struct watched watched = {0};
    struct rlimit usual, tight;
    uv_loop_t *loop = &watched.loop;
    struct temp_project *folder = watched.folder = temp_folder_new();
    watched.root = temp_project_make_folder(folder, "project");
    watched.open_file = dup(STDIN_FILENO);
    cr_assert_eq(uv_loop_init(loop), 0);
    int next = dup(STDIN_FILENO);
    (void)close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    tight = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = usual.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
    project_watch_start(&watched.watch, loop, watched.root, 1, &watched.log, on_gone, &watched);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
    cr_assert_not(uv_is_active((uv_handle_t *)&watched.watch.changes));
    (void)uv_run(loop, UV_RUN_ONCE);
    cr_expect_not(watched.is_gone);
    move_away(&watched, "project");
    cr_assert_eq(mkdir(watched.root, 0700), 0);
    expect_gone(&watched);
}

Test(project_watch, makes_no_folder_in_a_project_that_is_gone)
{
    struct temp_project *folder = temp_folder_new();
    const char *root = temp_project_path(folder, "project");
    const char *path = temp_project_path(folder, "project/Temp/UnityCliLoop");
    struct error error = {0};
    cr_expect_not(project_make_folder(root, path, &error));
    cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
    cr_expect_eq(temp_project_count(folder, ""), 0);
    error_clear(&error);
    cr_assert_eq(mkdir(root, 0700), 0);
    cr_expect(project_make_folder(root, path, &error), "%s", error.message);
    cr_expect_eq(access(path, F_OK), 0);
}
