#include "testkit/program.h"

#include "base/memory.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

Test(program, tells_exit_code_and_both_outputs_apart)
{
    struct program_end end = program_run(SHELL("printf out; printf err >&2; exit 3"), NULL, NULL);
    cr_expect_eq(end.exit_code, 3);
    cr_expect_eq(end.signal, 0);
    cr_expect_str_eq(end.out, "out");
    cr_expect_eq(end.out_length, 3);
    cr_expect_str_eq(end.err, "err");
    cr_expect_eq(end.err_length, 3);
    program_end_clear(&end);
}

Test(program, counts_bytes_that_are_no_text)
{
    struct program_end end = program_run(SHELL("printf 'a\\000b'"), NULL, NULL);
    cr_expect_eq(end.exit_code, 0);
    cr_expect_eq(end.out_length, 3);
    cr_expect_arr_eq(end.out, "a\0b", 4);
    program_end_clear(&end);
}

Test(program, tells_the_signal_that_ended_it)
{
    struct program_end end = program_run(SHELL("kill -TERM $$"), NULL, NULL);
    cr_expect_eq(end.exit_code, -1);
    cr_expect_eq(end.signal, SIGTERM);
    program_end_clear(&end);
}

Test(program, takes_more_output_than_a_pipe_holds)
{
    struct program_end end =
        program_run(SHELL("head -c 3000000 /dev/zero; head -c 200000 /dev/zero >&2"), NULL, NULL);
    cr_expect_eq(end.exit_code, 0);
    cr_expect_eq(end.out_length, 3000000);
    cr_expect_eq(end.err_length, 200000);
    program_end_clear(&end);
}

Test(program, await_returns_when_the_text_was_printed_and_the_program_still_runs)
{
    struct program *program = program_start_with(&(struct program_setup){
        .arguments = SHELL("printf 'now wai' >&2; printf 'ting' >&2; echo ready; read line"),
        .input = PROGRAM_INPUT_OPEN,
    });
    program_await_error_text(program, "waiting");
    program_await_output_text(program, "ready");
    cr_expect_not(program_has_ended(program));
    cr_expect_not(program_all_ended());
    program_close_input(program);
    struct program_end end = program_wait(program);
    cr_expect_eq(end.exit_code, 1);
    cr_expect_str_eq(end.err, "now waiting");
    program_end_clear(&end);
}

Test(program, knows_when_all_programs_have_ended)
{
    cr_expect_not(program_all_ended());
    struct program *program = program_start(SHELL("exit 0"), NULL, NULL);
    siginfo_t info;
    cr_assert_eq(waitid(P_PID, (id_t)program_pid(program), &info, WEXITED | WNOWAIT), 0);
    cr_expect(program_has_ended(program));
    cr_expect(program_all_ended());
    program_free(program);
}

Test(program, passes_signals_on)
{
    struct program *program = program_start_with(&(struct program_setup){
        .arguments = SHELL("trap 'exit 9' INT; echo ready; while :; do read line; done"),
        .input = PROGRAM_INPUT_OPEN,
    });
    program_await_output_text(program, "ready");
    program_signal(program, SIGINT);
    struct program_end end = program_wait(program);
    cr_expect_eq(end.exit_code, 9);
    program_end_clear(&end);
}

Test(program, stands_still_between_stop_and_continue)
{
    struct program *program = program_start_with(&(struct program_setup){
        .arguments = (const char *const[]){"/bin/cat", NULL}, .input = PROGRAM_INPUT_OPEN});
    program_stop(program);
    program_close_input(program);
    cr_expect_not(program_has_ended(program));
    program_signal(program, SIGCONT);
    struct program_end end = program_wait(program);
    cr_expect_eq(end.exit_code, 0);
    program_end_clear(&end);
}

Test(program, runs_in_the_folder_and_environment_it_was_given)
{
    struct temp_project *folder = temp_folder_new();
    cr_assert_eq(setenv("ULOOP_TEST_INHERITED", "1", 1), 0);
    cr_assert_eq(setenv("TEST_KEPT", "kept", 1), 0);
    cr_assert_eq(setenv("TEST_REMOVED", "1", 1), 0);
    cr_assert_eq(setenv("TEST_REPLACED", "old", 1), 0);
    struct program_end end = program_run(
        SHELL("pwd; echo \"$TEST_KEPT $TEST_REPLACED [${TEST_REMOVED-}]"
              "[${ULOOP_TEST_INHERITED-}] $ULOOP_TEST_GIVEN\""),
        folder->root,
        (const char *const[]){"TEST_REMOVED", "TEST_REPLACED=new", "ULOOP_TEST_GIVEN=yes", NULL});
    char *expected = memory_format("%s\nkept new [][] yes\n", folder->root);
    cr_expect_str_eq(end.out, expected);
    free(expected);
    program_end_clear(&end);
    temp_project_free(folder);
}

