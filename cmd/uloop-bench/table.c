#include "table.h"

#include <stdio.h>

void table_begin(const char *title, const char *method)
{
    (void)printf("\n## %s\n\n%s\n\n", title, method);
    (void)printf("| measured | median | p95 | ratio | target | verdict |\n"
                 "| -------- | -----: | --: | ----- | ------ | ------- |\n");
    (void)fflush(stdout);
}

static double ratio(const struct row *row)
{
    return series_median(row->series) / series_median(row->reference);
}

/* The figure that the target bounds. */
static double judged(const struct row *row)
{
    switch (row->target) {
    case TARGET_NONE:
        break;
    case TARGET_MEDIAN:
        return series_median(row->series);
    case TARGET_P95:
        return series_p95(row->series);
    case TARGET_RATIO:
        return ratio(row);
    }
    return 0;
}

static void print_verdict(struct table *table, const struct row *row, const char *unit)
{
    static const char *const FIGURES[] = {[TARGET_NONE] = "",
                                          [TARGET_MEDIAN] = "median",
                                          [TARGET_P95] = "p95",
                                          [TARGET_RATIO] = "ratio"};
    if (row->target == TARGET_NONE) {
        (void)printf("| | |\n");
        return;
    }
    bool met = judged(row) <= row->most;
    table->missed += !met;
    (void)printf("| %s ≤ %g%s%s | %s |\n", FIGURES[row->target], row->most,
                 row->target == TARGET_RATIO ? "" : " ", row->target == TARGET_RATIO ? "" : unit,
                 met ? "met" : "**missed**");
}

void table_row(struct table *table, const struct row *row)
{
    const char *unit = row->unit ? row->unit : "ms";
    (void)printf("| %s | %.2f %s | %.2f %s | ", row->what, series_median(row->series), unit,
                 series_p95(row->series), unit);
    if (row->reference)
        (void)printf("%.2f × %s ", ratio(row), row->reference_name);
    print_verdict(table, row, unit);
    (void)fflush(stdout);
}
