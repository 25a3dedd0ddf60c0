#ifndef ULOOP_BENCH_RUN_H
#define ULOOP_BENCH_RUN_H

/*
 * Runs a program, its output going nowhere, and returns the milliseconds from before the spawn to
 * behind its end. The way is as short as can be (vfork, exec, waitpid), so that the program's own
 * time is most of it. `arguments` begin with the program's path and end with NULL. Any exit code
 * but the expected one fails the benchmark.
 */
double run_ms(const char *const *arguments, int exit_code);

/* The same of `uloop --version`: what every figure is compared with. */
double run_version_ms(void);

#endif
