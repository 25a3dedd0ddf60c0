#ifndef ULOOP_BENCH_TABLE_H
#define ULOOP_BENCH_TABLE_H

#include "series.h"

#include <stdbool.h>

/* Figures as tables in Markdown, on standard output. */
struct table {
    size_t missed; /* targets so far */
};

/* Which figure of a row a target bounds. */
enum target {
    TARGET_NONE,
    TARGET_MEDIAN,
    TARGET_P95,
    TARGET_RATIO,
};

struct row {
    const char *what;
    const struct series *series;
    const char *unit;               /* NULL for ms */
    const struct series *reference; /* the ratio is that of the medians; NULL for none */
    const char *reference_name;
    enum target target;
    double most; /* what meets the target */
};

/* A heading, how the figures below it were measured, and the head of their table. */
void table_begin(const char *title, const char *method);

void table_row(struct table *table, const struct row *row);

#endif
