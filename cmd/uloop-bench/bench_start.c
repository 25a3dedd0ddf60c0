/* What a start costs, and what a tool call costs beyond it. */

#include "bench.h"
#include "host.h"
#include "run.h"

enum subject {
    BASELINE,
    VERSION,
    CALL,
    SUBJECT_COUNT
};

struct figures {
    struct series took[SUBJECT_COUNT];
    struct series beyond;
};

static double take_turn_ms(enum subject subject, const struct host *host)
{
    static const char *const ARGUMENTS[] = {BENCH_BASELINE, NULL};
    switch (subject) {
    case VERSION:
        return run_version_ms();
    case CALL:
        return host_command_ms(host, "get-logs");
    default:
        return run_ms(ARGUMENTS, 0);
    }
}

static void measure(struct figures *figures, const struct host *host, size_t rounds)
{
    /* The first round of all reads the programs from the disk. */
    for (size_t round = 0; round <= rounds; round++) {
        double took[SUBJECT_COUNT];
        /* Each begins as often as the others: what follows another finds the caches differently. */
        for (size_t turn = 0; turn < SUBJECT_COUNT; turn++) {
            enum subject subject = (enum subject)((round + turn) % SUBJECT_COUNT);
            took[subject] = take_turn_ms(subject, host);
        }
        for (size_t i = 0; i < SUBJECT_COUNT && round > 0; i++)
            series_add(&figures->took[i], took[i]);
        if (round > 0)
            series_add(&figures->beyond, took[CALL] - took[VERSION]);
    }
}

static void print(struct table *table, const struct figures *figures)
{
    const struct series *version = &figures->took[VERSION];
    table_row(table,
              &(struct row){.what = "static `puts(\"x\")`", .series = &figures->took[BASELINE]});
    table_row(table, &(struct row){.what = "`uloop --version`",
                                   .series = version,
                                   .reference = &figures->took[BASELINE],
                                   .reference_name = "static `puts`",
                                   .target = TARGET_RATIO,
                                   .most = 1.3});
    table_row(table, &(struct row){.what = "`uloop get-logs`",
                                   .series = &figures->took[CALL],
                                   .reference = version,
                                   .reference_name = VERSION_NAME});
    table_row(table, &(struct row){.what = "`uloop get-logs` beyond `uloop --version`",
                                   .series = &figures->beyond,
                                   .reference = version,
                                   .reference_name = VERSION_NAME,
                                   .target = TARGET_MEDIAN,
                                   .most = 2});
}

void bench_start(struct bench *bench)
{
    struct figures figures = {0};
    struct host host = host_new();
    table_begin("Starting, and calling a tool",
                "From before the spawn to behind the end of the program. `get-logs` is\n"
                "answered by `uloop serve` on a copy of `testdata/projects/hello`; the line\n"
                "below it is the difference within each round.");
    measure(&figures, &host, bench->quick ? 50 : 1000);
    print(&bench->table, &figures);
    host_free(&host);
    for (size_t i = 0; i < SUBJECT_COUNT; i++)
        series_clear(&figures.took[i]);
    series_clear(&figures.beyond);
}
