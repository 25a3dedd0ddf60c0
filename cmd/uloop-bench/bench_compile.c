/* How soon `uloop compile` ends once there is nothing left to wait for. */

#include "bench.h"
#include "observe.h"
#include "run.h"
#include "scene.h"
#include "stopwatch.h"

#define SUCCESS "{\"Success\":true,\"ErrorCount\":0,\"WarningCount\":0,\"Errors\":[]}"
#define FAILURE                                                                                    \
    "{\"Success\":false,\"ErrorCount\":1,\"Errors\":[{\"Message\":\"CS0103\",\"Line\":7}]}"

/* A compile that has begun: the Editor took the request, and the command has seen `compiling`. */
struct compile {
    struct scene scene;
    struct program *uloop;
    struct test_request *request;
};

static void let_it_sleep(const struct compile *compile)
{
    observe_until_asleep(program_pid(compile->uloop));
}

static struct compile compile_begin(void)
{
    struct compile compile = {.scene = scene_new("ready")};
    compile.uloop = scene_start(&compile.scene, "compile");
    compile.request = test_editor_accept(compile.scene.editor);
    let_it_sleep(&compile);
    (void)scene_publish(&compile.scene, "compiling", TEST_GENERATION_B, "compilation-started");
    let_it_sleep(&compile);
    return compile;
}

static void bring_result(struct compile *compile, const char *result)
{
    test_editor_store_result(compile->scene.editor,
                             test_request_text(compile->request, "RequestId"), result);
    test_request_answer(compile->request, result);
}

static double compile_end_ms(struct compile *compile, double start, int exit_code)
{
    double took = scene_end_ms(compile->uloop, start, exit_code);
    scene_free(&compile->scene);
    return took;
}

/* From the publication of `ready` behind the reload to the exit. */
static double through_a_reload_ms(void)
{
    struct compile compile = compile_begin();
    struct scene *scene = &compile.scene;
    bring_result(&compile, SUCCESS);
    (void)scene_publish(scene, "ready", TEST_GENERATION_A, "manual-start");
    (void)scene_publish(scene, "reloading", TEST_GENERATION_B, "domain-reload-before");
    test_editor_stop_listening(scene->editor, true);
    test_editor_drop_connections(scene->editor);
    (void)scene_publish(scene, "recovering", TEST_GENERATION_C, "domain-reload-after");
    test_editor_listen(scene->editor);
    let_it_sleep(&compile);
    double start = scene_publish(scene, "ready", TEST_GENERATION_C, "server-recovery");
    return compile_end_ms(&compile, start, 0);
}

/* The result has been there for a while: from the publication of `ready` to the exit. */
static double errors_then_ready_ms(void)
{
    struct compile compile = compile_begin();
    bring_result(&compile, FAILURE);
    let_it_sleep(&compile);
    double start = scene_publish(&compile.scene, "ready", TEST_GENERATION_A, "manual-start");
    return compile_end_ms(&compile, start, 1);
}

/* The state has been ready again for a while: from the answer to the exit. */
static double ready_then_errors_ms(void)
{
    struct compile compile = compile_begin();
    (void)scene_publish(&compile.scene, "ready", TEST_GENERATION_A, "manual-start");
    let_it_sleep(&compile);
    double start = stopwatch_now_ms();
    test_request_answer(compile.request, FAILURE);
    return compile_end_ms(&compile, start, 1);
}

void bench_compile(struct bench *bench)
{
    static const struct {
        const char *what;
        double (*measure_ms)(void);
    } CASES[] = {
        {"reload: from `ready` to the exit", through_a_reload_ms},
        {"errors: from `ready` to the exit", errors_then_ready_ms},
        {"errors: from the answer to the exit, `ready` before", ready_then_errors_ms},
    };
    enum {
        COUNT = sizeof(CASES) / sizeof(CASES[0])
    };
    struct series version = {0};
    struct series series[COUNT] = {0};
    table_begin("The end of a compile",
                "`uloop compile` against an Editor that the benchmark plays, with the whole\n"
                "reload where there is one. The command sleeps when that comes which it waits\n"
                "for. `ready` counts from just before the first rename that shows it to a\n"
                "reader.");
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
                                               .target = TARGET_MEDIAN,
                                               .most = 5});
        series_clear(&series[i]);
    }
    series_clear(&version);
}
