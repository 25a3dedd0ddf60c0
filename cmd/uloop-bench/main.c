/* Measures the built uloop; docs/testing.md tells how to run it. */

#include "bench.h"
#include "testkit/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXIT_MISSED = 1, /* a target */
    EXIT_BROKEN = 2, /* something could not be measured */
};

static _Noreturn void give_up(const char *message)
{
    (void)fprintf(stderr, "uloop-bench: %s\n", message);
    exit(EXIT_BROKEN);
}

int main(int argc, char **argv)
{
    static void (*const SECTIONS[])(struct bench *) = {bench_start, bench_compile, bench_stale,
                                                       bench_wait,  bench_crowd,   bench_host};
    struct bench bench = {.quick = argc == 2 && strcmp(argv[1], "--quick") == 0};
    if (argc > 1 && !bench.quick) {
        (void)fprintf(stderr, "usage: uloop-bench [--quick]\n");
        return EXIT_BROKEN;
    }
    testkit_on_failure(give_up);
    for (size_t i = 0; i < sizeof(SECTIONS) / sizeof(SECTIONS[0]); i++)
        SECTIONS[i](&bench);
    return bench.table.missed > 0 ? EXIT_MISSED : EXIT_SUCCESS;
}
