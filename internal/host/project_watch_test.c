#include "host/project_watch.h"
#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Whichever of the two it hears of first. */
Test(project_watch, makes_nothing_again_when_the_host_is_stopped_then)
{
    struct serving *serving = serving_with("");
    program_stop(serving->program);
    struct vanished vanished = vanish(serving);
    program_signal(serving->program, SIGTERM);
    program_signal(serving->program, SIGCONT);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    cr_expect_neq(end.exit_code, 0, "%s", end.err);
    cr_expect(strstr(end.err, "is not there any more"), "%s", end.err);
    program_end_clear(&end);
    cr_expect_neq(access(serving->project->root, F_OK), 0);
    cr_assert_eq(rename(vanished.elsewhere, serving->project->root), 0);
    free(vanished.elsewhere);
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

static void on_gone(void *context)
{
    *(bool *)context = true;
}

static void on_closed(void *context)
{
    (void)context;
}

Test(project_watch, looks_for_what_makes_no_event)
{
    uv_loop_t loop;
    struct project_watch watch;
    struct log log = {0};
    bool is_gone = false;
    struct temp_project *folder = temp_folder_new();
    const char *root = temp_project_make_folder(folder, "above/project");
    const char *above = temp_project_path(folder, "above");
    cr_assert_eq(uv_loop_init(&loop), 0);
    project_watch_start(&watch, &loop, root, 1, &log, on_gone, &is_gone);
    for (int turn = 0; turn < 3; turn++)
        (void)uv_run(&loop, UV_RUN_ONCE);
    cr_expect_not(is_gone);
    cr_assert_eq(rename(above, temp_project_path(folder, "moved")), 0);
    while (!is_gone)
        (void)uv_run(&loop, UV_RUN_ONCE);
    project_watch_close(&watch, on_closed);
    cr_expect_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(uv_loop_close(&loop), 0);
}