Test(program, reads_the_input_it_was_given)
{
    struct program_end given = program_run_with(&(struct program_setup){
        .arguments = (const char *const[]){"/bin/cat", NULL}, .input_text = "some text"});
    cr_expect_str_eq(given.out, "some text");
    program_end_clear(&given);
    struct program_end empty = program_run((const char *const[]){"/bin/cat", NULL}, NULL, NULL);
    cr_expect_eq(empty.exit_code, 0);
    cr_expect_str_eq(empty.out, "");
    program_end_clear(&empty);
    struct program_end closed = program_run_with(&(struct program_setup){
        .arguments = (const char *const[]){"/bin/cat", NULL}, .input = PROGRAM_INPUT_CLOSED});
    cr_expect_eq(closed.exit_code, 1);
    program_end_clear(&closed);
}

Test(program, inherits_no_descriptor_of_the_test)
{
    int leak = open("/dev/null", O_RDONLY);
    cr_assert_geq(leak, 0);
    /* ls itself opens one more: the folder. */
    struct program_end end =
        program_run((const char *const[]){"/bin/ls", "/proc/self/fd", NULL}, NULL, NULL);
    cr_expect_str_eq(end.out, "0\n1\n2\n3\n");
    program_end_clear(&end);
    (void)close(leak);
}

Test(program, has_a_terminal_only_where_it_was_given_one)
{
    const char *const *arguments =
        SHELL("test -t 1 && echo out; test -t 2 && echo err; printf 'a\\nb\\r' >&2; exit 0");
    struct program_end none = program_run(arguments, NULL, NULL);
    cr_expect_str_eq(none.out, "");
    program_end_clear(&none);
    struct program_end errors = program_run_with(
        &(struct program_setup){.arguments = arguments, .has_terminal_errors = true});
    cr_expect_str_eq(errors.out, "err\n");
    cr_expect_str_eq(errors.err, "a\nb\r");
    program_end_clear(&errors);
    struct program_end both = program_run_with(&(struct program_setup){
        .arguments = arguments, .has_terminal_output = true, .has_terminal_errors = true});
    cr_expect_str_eq(both.out, "out\nerr\n");
    program_end_clear(&both);
}

Test(program, is_bound_by_the_limits_it_was_given)
{
    struct program_end end = program_run_with(&(struct program_setup){
        .arguments = SHELL("ulimit -n"),
        .limits = (const struct program_limit[]){{.resource = RLIMIT_NOFILE, .value = 32}},
        .limit_count = 1,
    });
    cr_expect_str_eq(end.out, "32\n");
    program_end_clear(&end);
}

Test(program, runs_as_the_user_it_was_given)
{
    if (geteuid() != 0)
        cr_skip_test("only root may become another user");
    struct program_end end =
        program_run_with(&(struct program_setup){.arguments = SHELL("id -u"), .user = 65534});
    cr_expect_str_eq(end.out, "65534\n");
    program_end_clear(&end);
}

Test(program, does_not_wait_for_what_it_left_in_its_group_but_ends_it)
{
    struct temp_project *folder = temp_folder_new();
    const char *fifo = temp_project_path(folder, "fifo");
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    cr_assert_geq(reader, 0);
    struct program_end end =
        program_run(SHELL("exec 5>fifo; sleep 1000 & exit 4"), folder->root, NULL);
    cr_expect_eq(end.exit_code, 4);
    /* The FIFO hangs up when its last writer, which is the one left behind, is gone. */
    struct pollfd hang_up = {.fd = reader};
    cr_expect_eq(poll(&hang_up, 1, TESTKIT_LIMIT_MS), 1);
    (void)close(reader);
    program_end_clear(&end);
    temp_project_free(folder);
}

Test(program, free_kills_what_still_runs)
{
    struct program *program = program_start((const char *const[]){TESTKIT_FAKE_UNITY, NULL}, NULL,
                                            (const char *const[]){NULL});
    pid_t pid = program_pid(program);
    program_free(program);
    cr_expect_eq(kill(pid, 0), -1);
    program_free(NULL);
}

Test(program, fake_unity_lives_with_a_real_command_line_until_its_input_ends)
{
    struct temp_project *project = temp_project_new();
    struct program *unity = program_start_fake_unity(project->root);
    char *proc = memory_format("/proc/%d", (int)program_pid(unity));
    cr_assert_eq(symlink(proc, temp_project_path(project, "proc")), 0);
    const char *actual = temp_project_read(project, "proc/cmdline");
    char *expected = memory_format("%s%c-projectPath%c%s", TESTKIT_FAKE_UNITY, 0, 0, project->root);
    size_t length = strlen(TESTKIT_FAKE_UNITY) + strlen(project->root) + 15;
    cr_expect_arr_eq(actual, expected, length);
    cr_expect_str_eq(temp_project_read(project, "proc/comm"), "Unity\n");
    program_close_input(unity);
    struct program_end end = program_wait(unity);
    cr_expect_eq(end.exit_code, 0);
    program_end_clear(&end);
    free(expected);
    free(proc);
    temp_project_free(project);
}
