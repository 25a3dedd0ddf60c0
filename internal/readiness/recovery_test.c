/* The clean-up itself, where somebody begins at a moment that only the clean-up knows. */

#include "readiness/recovery.h"

#include "process/lock_file.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE     "Temp/UnityCliLoop/server-state.json"
#define HOST_LOCK "Temp/UnityCliLoop/serve.lock"

/* A project whose Editor died in a compile, and what happens when the clean-up says the words. */
struct scene {
    struct temp_project *folder;
    struct test_editor *editor;
    struct program *owner;
    struct project project;
    struct wait wait;
    struct log log;
    struct recovery recovery;
    struct error error;
    const char *moment; /* NULL once it was */
    void (*act)(struct scene *scene);
};

static ssize_t on_log(void *context, const char *text, size_t length)
{
    struct scene *scene = context;
    if (scene->moment && memmem(text, length, scene->moment, strlen(scene->moment))) {
        scene->moment = NULL;
        scene->act(scene);
    }
    return (ssize_t)length;
}

static void scene_open(struct scene *scene, const char *moment, void (*act)(struct scene *scene))
{
    *scene = (struct scene){.folder = temp_project_new(), .moment = moment, .act = act};
    scene->editor = test_editor_new(scene->folder->root);
    test_editor_publish(scene->editor, "compiling", TEST_GENERATION_A, "compilation-started");
    scene->log.level = LOG_DEBUG;
    scene->log.stream = fopencookie(scene, "w", (cookie_io_functions_t){.write = on_log});
    cr_assert_not_null(scene->log.stream);
    cr_assert(project_open(scene->folder->root, &scene->project, &scene->error));
    cr_assert(wait_open(&scene->wait, &scene->project, &scene->log, &scene->error));
}

static bool clean_up(struct scene *scene)
{
    return recovery_run(&scene->wait, RECOVERY_UNLESS_USED, &scene->recovery, &scene->error);
}

static void scene_close(struct scene *scene)
{
    cr_expect_null(scene->moment, "it did not come to: %s", scene->moment);
    recovery_clear(&scene->recovery);
    error_clear(&scene->error);
    wait_close(&scene->wait);
    project_clear(&scene->project);
    (void)fclose(scene->log.stream);
    program_free(scene->owner);
    test_editor_free(scene->editor);
    temp_project_free(scene->folder);
}

static void publish(struct scene *scene)
{
    test_editor_publish(scene->editor, "starting", TEST_GENERATION_B, "manual-start");
}

static void begin_to_publish(struct scene *scene)
{
    (void)temp_project_write(scene->folder, STATE ".tmp.write", "{");
    (void)temp_project_write(scene->folder, "Temp/compiling.lock", "");
}

static void begin_an_editor(struct scene *scene)
{
    scene->owner = program_start_fake_unity(scene->folder->root);
    publish(scene);
}

Test(recovery, leaves_the_state_that_an_editor_publishes_after_the_look)
{
    struct scene scene;
    scene_open(&scene, "recovery: cleaning up", publish);
    cr_assert(clean_up(&scene), "%s", scene.error.message);
    cr_expect_eq(scene.recovery.removed_count, 0);
    cr_expect_eq(scene.recovery.failure_count, 1);
    cr_expect_not_null(strstr(temp_project_read(scene.folder, STATE), "starting"));
    cr_expect_not_null(strstr(temp_project_read(scene.folder, STATE ".bak"), "compiling"));
    scene_close(&scene);
}

Test(recovery, leaves_all_of_a_state_of_which_one_name_has_changed)
{
    struct scene scene;
    scene_open(&scene, "recovery: cleaning up", begin_to_publish);
    cr_assert(clean_up(&scene), "%s", scene.error.message);
    cr_expect_eq(scene.recovery.removed_count, 0);
    cr_expect_eq(scene.recovery.failure_count, 1);
    cr_expect(temp_project_has(scene.folder, STATE));
    cr_expect(temp_project_has(scene.folder, STATE ".tmp.write"));
    cr_expect(temp_project_has(scene.folder, "Temp/compiling.lock"));
    scene_close(&scene);
}

Test(recovery, looks_again_when_it_has_the_lock)
{
    struct scene scene;
    scene_open(&scene, "recovery: taking", begin_an_editor);
    cr_assert_not(clean_up(&scene));
    cr_expect_eq(scene.error.code, E_PROJECT_IN_USE);
    cr_expect_not_null(strstr(scene.error.message, "(starting)"), "%s", scene.error.message);
    cr_expect(temp_project_has(scene.folder, STATE));
    cr_expect_not(temp_project_has(scene.folder, HOST_LOCK), "it was made, and left");
    scene_close(&scene);
}

/* Can another process take the lock of the host? */
static bool others_can_lock(struct scene *scene)
{
    int status = -1;
    const char *path = temp_project_path(scene->folder, HOST_LOCK);
    pid_t pid = fork();
    if (pid == 0) {
        struct lock_file lock = {0};
        struct error error = {0};
        int64_t holder;
        _exit(lock_file_take(&lock, path, &holder, &error) ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status == 0;
}

static void expect_locked(struct scene *scene)
{
    cr_expect_not(others_can_lock(scene), "a host may begin now");
}

Test(recovery, holds_the_lock_of_the_host_while_it_removes)
{
    struct scene scene;
    scene_open(&scene, "recovery: cleaning up", expect_locked);
    cr_assert(clean_up(&scene), "%s", scene.error.message);
    cr_expect_not(temp_project_has(scene.folder, HOST_LOCK), "it was made, and left");
    cr_expect(others_can_lock(&scene));
    scene_close(&scene);
}

/* Another dead socket takes the place; the first is kept, so that it cannot be the same file. */
static void replace_socket(struct scene *scene)
{
    const char *kept = temp_project_path(scene->folder, "kept.sock");
    cr_assert_eq(rename(test_editor_socket(scene->editor), kept), 0);
    test_editor_listen(scene->editor);
    test_editor_stop_listening(scene->editor, false);
}

Test(recovery, leaves_a_socket_that_is_not_the_one_it_saw)
{
    struct scene scene;
    scene_open(&scene, "recovery: cleaning up", replace_socket);
    test_editor_listen(scene.editor);
    test_editor_stop_listening(scene.editor, false);
    cr_assert(clean_up(&scene), "%s", scene.error.message);
    cr_expect_eq(access(test_editor_socket(scene.editor), F_OK), 0);
    scene_close(&scene);
}
