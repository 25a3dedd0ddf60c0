#include "base/memory.h"
#include "testkit/program_system.h"
#include "testkit/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

/* Above the standard streams, which the child is about to replace. */
static int out_of_the_way(int descriptor)
{
    if (descriptor < 0)
        testkit_fail("No descriptor for a program's stream: %s.", strerror(errno));
    if (descriptor > STDERR_FILENO)
        return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    (void)close(descriptor);
    return out_of_the_way(moved);
}

static void make_pipe(int *reading, int *writing)
{
    int ends[2];
    if (pipe(ends) != 0)
        testkit_fail("No pipe for a program's stream: %s.", strerror(errno));
    *reading = out_of_the_way(ends[0]);
    *writing = out_of_the_way(ends[1]);
}

/* Both ends of a terminal that passes on what is written as it is. */
static void make_terminal(int *reading, int *writing, unsigned short columns)
{
    *reading = out_of_the_way(posix_openpt(O_RDWR | O_NOCTTY));
    const char *name = grantpt(*reading) == 0 && unlockpt(*reading) == 0 ? ptsname(*reading) : NULL;
    if (!name)
        testkit_fail("No terminal for a program's stream: %s.", strerror(errno));
    *writing = out_of_the_way(open(name, O_RDWR | O_NOCTTY));
    struct termios settings;
    struct winsize size = {.ws_row = 24, .ws_col = columns ? columns : 80};
    if (tcgetattr(*writing, &settings) != 0 || ioctl(*writing, TIOCSWINSZ, &size) != 0)
        testkit_fail("Cannot set up a terminal: %s.", strerror(errno));
    settings.c_oflag &= ~(tcflag_t)OPOST;
    if (tcsetattr(*writing, TCSANOW, &settings) != 0)
        testkit_fail("Cannot set up a terminal: %s.", strerror(errno));
}

static void make_output(const struct program_setup *setup, bool is_terminal, int *reading,
                        int *writing)
{
    if (is_terminal)
        make_terminal(reading, writing, setup->columns);
    else
        make_pipe(reading, writing);
}

/* A file without a name that holds the text, at its beginning. */
static int text_as_file(const char *text)
{
    FILE *file = tmpfile();
    if (!file || fputs(text, file) < 0 || fflush(file) != 0)
        testkit_fail("No file for a program's input: %s.", strerror(errno));
    int descriptor = fcntl(fileno(file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    (void)fclose(file);
    if (descriptor < 0 || lseek(descriptor, 0, SEEK_SET) != 0)
        testkit_fail("No file for a program's input: %s.", strerror(errno));
    return descriptor;
}

/* Opens the test's ends of the streams, and the program's ends (-1 for none). */
static void open_streams(const struct program_setup *setup, struct program_streams *ours,
                         int theirs[3])
{
    ours->input = -1;
    theirs[STDIN_FILENO] = -1;
    if (setup->input_text)
        theirs[STDIN_FILENO] = text_as_file(setup->input_text);
    else if (setup->input == PROGRAM_INPUT_EMPTY)
        theirs[STDIN_FILENO] = out_of_the_way(open("/dev/null", O_RDONLY));
    else if (setup->input == PROGRAM_INPUT_OPEN)
        make_pipe(&theirs[STDIN_FILENO], &ours->input);
    make_output(setup, setup->has_terminal_output, &ours->out, &theirs[STDOUT_FILENO]);
    make_output(setup, setup->has_terminal_errors, &ours->err, &theirs[STDERR_FILENO]);
    if (fcntl(ours->out, F_SETFL, O_NONBLOCK) != 0 || fcntl(ours->err, F_SETFL, O_NONBLOCK) != 0)
        testkit_fail("Cannot set up a program's stream: %s.", strerror(errno));
}

/* Has the list an entry "NAME" or "NAME=…" for this "NAME=value"? */
static bool is_overridden(const char *variable, const char *const *list)
{
    size_t length = strcspn(variable, "=");
    for (; list && *list; list++) {
        if (strcspn(*list, "=") == length && strncmp(*list, variable, length) == 0)
            return true;
    }
    return false;
}

/* Borrows the strings; the caller frees the array. */
static char **make_environment(const struct program_setup *setup)
{
    static const char *const terminal[] = {"TERM=xterm", NULL};
    const char *const *extras = setup->environment;
    bool has_terminal = setup->has_terminal_output || setup->has_terminal_errors;
    const char *const *added = has_terminal ? terminal : NULL;
    size_t most = 2;
    for (char **variable = environ; *variable; variable++)
        most++;
    for (const char *const *extra = extras; extra && *extra; extra++)
        most++;
    char **environment = memory_new(most * sizeof(char *));
    size_t count = 0;
    for (char **variable = environ; *variable; variable++) {
        if (strncmp(*variable, "ULOOP_", 6) != 0 && !is_overridden(*variable, extras) &&
            !is_overridden(*variable, added))
            environment[count++] = *variable;
    }
    if (added && !is_overridden(added[0], extras))
        environment[count++] = (char *)added[0];
    for (const char *const *extra = extras; extra && *extra; extra++) {
        if (strchr(*extra, '='))
            environment[count++] = (char *)*extra;
    }
    return environment;
}

static bool take_streams(const int streams[3])
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (streams[stream] < 0)
            (void)close(stream);
        else if (dup2(streams[stream], stream) < 0)
            return false;
    }
    return true;
}

static bool take_limits(const struct program_setup *setup)
{
    for (size_t i = 0; i < setup->limit_count; i++) {
        if (!program_take_limit(&setup->limits[i]))
            return false;
    }
    return true;
}

static bool take_user(uid_t user)
{
    return user == 0 || (setgroups(0, NULL) == 0 && setgid(user) == 0 && setuid(user) == 0);
}

/* In the child, where nothing but system calls may be used: the test may have had threads. */
static _Noreturn void become_program(const struct program_setup *setup, char **environment,
                                     const int streams[3], int failure, pid_t parent)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    if (setpgid(0, 0) == 0 && take_streams(streams) && take_user(setup->user) &&
        (!setup->folder || chdir(setup->folder) == 0) && take_limits(setup)) {
        program_die_with_parent(parent);
        program_close_all_on_exec();
        (void)execve(setup->arguments[0], (char *const *)setup->arguments, environment);
    }
    int reason = errno;
    (void)write(failure, &reason, sizeof(reason));
    _exit(127);
}

pid_t program_spawn(const struct program_setup *setup, struct program_streams *streams)
{
    int theirs[3];
    int failed;
    int failure;
    open_streams(setup, streams, theirs);
    make_pipe(&failed, &failure);
    char **environment = make_environment(setup);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        testkit_fail("Cannot fork: %s.", strerror(errno));
    if (pid == 0)
        become_program(setup, environment, theirs, failure, parent);
    free(environment);
    (void)close(failure);
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (theirs[stream] >= 0)
            (void)close(theirs[stream]);
    }
    /* The pipe ends without a byte when exec has closed its other end. */
    int reason = 0;
    ssize_t got = read(failed, &reason, sizeof(reason));
    (void)close(failed);
    if (got != 0)
        testkit_fail("Cannot start %s: %s.", setup->arguments[0], strerror(reason));
    return pid;
}
