#include "series.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void series_add(struct series *series, double value)
{
    series->values = memory_resize(series->values, (series->count + 1) * sizeof(double));
    series->values[series->count++] = value;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(const struct series *series, size_t percent)
{
    if (series->count == 0)
        return 0;
    double *sorted = memory_new(series->count * sizeof(double));
    memcpy(sorted, series->values, series->count * sizeof(double));
    qsort(sorted, series->count, sizeof(double), compare);
    size_t rank = (series->count * percent + 99) / 100;
    double value = sorted[rank - 1];
    free(sorted);
    return value;
}

double series_median(const struct series *series)
{
    return percentile(series, 50);
}

double series_p95(const struct series *series)
{
    return percentile(series, 95);
}

void series_clear(struct series *series)
{
    free(series->values);
    *series = (struct series){0};
}
