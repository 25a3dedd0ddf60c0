/* A busy state whose Editor is gone: how soon a command says so. */

#include "base/memory.h"
#include "bench.h"
#include "run.h"
#include "sleepers.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"
#include "testkit/wait.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SLEEPERS = 2000,
    UNREACHABLE = 3, /* the exit code */
};

static const char *const PHASES[] = {"starting", "compiling", "reloading", "recovering",
                                     "stopping"};

/* What Library/EditorInstance.json tells. */
enum instance {
    INSTANCE_NONE,
    INSTANCE_DEAD,
    INSTANCE_OTHER,
    INSTANCE_COUNT
};

static const char *const INSTANCES[] = {
    [INSTANCE_NONE] = "no EditorInstance.json",
    [INSTANCE_DEAD] = "EditorInstance.json of a dead process",
    [INSTANCE_OTHER] = "EditorInstance.json of a process that is another program now",
};

enum {
    PHASE_COUNT = sizeof(PHASES) / sizeof(PHASES[0])
};

struct figures {
    struct series version;
    struct series runs[INSTANCE_COUNT][PHASE_COUNT];
};

/* A project as a crash leaves it: a state, and a socket that nobody listens at. */
struct wreck {
    struct temp_project *project;
    struct test_editor *editor;
};

/* The id of a process that has ended. */
static pid_t dead_pid(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid < 0 || waitpid(pid, NULL, 0) != pid)
        testkit_fail("Cannot have a process that ends.");
    return pid;
}

static struct wreck wreck_new(enum instance instance)
{
    struct wreck wreck = {.project = temp_project_new()};
    wreck.editor = test_editor_new(wreck.project->root);
    test_editor_listen(wreck.editor);
    test_editor_stop_listening(wreck.editor, false);
    if (instance != INSTANCE_NONE) {
        pid_t pid = instance == INSTANCE_DEAD ? dead_pid() : getpid();
        char *json = memory_format("{\"process_id\":%d}", (int)pid);
        (void)temp_project_write(wreck.project, "Library/EditorInstance.json", json);
        free(json);
    }
    return wreck;
}

static void wreck_free(struct wreck *wreck)
{
    test_editor_free(wreck->editor);
    temp_project_free(wreck->project);
}

/* Does the command end for the reason that is to be measured? */
static void check_reason(const struct wreck *wreck)
{
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, "compile", NULL},
                                         wreck->project->root, NULL);
    if (!strstr(end.err, "stale recovery state"))
        testkit_fail("uloop should have called the state stale: %s", end.err);
    program_end_clear(&end);
}

static double stale_ms(const struct wreck *wreck, const char *phase)
{
    test_editor_publish(wreck->editor, phase, TEST_GENERATION_A, "benchmark");
    return run_ms((const char *const[]){ULOOP_PROGRAM, "--project-path", wreck->project->root,
                                        "compile", NULL},
                  UNREACHABLE);
}

static void measure(struct figures *figures, size_t rounds)
{
    struct wreck wrecks[INSTANCE_COUNT];
    for (enum instance instance = INSTANCE_NONE; instance < INSTANCE_COUNT; instance++) {
        wrecks[instance] = wreck_new(instance);
        (void)stale_ms(&wrecks[instance], PHASES[0]);
        check_reason(&wrecks[instance]);
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t phase = 0; phase < PHASE_COUNT; phase++) {
            series_add(&figures->version, run_version_ms());
            for (size_t i = 0; i < INSTANCE_COUNT; i++)
                series_add(&figures->runs[i][phase], stale_ms(&wrecks[i], PHASES[phase]));
        }
    }
    for (size_t i = 0; i < INSTANCE_COUNT; i++)
        wreck_free(&wrecks[i]);
}

/* One row: the phase that took longest stands for all. */
static void print_worst(struct table *table, struct figures *figures, enum instance instance,
                        const char *where)
{
    size_t worst = 0;
    for (size_t phase = 1; phase < PHASE_COUNT; phase++) {
        if (series_p95(&figures->runs[instance][phase]) >
            series_p95(&figures->runs[instance][worst]))
            worst = phase;
    }
    char *what = memory_format("%s%s (worst phase: %s)", INSTANCES[instance], where, PHASES[worst]);
    table_row(table, &(struct row){.what = what,
                                   .series = &figures->runs[instance][worst],
                                   .reference = &figures->version,
                                   .reference_name = VERSION_NAME,
                                   .target = TARGET_P95,
                                   .most = 50});
    free(what);
}

static void measure_and_print(struct bench *bench, const char *where)
{
    struct figures figures = {0};
    measure(&figures, bench->quick ? 5 : 100);
    for (enum instance instance = INSTANCE_NONE; instance < INSTANCE_COUNT; instance++) {
        print_worst(&bench->table, &figures, instance, where);
        for (size_t phase = 0; phase < PHASE_COUNT; phase++)
            series_clear(&figures.runs[instance][phase]);
    }
    series_clear(&figures.version);
}

void bench_stale(struct bench *bench)
{
    table_begin("A busy state whose Editor is gone",
                "`uloop compile` from its start to its end with the stale-state error, in\n"
                "each of the five busy phases. A crash left the socket too. A row is the\n"
                "phase with the highest p95.");
    measure_and_print(bench, "");
    struct sleepers *sleepers = sleepers_new(SLEEPERS);
    measure_and_print(bench, ", 2000 more processes");
    sleepers_free(sleepers);
}
