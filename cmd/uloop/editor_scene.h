#ifndef ULOOP_CMD_EDITOR_SCENE_H
#define ULOOP_CMD_EDITOR_SCENE_H

#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

/* What most program tests begin with: a project, the Editor that the test plays, and its process.
 */
struct editor_scene {
    struct temp_project *project;
    struct test_editor *editor;
    struct program *owner; /* NULL when the Editor is gone */
};

/* Nothing is published and nobody listens; the Editor's process lives, or is gone. */
struct editor_scene editor_scene_new(void);
struct editor_scene editor_scene_new_without_owner(void);

/* The Editor lives, is ready under TEST_GENERATION_A, and listens. */
struct editor_scene editor_scene_new_ready(void);

/* Kills the Editor's process. */
void editor_scene_kill_owner(struct editor_scene *scene);

void editor_scene_free(struct editor_scene *scene);

/* Starts or runs uloop in the project, with its debug log on standard error. `option` and `value`
 * may be NULL. */
struct program *start_uloop(const struct temp_project *project, const char *command,
                            const char *option, const char *value);
struct program_end run_uloop(const struct temp_project *project, const char *command,
                             const char *option, const char *value);

/* Compares the exit code, looks for the words in what belongs to it (the result for 0 and 1, else
 * the error), and releases the end. */
void expect_end(struct program_end end, int exit_code, const char *words);

#endif
