#include "process/process.h"

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LONG_ARGUMENT = 128 * 1024 - 1, /* with its NUL the longest that Linux passes on */
    LONG_ARGUMENTS = 12,
};

/* A child that has ended and is not reaped. */
static pid_t make_zombie(void)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        _exit(0);
    siginfo_t ignored;
    cr_assert_eq(waitid(P_PID, (id_t)pid, &ignored, WEXITED | WNOWAIT), 0);
    return pid;
}

/* A pid that was somebody's and is nobody's now. */
static pid_t make_dead(void)
{
    pid_t pid = make_zombie();
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

static struct program *start_unity(const char *const *arguments, const char *folder)
{
    struct program *unity = program_start_with(&(struct program_setup){
        .arguments = arguments, .folder = folder, .input = PROGRAM_INPUT_OPEN});
    program_await_output_text(unity, "ready");
    return unity;
}

static struct program *start_any(void)
{
    return start_unity((const char *const[]){TESTKIT_FAKE_UNITY, NULL}, NULL);
}

Test(process, look_finds_the_living)
{
    cr_expect_eq(process_look(getpid()), PROCESS_ALIVE);
    cr_expect_eq(process_look(program_pid(start_any())), PROCESS_ALIVE);
}

Test(process, look_finds_no_impossible_process)
{
    cr_expect_eq(process_look(0), PROCESS_GONE);
    cr_expect_eq(process_look(-1), PROCESS_GONE);
    cr_expect_eq(process_look(INT64_MIN), PROCESS_GONE);
    cr_expect_eq(process_look(INT64_C(1) << 40), PROCESS_GONE);
    /* Cut to 32 bits it would be our own. */
    cr_expect_eq(process_look((INT64_C(1) << 32) + getpid()), PROCESS_GONE);
}

Test(process, look_finds_the_dead_gone)
{
    cr_expect_eq(process_look(make_dead()), PROCESS_GONE);
}

Test(process, look_finds_a_zombie_gone)
{
    pid_t zombie = make_zombie();
    cr_expect_eq(process_look(zombie), PROCESS_GONE);
    cr_expect_eq(waitpid(zombie, NULL, 0), zombie);
}

Test(process, look_finds_another_users_process_alive)
{
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    enum process_presence presence = process_look(1);
    cr_assert_eq(seteuid(getuid()), 0);
    cr_expect_eq(presence, PROCESS_ALIVE);
}

Test(process, start_token_stays_and_differs_between_processes)
{
    char *once = process_start_token(getpid());
    char *again = process_start_token(getpid());
    char *other = process_start_token(1);
    cr_expect_str_eq(once, again);
    cr_expect_str_neq(once, other);
    free(once);
    free(again);
    free(other);
}

Test(process, start_token_of_nobody_is_none)
{
    cr_expect_null(process_start_token(make_dead()));
    cr_expect_null(process_start_token(0));
    cr_expect_null(process_start_token(INT64_C(1) << 40));
}

Test(process, arguments_are_those_it_was_started_with)
{
    const char *given[] = {TESTKIT_FAKE_UNITY, "", "two words", "line\nend", "-x='y'", "", NULL};
    struct process_arguments arguments;
    cr_assert_eq(process_arguments_read(program_pid(start_unity(given, NULL)), &arguments),
                 PROCESS_READ);
    cr_assert_eq(arguments.count, 6);
    for (size_t i = 0; i < arguments.count; i++)
        cr_expect_str_eq(arguments.items[i], given[i]);
    cr_expect_null(arguments.items[arguments.count]);
    process_arguments_clear(&arguments);
    cr_expect_null(arguments.items);
}

Test(process, arguments_may_be_very_long)
{
    const char *given[LONG_ARGUMENTS + 2] = {TESTKIT_FAKE_UNITY};
    char *text = malloc(LONG_ARGUMENT + 1);
    memset(text, 'a', LONG_ARGUMENT);
    text[LONG_ARGUMENT] = '\0';
    for (size_t i = 1; i <= LONG_ARGUMENTS; i++)
        given[i] = text;
    struct process_arguments arguments;
    cr_assert_eq(process_arguments_read(program_pid(start_unity(given, NULL)), &arguments),
                 PROCESS_READ);
    cr_assert_eq(arguments.count, LONG_ARGUMENTS + 1);
    cr_expect_str_eq(arguments.items[LONG_ARGUMENTS], text);
    process_arguments_clear(&arguments);
    free(text);
}

Test(process, arguments_of_nobody_cannot_be_read)
{
    struct process_arguments arguments;
    pid_t zombie = make_zombie();
    cr_expect_eq(process_arguments_read(zombie, &arguments), PROCESS_HAS_NONE);
    cr_expect_eq(waitpid(zombie, NULL, 0), zombie);
    cr_expect_eq(process_arguments_read(zombie, &arguments), PROCESS_HAS_NONE);
    cr_expect_eq(process_arguments_read(0, &arguments), PROCESS_HAS_NONE);
    process_arguments_clear(&arguments);
}

Test(process, program_is_the_executables_path)
{
    pid_t pid = program_pid(start_any());
    char program[PROCESS_PROGRAM_SIZE];
    cr_assert_eq(process_program(pid, program, sizeof program), PROCESS_READ);
    cr_expect_str_eq(program, TESTKIT_FAKE_UNITY);
    cr_expect_eq(process_program(pid, program, sizeof TESTKIT_FAKE_UNITY - 1), PROCESS_HAS_NONE);
    cr_expect_eq(process_program(make_dead(), program, sizeof program), PROCESS_HAS_NONE);
}

Test(process, working_folder_is_where_it_runs)
{
    struct temp_project *folder = temp_folder_new();
    const char *arguments[] = {TESTKIT_FAKE_UNITY, NULL};
    char *found = process_working_folder(program_pid(start_unity(arguments, folder->root)));
    cr_assert(found);
    cr_expect_str_eq(found, folder->root);
    free(found);
    cr_expect_null(process_working_folder(make_dead()));
}

struct shown {
    int64_t wanted;
    size_t wanted_count;
    size_t count;
    size_t most;
};

static bool count_process(void *context, int64_t pid)
{
    struct shown *shown = context;
    shown->count++;
    shown->wanted_count += pid == shown->wanted;
    return shown->count < shown->most;
}

Test(process, each_shows_every_process_once)
{
    struct shown shown = {.wanted = program_pid(start_any()), .most = SIZE_MAX};
    cr_expect(process_each(count_process, &shown));
    cr_expect_eq(shown.wanted_count, 1);
    cr_expect_gt(shown.count, 1);
}

Test(process, each_ends_when_the_visitor_has_seen_enough)
{
    struct shown shown = {.most = 1};
    cr_expect(process_each(count_process, &shown));
    cr_expect_eq(shown.count, 1);
}

struct exit_record {
    struct process_watch watch;
    int count;
};

static void record_exit(void *context)
{
    struct exit_record *record = context;
    record->count++;
    process_watch_stop(&record->watch);
}

Test(process, watch_tells_of_the_exit_once)
{
    uv_loop_t loop;
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct exit_record record = {0};
    struct program *unity = start_any();
    cr_assert_eq(
        process_watch_start(&record.watch, &loop, program_pid(unity), record_exit, &record), 0);
    cr_expect(uv_loop_alive(&loop));
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    cr_expect_eq(record.count, 0);
    program_close_input(unity);
    cr_expect_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(record.count, 1);
    cr_expect_eq(uv_loop_close(&loop), 0);
}

static void count_exit(void *context)
{
    struct exit_record *record = context;
    record->count++;
}

Test(process, watch_says_it_once_even_when_it_is_not_stopped)
{
    uv_loop_t loop;
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct exit_record record = {0};
    pid_t zombie = make_zombie();
    int status = process_watch_start(&record.watch, &loop, zombie, count_exit, &record);
    cr_assert(status == 0 || status == UV_ESRCH);
    /* Systems differ in whether a zombie can still be watched. */
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    cr_expect_eq(record.count, status == 0 ? 1 : 0);
    process_watch_stop(&record.watch);
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    cr_expect_eq(uv_loop_close(&loop), 0);
    cr_expect_eq(waitpid(zombie, NULL, 0), zombie);
}

Test(process, watch_refuses_who_is_gone)
{
    uv_loop_t loop;
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct process_watch watch = {0};
    process_watch_stop(&watch);
    cr_expect_eq(process_watch_start(&watch, &loop, make_dead(), count_exit, NULL), UV_ESRCH);
    cr_expect_eq(process_watch_start(&watch, &loop, 0, count_exit, NULL), UV_ESRCH);
    cr_expect_eq(process_watch_start(&watch, &loop, INT64_C(1) << 40, count_exit, NULL), UV_ESRCH);
    process_watch_stop(&watch);
    cr_expect_eq(uv_loop_close(&loop), 0);
}

Test(process, watch_can_be_stopped_before_the_exit)
{
    uv_loop_t loop;
    cr_assert_eq(uv_loop_init(&loop), 0);
    struct exit_record record = {0};
    struct program *unity = start_any();
    cr_assert_eq(process_watch_start(&record.watch, &loop, program_pid(unity), count_exit, &record),
                 0);
    process_watch_stop(&record.watch);
    program_free(unity);
    cr_expect_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_expect_eq(record.count, 0);
    cr_expect_eq(uv_loop_close(&loop), 0);
}
