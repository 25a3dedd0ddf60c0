#include "process/lock_file.h"

#include "testkit/temp_project.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Takes the lock in another process and holds it until that is killed. */
static pid_t hold_elsewhere(const char *path)
{
    int ready[2];
    char byte;
    cr_assert_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct lock_file lock = {0};
        struct error error = {0};
        int64_t holder;
        if (!lock_file_take(&lock, path, &holder, &error) || write(ready[1], "", 1) != 1)
            _exit(EXIT_FAILURE);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    return pid;
}

static void kill_and_wait(pid_t pid)
{
    int status;
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
}

Test(lock_file, is_refused_naming_its_holder_and_free_again_when_that_ends)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "lock");
    struct lock_file lock = {0};
    struct error error = {0};
    int64_t holder = 0;
    cr_expect_eq(lock_file_holder(path), 0);
    pid_t pid = hold_elsewhere(path);
    cr_expect_eq(lock_file_holder(path), pid);
    cr_expect_not(lock_file_take(&lock, path, &holder, &error));
    cr_expect_eq(error.code, E_PROJECT_IN_USE);
    cr_expect_eq(holder, pid);
    error_clear(&error);
    kill_and_wait(pid);
    cr_expect_eq(lock_file_holder(path), 0);
    cr_assert(lock_file_take(&lock, path, &holder, &error));
    lock_file_release(&lock);
    cr_expect(temp_project_has(folder, "lock"));
    temp_project_free(folder);
}

Test(lock_file, has_no_holder_to_name_when_that_has_no_pid)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "lock");
    struct lock_file lock = {0};
    struct error error = {0};
    int64_t holder = 1;
    int held = test_lock_hold(path, TEST_LOCK_NOBODYS);
    cr_expect_eq(lock_file_holder(path), 0);
    cr_expect_not(lock_file_take(&lock, path, &holder, &error));
    cr_expect_eq(error.code, E_PROJECT_IN_USE);
    cr_expect_eq(holder, 0);
    error_clear(&error);
    (void)close(held);
    temp_project_free(folder);
}

static void let_go(uv_timer_t *timer)
{
    const int *held = timer->data;
    (void)close(*held);
}

Test(lock_file, is_awaited_until_its_holder_lets_go_or_patience_ends)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "lock");
    struct lock_file lock = {0};
    struct error error = {0};
    int64_t holder;
    int held = test_lock_hold(path, TEST_LOCK_NOBODYS);
    uv_loop_t loop;
    uv_timer_t timer = {.data = &held};
    cr_assert_eq(uv_loop_init(&loop), 0);
    cr_assert_eq(uv_timer_init(&loop, &timer), 0);
    cr_expect_not(lock_file_await(&lock, path, &loop, 0, &holder, &error));
    cr_expect_eq(error.code, E_PROJECT_IN_USE);
    error_clear(&error);
    cr_assert_eq(uv_timer_start(&timer, let_go, 1, 0), 0);
    cr_expect(lock_file_await(&lock, path, &loop, 60000, &holder, &error));
    lock_file_release(&lock);
    uv_close((uv_handle_t *)&timer, NULL);
    cr_assert_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&loop), 0);
    temp_project_free(folder);
}

Test(lock_file, can_be_removed_by_its_holder_alone)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "lock");
    struct lock_file lock = {0};
    struct error error = {0};
    int64_t holder;
    lock_file_remove(&lock, path); /* nothing is held */
    cr_assert(lock_file_take(&lock, path, &holder, &error));
    lock_file_remove(&lock, path);
    cr_expect_not(temp_project_has(folder, "lock"));
    /* Another one's file has taken its place meanwhile. */
    cr_assert(lock_file_take(&lock, path, &holder, &error));
    cr_assert_eq(unlink(path), 0);
    (void)temp_project_write(folder, "lock", "another's");
    lock_file_remove(&lock, path);
    cr_expect(temp_project_has(folder, "lock"));
    temp_project_free(folder);
}

Test(lock_file, follows_no_link_and_makes_no_folder)
{
    struct temp_project *folder = temp_folder_new();
    cr_assert_eq(symlink("elsewhere", temp_project_path(folder, "link")), 0);
    cr_assert_eq(mkdir(temp_project_path(folder, "folder"), 0777), 0);
    static const char *const NAMES[] = {"link", "folder", "no/folder"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        struct lock_file lock = {0};
        struct error error = {0};
        int64_t holder;
        cr_expect_not(lock_file_take(&lock, temp_project_path(folder, NAMES[i]), &holder, &error),
                      "%s", NAMES[i]);
        cr_expect_eq(error.code, E_SYSTEM);
        error_clear(&error);
    }
    cr_expect_not(temp_project_has(folder, "elsewhere"));
    temp_project_free(folder);
}

/* Takes and removes the lock over and over; fails when somebody else holds it, too. */
static _Noreturn void contend(const char *path, const char *marker)
{
    enum {
        ROUNDS = 500
    };
    for (int round = 0; round < ROUNDS; round++) {
        struct lock_file lock = {0};
        struct error error = {0};
        int64_t holder;
        while (!lock_file_take(&lock, path, &holder, &error)) {
            if (error.code != E_PROJECT_IN_USE)
                _exit(2);
            error_clear(&error);
        }
        int alone = open(marker, O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (alone < 0 || close(alone) != 0 || unlink(marker) != 0)
            _exit(3);
        lock_file_remove(&lock, path);
    }
    _exit(EXIT_SUCCESS);
}

Test(lock_file, is_held_by_one_at_a_time_however_often_it_is_removed)
{
    enum {
        PROCESSES = 4
    };
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "lock");
    const char *marker = temp_project_path(folder, "marker");
    pid_t pids[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            contend(path, marker);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        int status;
        cr_assert_eq(waitpid(pids[i], &status, 0), pids[i]);
        cr_expect_eq(status, 0, "%d", WEXITSTATUS(status));
    }
    temp_project_free(folder);
}
