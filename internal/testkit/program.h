#ifndef ULOOP_TESTKIT_PROGRAM_H
#define ULOOP_TESTKIT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Runs programs: the built uloop, and whatever plays its neighbours. Each runs in a process group
 * of its own, inherits no descriptor of the test, and is killed when the test's process ends. What
 * fails here fails the test.
 */

enum program_input {
    PROGRAM_INPUT_EMPTY,  /* /dev/null */
    PROGRAM_INPUT_CLOSED, /* no descriptor 0 at all */
    PROGRAM_INPUT_OPEN,   /* a pipe on which nothing comes, until program_close_input() */
};

struct program_limit {
    int resource; /* RLIMIT_… */
    rlim_t value;
};

/* How to start a program; everything but the arguments may be left zero. */
struct program_setup {
    const char *const *arguments; /* [0] is the program's path; ends with NULL */
    const char *folder;           /* current folder; NULL for the test's own */
    /* "NAME=value" sets, "NAME" removes; ends with NULL. The rest is the test's environment less
     * everything that begins with ULOOP_, so that a developer's settings change no test; and where
     * there is a terminal, TERM=xterm. */
    const char *const *environment;
    enum program_input input;
    const char *input_text;   /* standard input is a file with this text */
    bool has_terminal_output; /* standard output is a terminal */
    bool has_terminal_errors; /* standard error is one */
    unsigned short columns;   /* of these; 0 for 80 */
    const struct program_limit *limits;
    size_t limit_count;
    uid_t user; /* runs as this user and group; 0 for the test's own */
};

/* How a program ended and what it printed. Release with program_end_clear(). */
struct program_end {
    int exit_code; /* -1 when a signal ended it */
    int signal;    /* 0 when it exited */
    char *out;     /* standard output; a NUL stands behind its out_length bytes */
    size_t out_length;
    char *err; /* standard error, likewise */
    size_t err_length;
    struct rusage usage;
};

/* Returns when the program's own code runs (exec has happened). */
struct program *program_start(const char *const *arguments, const char *folder,
                              const char *const *environment);
struct program *program_start_with(const struct program_setup *setup);

/* Starts the fake Unity as an Editor that has the project open (-projectPath, current folder), and
 * waits until it runs. */
struct program *program_start_fake_unity(const char *project_root);

pid_t program_pid(const struct program *program);

/* Blocks until everything printed so far contains the text; fails at once when the program ends
 * without. */
void program_await_output_text(struct program *program, const char *text);
void program_await_error_text(struct program *program, const char *text);

/* Has it ended by now? Does not wait. */
bool program_has_ended(struct program *program);

void program_signal(struct program *program, int number);

/* Sends SIGSTOP and returns when the program stands still; SIGCONT lets it go on. */
void program_stop(struct program *program);

/* Closes the pipe of PROGRAM_INPUT_OPEN. */
void program_close_input(struct program *program);

/* Blocks until the program ends, and releases it. A process that it left in its group does not keep
 * this waiting, and is killed. */
struct program_end program_wait(struct program *program);

/* Starts a program and waits for its end. */
struct program_end program_run(const char *const *arguments, const char *folder,
                               const char *const *environment);
struct program_end program_run_with(const struct program_setup *setup);

/* Kills the program's whole process group, if it still runs, and releases it. NULL is fine. */
void program_free(struct program *program);

void program_end_clear(struct program_end *end);

/* Was at least one program started, and have all of them ended? Then nobody is left to connect. */
bool program_all_ended(void);

#endif
