/* What a compile by the host takes. */

#include "bench.h"
#include "host.h"
#include "run.h"

static void print(struct table *table, const char *what, const struct series *series,
                  const struct series *version)
{
    table_row(table, &(struct row){.what = what,
                                   .series = series,
                                   .reference = version,
                                   .reference_name = VERSION_NAME});
}

void bench_host(struct bench *bench)
{
    struct series version = {0};
    struct series cold = {0};
    struct series unchanged = {0};
    table_begin("Compiling with the host",
                "`uloop compile` from its start to its end, against `uloop serve` on a new\n"
                "copy of `testdata/projects/hello`: first with nothing compiled, then with\n"
                "nothing changed. The second includes the pause in which a reload might\n"
                "still begin.");
    for (size_t round = 0; round < (bench->quick ? 2U : 10U); round++) {
        struct host host = host_new();
        series_add(&version, run_version_ms());
        series_add(&cold, host_command_ms(&host, "compile"));
        series_add(&unchanged, host_command_ms(&host, "compile"));
        host_free(&host);
    }
    print(&bench->table, "cold", &cold, &version);
    print(&bench->table, "unchanged", &unchanged, &version);
    series_clear(&version);
    series_clear(&cold);
    series_clear(&unchanged);
}
