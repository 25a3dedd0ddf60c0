/* `uloop fix` beside those who live, or may. */

#include "editor_scene.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#define STATE     "Temp/UnityCliLoop/server-state.json"
#define HOST_LOCK "Temp/UnityCliLoop/serve.lock"

static struct program_end fix(struct editor_scene *scene, const char *option)
{
    return run_uloop(scene->project, "fix", option, NULL);
}

static void publish(struct editor_scene *scene, const char *phase)
{
    test_editor_publish(scene->editor, phase, TEST_GENERATION_A, "test");
}

Test(fix, removes_nothing_while_another_process_holds_the_lock_of_the_host)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    publish(&scene, "compiling");
    int lock = test_lock_hold(temp_project_path(scene.project, HOST_LOCK), TEST_LOCK_OURS);
    char words[64];
    (void)snprintf(words, sizeof(words), "Process %d holds " HOST_LOCK, (int)getpid());
    expect_end(fix(&scene, NULL), 5, words);
    expect_end(fix(&scene, NULL), 5, "uloop serve --stop");
    cr_expect(temp_project_has(scene.project, STATE));
    (void)snprintf(words, sizeof(words), "Kept serve.lock: process %d holds it.", (int)getpid());
    expect_end(fix(&scene, "--force"), 0, words);
    cr_expect_not(temp_project_has(scene.project, STATE));
    cr_expect(temp_project_has(scene.project, HOST_LOCK));
    (void)close(lock);
    expect_end(fix(&scene, NULL), 0, HOST_LOCK);
    editor_scene_free(&scene);
}

Test(fix, removes_nothing_while_a_process_without_a_pid_holds_the_lock_of_the_host)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    publish(&scene, "compiling");
    int lock = test_lock_hold(temp_project_path(scene.project, HOST_LOCK), TEST_LOCK_NOBODYS);
    expect_end(fix(&scene, NULL), 5, "Another process holds " HOST_LOCK);
    cr_expect(temp_project_has(scene.project, STATE));
    expect_end(fix(&scene, "--force"), 0, "Kept serve.lock: another process holds it.");
    (void)close(lock);
    editor_scene_free(&scene);
}

Test(fix, leaves_the_unknown_phase_of_an_editor_that_lives)
{
    struct editor_scene scene = editor_scene_new();
    publish(&scene, "importing");
    expect_end(fix(&scene, NULL), 5, "(importing)");
    cr_expect(temp_project_has(scene.project, STATE));
    editor_scene_kill_owner(&scene);
    expect_end(fix(&scene, NULL), 0, "Cleaned up 1");
    editor_scene_free(&scene);
}

/* Told of an endpoint that may be in another namespace of processes, uloop cannot tell that an
 * owner is gone. */
static struct program_end fix_where_nobody_can_tell(struct editor_scene *scene, const char *option)
{
    return program_run((const char *const[]){ULOOP_PROGRAM, "fix", option, NULL},
                       scene->project->root,
                       (const char *const[]){"ULOOP_ENDPOINT=tcp:127.0.0.1:1", NULL});
}

Test(fix, leaves_the_state_of_one_of_whom_nobody_can_tell_whether_he_lives)
{
    static const char *const IN_USE[] = {"compiling", "ready", "importing"};
    static const char *const OVER[] = {"stopped", "failed"};
    struct editor_scene scene = editor_scene_new_without_owner();
    for (size_t i = 0; i < sizeof(IN_USE) / sizeof(IN_USE[0]); i++) {
        publish(&scene, IN_USE[i]);
        expect_end(fix_where_nobody_can_tell(&scene, NULL), 5, "cannot be told");
        cr_expect(temp_project_has(scene.project, STATE), "%s", IN_USE[i]);
    }
    expect_end(fix_where_nobody_can_tell(&scene, "--force"), 0, "Cleaned up 2");
    for (size_t i = 0; i < sizeof(OVER) / sizeof(OVER[0]); i++) {
        publish(&scene, OVER[i]);
        expect_end(fix_where_nobody_can_tell(&scene, NULL), 0, "Cleaned up 1");
    }
    editor_scene_free(&scene);
}

Test(fix, leaves_the_first_state_that_an_editor_begins_to_publish)
{
    struct editor_scene scene = editor_scene_new();
    (void)temp_project_write(scene.project, STATE ".tmp.write", "{\"phase\":\"star");
    (void)temp_project_write(scene.project, "Temp/compiling.lock", "");
    expect_end(fix(&scene, NULL), 0, "No recovery state files found.");
    cr_expect(temp_project_has(scene.project, STATE ".tmp.write"));
    cr_expect(temp_project_has(scene.project, "Temp/compiling.lock"));
    expect_end(fix(&scene, "--force"), 0, "Cleaned up 2");
    editor_scene_free(&scene);
}

Test(fix, reads_a_half_written_state_again_before_it_counts_as_unreadable)
{
    struct editor_scene scene = editor_scene_new();
    (void)temp_project_write(scene.project, STATE, "{\"phase\":\"comp");
    struct program *uloop = start_uloop(scene.project, "fix", NULL, NULL);
    program_await_error_text(uloop, "is not what an Editor writes");
    publish(&scene, "compiling");
    expect_end(program_wait(uloop), 5, "(compiling)");
    cr_expect(temp_project_has(scene.project, STATE));
    (void)temp_project_write(scene.project, STATE, "{\"phase\":\"comp");
    expect_end(fix(&scene, NULL), 0, "Cleaned up 2");
    editor_scene_free(&scene);
}
