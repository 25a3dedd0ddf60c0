#include "scene.h"

#include "base/memory.h"
#include "observe.h"
#include "stopwatch.h"
#include "testkit/wait.h"

#include <stdlib.h>

struct scene scene_new(const char *phase)
{
    struct scene scene = {.project = temp_project_new()};
    scene.owner = program_start_fake_unity(scene.project->root);
    scene.editor = test_editor_new(scene.project->root);
    test_editor_listen(scene.editor);
    (void)scene_publish(&scene, phase, TEST_GENERATION_A, "manual-start");
    return scene;
}

void scene_free(struct scene *scene)
{
    test_editor_free(scene->editor);
    program_free(scene->owner);
    temp_project_free(scene->project);
}

double scene_publish(struct scene *scene, const char *phase, const char *generation,
                     const char *reason)
{
    char *text = memory_format("{\"phase\":\"%s\",\"generationId\":\"%s\",\"reason\":\"%s\","
                               "\"updatedAt\":\"2026-01-01T00:00:00.0000000Z\","
                               "\"endpoint\":\"%s\",\"lastError\":null}",
                               phase, generation, reason, test_editor_socket(scene->editor));
    test_editor_rotate(scene->editor, ROTATION_WRITE, text);
    test_editor_rotate(scene->editor, ROTATION_COMPLETE, text);
    /* Where the target is missing a reader takes the .tmp, which holds the new state already. */
    double visible = stopwatch_now_ms();
    test_editor_rotate(scene->editor, ROTATION_MOVE_AWAY, text);
    test_editor_rotate(scene->editor, ROTATION_REPLACE, text);
    free(text);
    return visible;
}

struct program *scene_start(const struct scene *scene, const char *command)
{
    return program_start((const char *const[]){ULOOP_PROGRAM, command, NULL}, scene->project->root,
                         NULL);
}

struct program *scene_start_asleep(const struct scene *scene, const char *command)
{
    struct program *uloop = scene_start(scene, command);
    observe_until_asleep(program_pid(uloop));
    return uloop;
}

double scene_end_ms(struct program *uloop, double start, int exit_code)
{
    struct program_end end = program_wait(uloop);
    double took = stopwatch_now_ms() - start;
    if (end.exit_code != exit_code)
        testkit_fail("uloop should have ended with exit code %d, not %d (signal %d): %s", exit_code,
                     end.exit_code, end.signal, end.err);
    program_end_clear(&end);
    return took;
}
