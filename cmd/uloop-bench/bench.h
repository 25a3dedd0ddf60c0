#ifndef ULOOP_BENCH_BENCH_H
#define ULOOP_BENCH_BENCH_H

#include "table.h"

#include <stdbool.h>

struct bench {
    bool quick; /* few rounds */
    struct table table;
};

/*
 * The sections of the benchmark, in their order. Each measures and prints one table. What is
 * compared is measured in turns within one loop, so that a machine that becomes slower or faster
 * does so for all of it.
 */
void bench_start(struct bench *bench);
void bench_compile(struct bench *bench);
void bench_stale(struct bench *bench);
void bench_wait(struct bench *bench);
void bench_crowd(struct bench *bench);
void bench_host(struct bench *bench);

/* How the reference of most ratios is called. */
#define VERSION_NAME "`--version`"

#endif
