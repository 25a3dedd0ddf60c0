#ifndef ULOOP_BENCH_SERIES_H
#define ULOOP_BENCH_SERIES_H

#include <stddef.h>

/* What was measured again and again. Zero-initialised is empty; release with series_clear(). */
struct series {
    double *values;
    size_t count;
};

void series_add(struct series *series, double value);

/* The smallest value that half, or 95 of a hundred, do not exceed. 0 when the series is empty. */
double series_median(const struct series *series);
double series_p95(const struct series *series);

void series_clear(struct series *series);

#endif
