/* What `uloop launch` makes of a project that is, or was, open: running Editors and what crashed
 * ones left. */

#include "launch_scene.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/test_editor.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_FILE "Temp/UnityCliLoop/server-state.json"
#define LOCK_FILE  "Temp/UnityLockfile"

static const char *state_of(const struct launch_scene *scene)
{
    const char *state = temp_project_read(scene->project, STATE_FILE);
    return state ? state : "";
}

Test(launch_project, that_is_open_is_told_with_the_pid_and_not_opened_again)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    pid_t pid = launch_end_with_pid(LAUNCH(&scene, NULL));
    const char *log = launch_scene_log(&scene);
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), pid);
    cr_expect(cJSON_IsFalse(json_get(result, "Focused")));
    cr_expect(strstr(json_string(result, "Message"), "open already"));
    cJSON_Delete(result);
    cr_expect_str_eq(launch_scene_log(&scene), log);
    launch_scene_close(&scene);
}

Test(launch_project, that_a_batch_run_has_open_is_not_opened_again_nor_cleaned_up)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock");
    (void)temp_project_write(scene.project, "Temp/work", "x");
    const char *arguments[] = {TESTKIT_FAKE_EDITOR, "-batchmode", "-projectPath",
                               scene.project->root, NULL};
    (void)temp_project_make_folder(scene.home, ".config/unity3d");
    struct program *unity = program_start(arguments, scene.project->root, scene.environment);
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), program_pid(unity));
    cJSON_Delete(result);
    cr_expect(temp_project_has(scene.project, "Temp/work"));
    program_free(unity);
    launch_scene_close(&scene);
}

Test(launch_project, whose_server_is_nobodys_we_can_see_is_left_alone)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    struct test_editor *editor = test_editor_new(scene.project->root);
    (void)temp_project_write(scene.project, LOCK_FILE, "");
    test_editor_listen(editor);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 5, "A server answers"));
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--quit"), 5, "A server answers"));
    cr_expect(temp_project_has(scene.project, LOCK_FILE));
    cr_expect_not(temp_project_has(scene.home, ".config"));
    test_editor_free(editor);
    launch_scene_close(&scene);
}

Test(launch_project, is_cleaned_up_after_a_crash)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    (void)temp_project_write(scene.project, LOCK_FILE, "");
    (void)temp_project_write(scene.project, "Temp/__Backupscenes/0.backup", "x");
    (void)temp_project_write(scene.project, STATE_FILE,
                             "{\"phase\":\"failed\",\"lastError\":\"of yesterday\"}");
    (void)temp_project_write(scene.project, "Assets/precious", "x");
    cr_assert_eq(symlink("../Assets", temp_project_path(scene.project, "Temp/link")), 0);
    (void)launch_end_with_pid(LAUNCH(&scene, NULL));
    cr_expect_not(temp_project_has(scene.project, "Temp/__Backupscenes"));
    cr_expect_not(temp_project_has(scene.project, "Temp/link"));
    cr_expect(temp_project_has(scene.project, "Assets/precious"));
    cr_expect(temp_project_has(scene.project, LOCK_FILE)); /* the new one */
    launch_scene_close(&scene);
}

Test(launch_project, that_did_not_crash_keeps_its_temp_but_for_an_old_state)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock");
    (void)temp_project_write(scene.project, "Temp/kept", "x");
    (void)temp_project_write(scene.project, STATE_FILE,
                             "{\"phase\":\"failed\",\"lastError\":\"of yesterday\"}");
    struct program *uloop = LAUNCH(&scene, NULL);
    program_await_error_text(uloop, "state absent, owner alive");
    launch_scene_tell(&scene, "starting listen ready");
    (void)launch_end_with_pid(uloop);
    cr_expect(temp_project_has(scene.project, "Temp/kept"));
    launch_scene_close(&scene);
}

Test(launch_project, whose_temp_is_a_link_is_not_cleaned_up_through_it)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    struct temp_project *elsewhere = temp_folder_new();
    (void)temp_project_write(elsewhere, "UnityLockfile", "");
    (void)temp_project_write(elsewhere, "UnityCliLoop/server-state.json", "{}");
    const char *temp = temp_project_path(scene.project, "Temp");
    cr_assert_eq(rmdir(temp_project_path(scene.project, "Temp/UnityCliLoop")), 0);
    cr_assert_eq(rmdir(temp), 0);
    cr_assert_eq(symlink(elsewhere->root, temp), 0);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 7, "symbolic link"));
    cr_expect(temp_project_has(elsewhere, "UnityLockfile"));
    cr_expect(temp_project_has(elsewhere, "UnityCliLoop/server-state.json"));
    temp_project_free(elsewhere);
    launch_scene_close(&scene);
}

Test(launch_project, whose_lock_file_stays_is_not_opened)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    (void)temp_project_make_folder(scene.project, LOCK_FILE);
    (void)temp_project_write(scene.project, "Temp/kept", "x");
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 7, "UnityLockfile"));
    cr_expect(temp_project_has(scene.project, "Temp/kept"));
    cr_expect_not(temp_project_has(scene.home, ".config"));
    launch_scene_close(&scene);
}

Test(launch_project, keeps_its_recovered_scenes_unless_asked_to_delete_them)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "exit:0");
    (void)temp_project_write(scene.project, "Assets/_Recovery/0.unity", "x");
    (void)temp_project_write(scene.project, "Assets/_Recovery.meta", "x");
    (void)temp_project_write(scene.project, "Assets/kept", "x");
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 3, "exit code 0"));
    cr_expect(temp_project_has(scene.project, "Assets/_Recovery/0.unity"));
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--delete-recovery"), 3, "exit code 0"));
    cr_expect_eq(temp_project_count(scene.project, "Assets"), 1);
    launch_scene_close(&scene);
}

