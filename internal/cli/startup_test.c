#include "cli/startup.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

Test(startup, lets_the_signals_in_that_were_blocked)
{
    static const int NUMBERS[] = {SIGINT, SIGTERM, SIGHUP, SIGIO, SIGCHLD};
    sigset_t all;
    sigset_t blocked;
    cr_assert_eq(sigfillset(&all), 0);
    cr_assert_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
    startup_prepare();
    cr_assert_eq(sigprocmask(SIG_UNBLOCK, NULL, &blocked), 0);
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
        cr_expect_eq(sigismember(&blocked, NUMBERS[i]), 0, "signal %d", NUMBERS[i]);
    cr_expect_eq(sigismember(&blocked, SIGUSR1), 1); /* none of ours */
}

Test(startup, keeps_the_number_of_a_closed_stream_from_every_file)
{
    char byte = 0;
    int saved = fcntl(STDERR_FILENO, F_DUPFD, STDERR_FILENO + 1);
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        (void)close(stream);
    startup_prepare();
    int file = open("/dev/null", O_RDONLY);
    ssize_t got = read(STDIN_FILENO, &byte, 1);
    ssize_t out = write(STDOUT_FILENO, &byte, 1);
    ssize_t err = write(STDERR_FILENO, &byte, 1);
    cr_assert_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    cr_expect_gt(file, STDERR_FILENO);
    cr_expect(got < 0 && out < 0 && err < 0, "a closed stream can be used: %zd, %zd, %zd", got, out,
              err);
}
