#ifndef ULOOP_BENCH_OBSERVE_H
#define ULOOP_BENCH_OBSERVE_H

#include <stdint.h>
#include <sys/types.h>

/* What the system tells of a process that runs (Linux: from /proc). */

/*
 * Blocks until the process sleeps, and has slept for a moment without a single wake-up: then it has
 * dealt with everything that happened before, and waits for what comes next. What testkit started
 * goes on meanwhile.
 */
void observe_until_asleep(pid_t pid);

/* How often it has gone to sleep so far: once for every wake-up. */
uint64_t observe_sleeps(pid_t pid);

/* The memory that it shares with nobody, in KiB. */
uint64_t observe_private_kib(pid_t pid);

#endif
