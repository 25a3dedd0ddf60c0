#ifndef ULOOP_BENCH_SLEEPERS_H
#define ULOOP_BENCH_SLEEPERS_H

#include <stddef.h>

/* Processes that do nothing, as there are many on a machine in use. They end with the benchmark at
 * the latest. */
struct sleepers;

struct sleepers *sleepers_new(size_t count);

/* Kills every one of them. */
void sleepers_free(struct sleepers *sleepers);

#endif
