/* How soon a waiting command does what the event means that it waited for. */

#include "bench.h"
#include "run.h"
#include "scene.h"
#include "stopwatch.h"

#include <signal.h>

enum {
    UNREACHABLE = 3 /* the exit code */
};

/* From the death of the Editor's process to the exit. */
static double owner_dies_ms(void)
{
    struct scene scene = scene_new("compiling");
    struct program *uloop = scene_start_asleep(&scene, "get-logs");
    /* A process that dies leaves its socket behind, refusing. */
    test_editor_stop_listening(scene.editor, false);
    double start = stopwatch_now_ms();
    program_signal(scene.owner, SIGKILL);
    double took = scene_end_ms(uloop, start, UNREACHABLE);
    scene_free(&scene);
    return took;
}

/* From the publication of `ready` to the request that the Editor has read. */
static double ready_ms(void)
{
    struct scene scene = scene_new("compiling");
    struct program *uloop = scene_start_asleep(&scene, "get-logs");
    double start = scene_publish(&scene, "ready", TEST_GENERATION_B, "server-recovery");
    struct test_request *request = test_editor_accept(scene.editor);
    double took = stopwatch_now_ms() - start;
    test_request_answer(request, "{\"Logs\":[]}");
    (void)scene_end_ms(uloop, start, 0);
    scene_free(&scene);
    return took;
}

static double ends_ms(const char *phase, const char *reason)
{
    struct scene scene = scene_new("reloading");
    struct program *uloop = scene_start_asleep(&scene, "get-logs");
    double start = scene_publish(&scene, phase, TEST_GENERATION_B, reason);
    double took = scene_end_ms(uloop, start, UNREACHABLE);
    scene_free(&scene);
    return took;
}

static double failed_ms(void)
{
    return ends_ms("failed", "domain-reload-rollback");
}

static double stopped_ms(void)
{
    return ends_ms("stopped", "editor-quitting");
}

void bench_wait(struct bench *bench)
{
    static const struct {
        const char *what;
        double (*measure_ms)(void);
        double most;
    } CASES[] = {
        {"the Editor's process dies: to the exit", owner_dies_ms, 50},
        {"`ready` is published: to the request at the Editor", ready_ms, 5},
        {"`failed` is published: to the exit", failed_ms, 5},
        {"`stopped` is published: to the exit", stopped_ms, 5},
    };
    enum {
        COUNT = sizeof(CASES) / sizeof(CASES[0])
    };
    struct series version = {0};
    struct series series[COUNT] = {0};
    table_begin("The end of a wait",
                "`uloop get-logs` sleeps while the Editor, which the benchmark plays, is\n"
                "busy; then that happens which ends its wait.");
    for (size_t round = 0; round < (bench->quick ? 10U : 200U); round++) {
        series_add(&version, run_version_ms());
        for (size_t i = 0; i < COUNT; i++)
            series_add(&series[i], CASES[i].measure_ms());
    }
    for (size_t i = 0; i < COUNT; i++) {
        table_row(&bench->table, &(struct row){.what = CASES[i].what,
                                               .series = &series[i],
                                               .reference = &version,
                                               .reference_name = VERSION_NAME,
                                               .target = TARGET_P95,
                                               .most = CASES[i].most});
        series_clear(&series[i]);
    }
    series_clear(&version);
}
