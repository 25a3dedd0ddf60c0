#include "run.h"

#include "stopwatch.h"
#include "testkit/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void check(int failure, const char *program)
{
    if (failure != 0)
        testkit_fail("Cannot run %s: %s.", program, strerror(failure));
}

double run_ms(const char *const *arguments, int exit_code)
{
    static const int STREAMS[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    check(posix_spawn_file_actions_init(&actions), arguments[0]);
    for (size_t i = 0; i < sizeof(STREAMS) / sizeof(STREAMS[0]); i++)
        check(posix_spawn_file_actions_addopen(&actions, STREAMS[i], "/dev/null", O_RDWR, 0),
              arguments[0]);
    double start = stopwatch_now_ms();
    check(posix_spawn(&pid, arguments[0], &actions, NULL, (char *const *)arguments, environ),
          arguments[0]);
    pid_t ended = waitpid(pid, &status, 0);
    double took = stopwatch_now_ms() - start;
    (void)posix_spawn_file_actions_destroy(&actions);
    if (ended != pid || !WIFEXITED(status) || WEXITSTATUS(status) != exit_code)
        testkit_fail("%s %s should have ended with exit code %d; its wait status is %#x.",
                     arguments[0], arguments[1] ? arguments[1] : "", exit_code, (unsigned)status);
    return took;
}

double run_version_ms(void)
{
    return run_ms((const char *const[]){ULOOP_PROGRAM, "--version", NULL}, 0);
}