Test(launch_project, whose_assets_are_a_link_keeps_its_recovered_scenes)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    struct temp_project *elsewhere = temp_folder_new();
    (void)temp_project_write(elsewhere, "_Recovery/0.unity", "x");
    const char *assets = temp_project_path(scene.project, "Assets");
    cr_assert_eq(rmdir(assets), 0);
    cr_assert_eq(symlink(elsewhere->root, assets), 0);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "-d"), 7, "symbolic link"));
    cr_expect(temp_project_has(elsewhere, "_Recovery/0.unity"));
    temp_project_free(elsewhere);
    launch_scene_close(&scene);
}

Test(launch_project, is_closed_by_asking_first)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    pid_t pid = launch_end_with_pid(LAUNCH(&scene, NULL));
    cJSON *result = launch_end(LAUNCH(&scene, "--quit"), 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), pid);
    cr_expect(cJSON_IsFalse(json_get(result, "Killed")));
    cJSON_Delete(result);
    cr_expect(strstr(state_of(&scene), "editor-quitting"));
    cr_expect_not(temp_project_has(scene.project, LOCK_FILE));
    launch_scene_close(&scene);
}

Test(launch_project, is_closed_by_force_when_asking_does_not_help)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "stubborn lock starting listen ready");
    pid_t pid = launch_end_with_pid(LAUNCH(&scene, NULL));
    cJSON *result = launch_end(LAUNCH(&scene, "--quit"), 0);
    cr_expect(cJSON_IsTrue(json_get(result, "Killed")));
    cJSON_Delete(result);
    cr_expect_not(launch_lives(pid));
    launch_scene_close(&scene);
}

Test(launch_project, that_is_not_open_need_not_be_closed)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    cJSON *result = launch_end(LAUNCH(&scene, "-q"), 0);
    cr_expect_str_eq(json_string(result, "Message"), "No Unity Editor has the project open.");
    cJSON_Delete(result);
    launch_scene_close(&scene);
}

Test(launch_project, is_closed_and_opened_again)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    pid_t first = launch_end_with_pid(LAUNCH(&scene, "--restart"));
    pid_t second = launch_end_with_pid(LAUNCH(&scene, "--restart"));
    cr_expect_neq(first, second);
    cr_expect_not(launch_lives(first));
    cr_expect(launch_lives(second));
    launch_scene_close(&scene);
}

Test(launch_project, is_not_closed_for_an_editor_that_is_missing)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    pid_t pid = launch_end_with_pid(LAUNCH(&scene, NULL));
    scene.environment[3] = "UNITY_EDITOR_PATH";
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--restart"), 3, "has not installed"));
    cr_expect(launch_lives(pid));
    launch_scene_close(&scene);
}

Test(launch_project, ends_no_process_that_a_state_file_merely_names)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    struct program *innocent = program_start_with(&(struct program_setup){
        .arguments = (const char *const[]){"/bin/cat", NULL}, .input = PROGRAM_INPUT_OPEN});
    char *state =
        memory_format("{\"phase\":\"ready\",\"ownerPid\":%d}", (int)program_pid(innocent));
    (void)temp_project_write(scene.project, STATE_FILE, state);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--quit"), 5, "it was not ended"));
    cr_expect_not(program_has_ended(innocent));
    free(state);
    program_free(innocent);
    launch_scene_close(&scene);
}

Test(launch_project, in_which_a_host_begins_is_left_to_it)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    (void)temp_project_write(scene.project, STATE_FILE, "{\"phase\":\"compiling\"}");
    const char *path = temp_project_path(scene.project, "Temp/UnityCliLoop/serve.lock");
    int lock = test_lock_hold(path, TEST_LOCK_OURS);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 5, "serve.lock"));
    cr_expect(temp_project_has(scene.project, STATE_FILE));
    cr_expect_not(temp_project_has(scene.home, ".config"));
    (void)close(lock);
    launch_scene_close(&scene);
}

Test(launch_project, that_one_without_a_pid_opens_is_opened_as_soon_as_that_lets_go)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    const char *path = temp_project_path(scene.project, ".uloop/launch.lock");
    int lock = test_lock_hold(path, TEST_LOCK_NOBODYS);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--timeout", "0.1"), 4,
                                       "Another `uloop launch` opens the project, and was not"));
    struct program *uloop = LAUNCH(&scene, NULL);
    program_await_error_text(uloop, "another uloop launch opens the project: waiting behind it");
    (void)close(lock);
    (void)launch_end_with_pid(uloop);
    launch_scene_close(&scene);
}

Test(launch_project, of_a_host_is_left_to_it)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    const char *arguments[] = {ULOOP_PROGRAM, "serve", NULL};
    struct program *host = program_start(arguments, scene.project->root, NULL);
    program_await_output_text(host, "ready on ");
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--quit"), 5, "a host of uloop"));
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--restart"), 5, "a host of uloop"));
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), program_pid(host));
    cr_expect_not_null(strstr(json_string(result, "Message"), "`uloop serve --stop` ends it"));
    cJSON_Delete(result);
    cr_expect_not(program_has_ended(host));
    cr_expect_not(temp_project_has(scene.home, ".config"));
    program_free(host);
    launch_scene_close(&scene);
}
