#ifndef ULOOP_TESTKIT_PROGRAM_SYSTEM_H
#define ULOOP_TESTKIT_PROGRAM_SYSTEM_H

#include "testkit/program.h"

/* The parts of program.c that deal with the system. */

/* The test's ends of a program's standard streams; -1 where there is none. Those to read from do
 * not block. */
struct program_streams {
    int input;
    int out;
    int err;
};

/* Starts the program and returns its pid once exec has happened; fails the test otherwise. */
pid_t program_spawn(const struct program_setup *setup, struct program_streams *streams);

/* What follows every system does in its own way. */

/* In the child: asks to be killed when the test's process dies. */
void program_die_with_parent(pid_t parent);

/* In the child: closes every descriptor from 3 on at the coming exec. */
void program_close_all_on_exec(void);

/* In the child: sets a limit, hard and soft; false with errno on failure. */
bool program_take_limit(const struct program_limit *limit);

/* A descriptor that poll() finds readable when the child has ended; -1 with errno on failure. */
int program_exit_descriptor(pid_t pid);

#endif
