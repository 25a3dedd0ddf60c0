#ifndef ULOOP_LAUNCH_SCENE_H
#define ULOOP_LAUNCH_SCENE_H

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <cJSON.h>

/*
 * A project, a home folder of its own, and the fake Editor that `uloop launch` starts there
 * (internal/testkit/fake_editor.c says what it can be told). An Editor that was started ends with
 * the scene, and at the latest with the test.
 */
struct launch_scene {
    struct temp_project *home;
    struct temp_project *project;
    int control;                 /* what is written here the Editor does */
    char *variables[4];          /* owned */
    const char *environment[12]; /* the program's */
};

/* steps: what the Editor does when it starts; NULL for all that makes it ready. */
void launch_scene_open(struct launch_scene *scene, const char *steps);
void launch_scene_close(struct launch_scene *scene);

/* Tells the running Editor to take more steps. */
void launch_scene_tell(const struct launch_scene *scene, const char *steps);

/* Starts `uloop launch` in the project, with at most four more arguments; its log is on standard
 * error. */
struct program *launch_start(const struct launch_scene *scene, const char *const arguments[4]);
#define LAUNCH(scene, ...) launch_start(scene, (const char *const[4]){__VA_ARGS__})

/* Waits for its end, which must have that exit code; returns standard output, or where it failed
 * standard error's envelope, as JSON (cJSON_Delete()). */
cJSON *launch_end(struct program *uloop, int exit_code);

/* Waits for its success; returns the pid that it tells. */
pid_t launch_end_with_pid(struct program *uloop);

/* Waits for its failure with that exit code and these words in its message; returns the details. */
cJSON *launch_end_with_error(struct program *uloop, int exit_code, const char *words);

/* Does the process live? One whose exit status nobody has taken yet does not. */
bool launch_lives(pid_t pid);

/* What the started Editor wrote into its log. */
const char *launch_scene_log(const struct launch_scene *scene);

#endif
