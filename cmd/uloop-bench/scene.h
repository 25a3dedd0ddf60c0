#ifndef ULOOP_BENCH_SCENE_H
#define ULOOP_BENCH_SCENE_H

#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

/* A project whose Editor lives, listens and has published a phase; the benchmark plays it. */
struct scene {
    struct temp_project *project;
    struct test_editor *editor;
    struct program *owner; /* the Editor's process */
};

/* The phase is published under TEST_GENERATION_A. */
struct scene scene_new(const char *phase);
void scene_free(struct scene *scene);

/* Publishes a phase, and returns when it became visible: just before the first rename that can show
 * it to a reader. */
double scene_publish(struct scene *scene, const char *phase, const char *generation,
                     const char *reason);

/* Starts `uloop <command>` in the project. */
struct program *scene_start(const struct scene *scene, const char *command);

/* The same, and returns when it waits and sleeps. */
struct program *scene_start_asleep(const struct scene *scene, const char *command);

/* Waits for the program's end, and returns how long it took from `start` on. Any exit code but the
 * expected one fails the benchmark. */
double scene_end_ms(struct program *uloop, double start, int exit_code);

#endif
