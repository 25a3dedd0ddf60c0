#ifndef ULOOP_PROCESS_PROCESS_UNIX_H
#define ULOOP_PROCESS_PROCESS_UNIX_H

#include "process/process.h"

/* What the Unix systems share, and what process_unix.c needs of each of them. */

/* Can a process have this id at all? pid_t is narrower than what a file may say. */
bool process_pid_is_possible(int64_t pid);

/* Presence where the table of processes does not tell: by signal 0, and by the event of the exit.
 */
enum process_presence process_look_by_signal(int64_t pid);

/* A descriptor that becomes readable when the process ends, or a libuv error. Each system's own. */
int process_exit_descriptor(int64_t pid);

#endif
