#include "process/process.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

Test(process_linux, start_token_does_not_trip_over_the_programs_name)
{
    char *before = process_start_token(getpid());
    cr_assert_eq(prctl(PR_SET_NAME, ") (x) Z 1 2 3"), 0);
    char *after = process_start_token(getpid());
    cr_expect_str_eq(after, before);
    free(before);
    free(after);
}

Test(process_linux, look_is_not_deceived_by_the_programs_name)
{
    cr_assert_eq(prctl(PR_SET_NAME, "\nState:\tZ\n"), 0);
    cr_expect_eq(process_look(getpid()), PROCESS_ALIVE);
}

struct thread_record {
    pthread_barrier_t barrier;
    pid_t id;
};

static void *run_thread(void *context)
{
    struct thread_record *record = context;
    record->id = gettid();
    (void)pthread_barrier_wait(&record->barrier); /* the id is there */
    (void)pthread_barrier_wait(&record->barrier); /* the look is over */
    return NULL;
}

Test(process_linux, look_takes_no_thread_for_a_process)
{
    struct thread_record record;
    pthread_t thread;
    cr_assert_eq(pthread_barrier_init(&record.barrier, NULL, 2), 0);
    cr_assert_eq(pthread_create(&thread, NULL, run_thread, &record), 0);
    (void)pthread_barrier_wait(&record.barrier);
    cr_expect_eq(process_look(record.id), PROCESS_GONE);
    (void)pthread_barrier_wait(&record.barrier);
    cr_assert_eq(pthread_join(thread, NULL), 0);
}

Test(process_linux, what_cannot_be_read_for_want_of_descriptors_is_not_taken_for_nothing)
{
    struct process_arguments arguments;
    char program[PROCESS_PROGRAM_SIZE];
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum process_reading of_program = process_program(getpid(), program, sizeof program);
    enum process_reading of_arguments = process_arguments_read(getpid(), &arguments);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(of_program, PROCESS_NOT_READ);
    cr_expect_eq(of_arguments, PROCESS_NOT_READ);
}

enum verdict {
    AS_EXPECTED,
    NOT_AS_EXPECTED,
    CANNOT_TRY,
};

/* Runs the check in a child that has a table of mounts of its own, with something else at /proc. */
static void expect_with_proc(const char *kind, const char *options, enum verdict (*check)(void))
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        bool has_own = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                       mount(kind, "/proc", kind, 0, options) == 0;
        _exit(has_own ? (int)check() : CANNOT_TRY);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT_TRY)
        cr_skip_test("mounts cannot be changed here");
    cr_expect_eq(WEXITSTATUS(status), AS_EXPECTED);
}

static bool find_parent(void *context, int64_t pid)
{
    bool *found = context;
    *found = *found || pid == getppid();
    return true;
}

static bool zombie_is_gone(void)
{
    siginfo_t ignored;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitid(P_PID, (id_t)pid, &ignored, WEXITED | WNOWAIT) == 0 &&
           process_look(pid) == PROCESS_GONE;
}

static enum verdict check_without_proc(void)
{
    bool found = false;
    struct process_arguments arguments;
    bool as_expected = !process_each(find_parent, &found) && !found &&
                       process_look(getppid()) == PROCESS_ALIVE &&
                       process_look(INT32_MAX) == PROCESS_GONE && zombie_is_gone() &&
                       process_start_token(getppid()) == NULL &&
                       process_arguments_read(getppid(), &arguments) != PROCESS_READ;
    return as_expected ? AS_EXPECTED : NOT_AS_EXPECTED;
}

Test(process_linux, table_without_proc_is_incomplete)
{
    expect_with_proc("tmpfs", NULL, check_without_proc);
}

/* Members of group 0 see what a mount hides from the rest. */
static bool become_ordinary_user(void)
{
    return setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 &&
           setresuid(65534, 65534, 65534) == 0;
}

static enum verdict check_with_hidden_processes(void)
{
    if (!become_ordinary_user())
        return CANNOT_TRY;
    bool found = false;
    bool as_expected =
        !process_each(find_parent, &found) && !found && process_look(getppid()) == PROCESS_ALIVE;
    return as_expected ? AS_EXPECTED : NOT_AS_EXPECTED;
}

Test(process_linux, table_with_hidden_processes_is_incomplete)
{
    if (geteuid() != 0)
        cr_skip_test("only root can mount a process table that hides processes");
    expect_with_proc("proc", "hidepid=invisible", check_with_hidden_processes);
}

static enum verdict check_with_closed_processes(void)
{
    if (!become_ordinary_user())
        return CANNOT_TRY;
    bool found = false;
    return !process_each(find_parent, &found) && found ? AS_EXPECTED : NOT_AS_EXPECTED;
}

Test(process_linux, table_of_processes_that_let_nobody_look_is_incomplete)
{
    if (geteuid() != 0)
        cr_skip_test("only root can mount a process table that hides processes");
    expect_with_proc("proc", "hidepid=noaccess", check_with_closed_processes);
}

/* Makes a system call answer as a kernel does that has none by that number. */
static bool withhold(unsigned int number)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

Test(process_linux, watch_says_when_the_kernel_cannot_tell_of_exits)
{
    if (!withhold(SYS_pidfd_open))
        cr_skip_test("system calls cannot be withheld here");
    uv_loop_t loop;
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct process_watch watch = {0};
    cr_expect_eq(process_watch_start(&watch, &loop, getppid(), NULL, NULL), UV_ENOSYS);
    process_watch_stop(&watch);
    cr_expect_eq(uv_loop_close(&loop), 0);
}
