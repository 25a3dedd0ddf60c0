#include "editor_scene.h"

#include <criterion/criterion.h>
#include <string.h>

struct editor_scene editor_scene_new_without_owner(void)
{
    struct editor_scene scene = {.project = temp_project_new()};
    scene.editor = test_editor_new(scene.project->root);
    return scene;
}

struct editor_scene editor_scene_new(void)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    scene.owner = program_start_fake_unity(scene.project->root);
    return scene;
}

struct editor_scene editor_scene_new_ready(void)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_publish(scene.editor, "ready", TEST_GENERATION_A, "server-recovery");
    test_editor_listen(scene.editor);
    return scene;
}

void editor_scene_kill_owner(struct editor_scene *scene)
{
    program_free(scene->owner);
    scene->owner = NULL;
}

void editor_scene_free(struct editor_scene *scene)
{
    test_editor_free(scene->editor);
    program_free(scene->owner);
    temp_project_free(scene->project);
}

struct program *start_uloop(const struct temp_project *project, const char *command,
                            const char *option, const char *value)
{
    return program_start((const char *const[]){ULOOP_PROGRAM, command, option, value, NULL},
                         project->root, (const char *const[]){"ULOOP_LOG=debug", NULL});
}

struct program_end run_uloop(const struct temp_project *project, const char *command,
                             const char *option, const char *value)
{
    return program_wait(start_uloop(project, command, option, value));
}

void expect_end(struct program_end end, int exit_code, const char *words)
{
    cr_assert_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s%s", end.exit_code,
                 end.signal, end.out, end.err);
    const char *where = exit_code <= 1 ? end.out : end.err;
    cr_assert_not_null(strstr(where, words), "\"%s\" is not in %s", words, where);
    program_end_clear(&end);
}
