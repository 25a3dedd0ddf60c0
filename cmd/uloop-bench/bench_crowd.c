/* Many commands waiting on one project, and what each costs while it waits. */

#include "bench.h"
#include "observe.h"
#include "run.h"
#include "scene.h"
#include "stopwatch.h"

enum {
    CROWD = 32,
    KIB_PER_MIB = 1024,
    MS_PER_S = 1000,
    WAKEUP_SPAN_MS = 5000,
};

struct crowd {
    struct scene scene;
    struct program *programs[CROWD];
};

struct figures {
    struct series version, end, memory, plain_memory, wakeups;
};

/* All of them started, and all asleep. */
static struct crowd crowd_new(void)
{
    struct crowd crowd = {.scene = scene_new("compiling")};
    for (size_t i = 0; i < CROWD; i++)
        crowd.programs[i] = scene_start(&crowd.scene, "get-logs");
    for (size_t i = 0; i < CROWD; i++)
        observe_until_asleep(program_pid(crowd.programs[i]));
    return crowd;
}

/* From the publication of `ready` to the last exit. */
static double crowd_end_ms(struct crowd *crowd)
{
    double took = 0;
    double start = scene_publish(&crowd->scene, "ready", TEST_GENERATION_B, "server-recovery");
    for (size_t i = 0; i < CROWD; i++)
        test_request_answer(test_editor_accept(crowd->scene.editor), "{\"Logs\":[]}");
    for (size_t i = 0; i < CROWD; i++)
        took = scene_end_ms(crowd->programs[i], start, 0);
    scene_free(&crowd->scene);
    return took;
}

static void look_at_memory(struct figures *figures, const struct crowd *crowd)
{
    for (size_t i = 0; i < CROWD; i++)
        series_add(&figures->memory,
                   (double)observe_private_kib(program_pid(crowd->programs[i])) / KIB_PER_MIB);
    series_add(&figures->plain_memory,
               (double)observe_private_kib(program_pid(crowd->scene.owner)) / KIB_PER_MIB);
}

static void look_at_wakeups(struct figures *figures, const struct crowd *crowd)
{
    uint64_t before[CROWD];
    for (size_t i = 0; i < CROWD; i++)
        before[i] = observe_sleeps(program_pid(crowd->programs[i]));
    double start = stopwatch_now_ms();
    stopwatch_pause_ms(WAKEUP_SPAN_MS);
    for (size_t i = 0; i < CROWD; i++) {
        uint64_t count = observe_sleeps(program_pid(crowd->programs[i])) - before[i];
        series_add(&figures->wakeups, (double)count * MS_PER_S / (stopwatch_now_ms() - start));
    }
}

static void print(struct table *table, const struct figures *figures)
{
    table_row(table, &(struct row){.what = "from `ready` to the last of 32 exits",
                                   .series = &figures->end,
                                   .reference = &figures->version,
                                   .reference_name = VERSION_NAME,
                                   .target = TARGET_P95,
                                   .most = 100});
    table_row(table, &(struct row){.what = "private memory of each",
                                   .series = &figures->memory,
                                   .unit = "MiB",
                                   .reference = &figures->plain_memory,
                                   .reference_name = "a small C program that waits",
                                   .target = TARGET_P95,
                                   .most = 2});
    table_row(table, &(struct row){.what = "wake-ups of each",
                                   .series = &figures->wakeups,
                                   .unit = "/s",
                                   .target = TARGET_P95,
                                   .most = 1});
}

void bench_crowd(struct bench *bench)
{
    struct figures figures = {0};
    table_begin("32 commands waiting on one project",
                "`uloop get-logs`, all asleep while the Editor is busy, and all answered by\n"
                "it when it is ready. Memory is Private_Clean and Private_Dirty; the small\n"
                "program waits in `read()`. Wake-ups are voluntary context switches over 5\n"
                "seconds in which nothing happens.");
    for (size_t round = 0; round < (bench->quick ? 3U : 40U); round++) {
        struct crowd crowd = crowd_new();
        look_at_memory(&figures, &crowd);
        if (round == 0)
            look_at_wakeups(&figures, &crowd);
        series_add(&figures.end, crowd_end_ms(&crowd));
        series_add(&figures.version, run_version_ms());
    }
    print(&bench->table, &figures);
    series_clear(&figures.version);
    series_clear(&figures.end);
    series_clear(&figures.memory);
    series_clear(&figures.plain_memory);
    series_clear(&figures.wakeups);
}
