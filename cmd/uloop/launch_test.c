/* How `uloop launch` starts an Editor, and what it waits through. */

#include "launch_scene.h"
#include "transcript.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_in_log(const struct launch_scene *scene, const char *text)
{
    const char *content = launch_scene_log(scene);
    cr_expect(strstr(content, text), "\"%s\" is not in %s", text, content);
}

Test(launch, starts_an_editor_that_outlives_it_and_returns_when_it_is_ready)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    pid_t pid = launch_end_with_pid(LAUNCH(&scene, NULL));
    cr_expect(launch_lives(pid));
    cr_expect_eq(getsid(pid), pid);
    char *arguments = memory_format("argument -projectPath\nargument %s\nfolder %s\nsession own\n"
                                    "descriptors 3\n",
                                    scene.project->root, scene.project->root);
    expect_in_log(&scene, arguments);
    free(arguments);
    launch_scene_close(&scene);
}

Test(launch, tells_what_it_started)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect(cJSON_IsTrue(json_get(result, "Success")));
    cr_expect_str_eq(json_string(result, "ProjectRoot"), scene.project->root);
    cr_expect_str_eq(json_string(result, "Editor"), TESTKIT_FAKE_EDITOR);
    cr_expect_str_eq(json_string(result, "Log"),
                     temp_project_path(scene.home, ".config/unity3d/Editor.log"));
    cJSON_Delete(result);
    launch_scene_close(&scene);
}

Test(launch, hands_its_options_and_the_users_arguments_on)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    const char *arguments[] = {
        ULOOP_PROGRAM, "launch",      scene.project->root, "-p",  "Android", "--batchmode",
        "--",          "-nographics", "-define",           "A B", "",        NULL};
    struct program *uloop = program_start(arguments, "/", scene.environment);
    (void)launch_end_with_pid(uloop);
    expect_in_log(&scene, "argument -buildTarget\nargument Android\nargument -batchmode\n"
                          "argument -nographics\nargument -define\nargument A B\nargument \n");
    launch_scene_close(&scene);
}

Test(launch, starts_the_version_of_the_project_from_where_the_hub_installs_it)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    scene.environment[3] = "UNITY_EDITOR_PATH";
    (void)temp_project_make_folder(scene.home, "Unity/Hub/Editor/2022.3.62f1/Editor");
    const char *program =
        temp_project_path(scene.home, "Unity/Hub/Editor/2022.3.62f1/Editor/Unity");
    cr_assert_eq(symlink(TESTKIT_FAKE_EDITOR, program), 0);
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect_str_eq(json_string(result, "Editor"), program);
    cJSON_Delete(result);
    launch_scene_close(&scene);
}

Test(launch, names_the_installed_versions_when_the_projects_is_missing)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    scene.environment[3] = "UNITY_EDITOR_PATH";
    (void)temp_project_write(scene.home, "Unity/Hub/Editor/6000.0.1f1/Editor/Unity", "");
    cJSON *details = launch_end_with_error(
        LAUNCH(&scene, NULL), 3, "wants Unity 2022.3.62f1, which the Hub has not installed");
    cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(json_get(details, "installed"), 0)),
                     "6000.0.1f1");
    cJSON_Delete(details);
    launch_scene_close(&scene);
}

Test(launch, finds_the_only_project_below)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_make_folder(folder, ".git");
    (void)temp_project_make_folder(folder, "clients");
    cr_assert_eq(rename(scene.project->root, temp_project_path(folder, "clients/game")), 0);
    const char *arguments[] = {ULOOP_PROGRAM, "launch", NULL};
    (void)launch_end_with_pid(program_start(arguments, folder->root, scene.environment));
    arguments[1] = "compile"; /* launch alone looks down */
    cJSON_Delete(launch_end_with_error(program_start(arguments, folder->root, scene.environment), 2,
                                       "There is no Unity project"));
    launch_scene_close(&scene);
    temp_project_free(folder);
}

Test(launch, waits_through_every_stop_while_the_editor_lives)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock stopped");
    struct program *uloop = LAUNCH(&scene, NULL);
    program_await_error_text(uloop, "state stopped stopped, owner");
    launch_scene_tell(&scene, "starting");
    program_await_error_text(uloop, "state busy starting, owner alive");
    launch_scene_tell(&scene, "stopped recovering");
    program_await_error_text(uloop, "state busy recovering, owner alive");
    launch_scene_tell(&scene, "listen ready");
    (void)launch_end_with_pid(uloop);
    launch_scene_close(&scene);
}

Test(launch, waits_while_nothing_is_published_and_nothing_listens)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock");
    struct program *uloop = LAUNCH(&scene, "--batchmode");
    program_await_error_text(uloop, "connecting again in 100 ms");
    launch_scene_tell(&scene, "listen");
    (void)launch_end_with_pid(uloop);
    launch_scene_close(&scene);
}

/* The Editor takes the steps, the last of which ends it. */
static cJSON *expect_crash(struct launch_scene *scene, const char *steps, const char *words)
{
    launch_scene_open(scene, steps);
    return launch_end_with_error(LAUNCH(scene, NULL), 3, words);
}

Test(launch, tells_the_exit_code_and_the_logs_end_of_an_editor_that_ends_early)
{
    static const char *const STEPS[] = {"exit:3", "lock starting exit:3", "lock stopped exit:3",
                                        "lock listen ready deaf exit:3"};
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
        struct launch_scene scene;
        cJSON *details = expect_crash(&scene, STEPS[i],
                                      "ended with exit code 3 before it was "
                                      "ready");
        const cJSON *tail = json_get(details, "logTail");
        cr_expect_eq(json_whole_number(details, "exitCode", -1), 3);
        cr_assert(cJSON_IsArray(tail), "%s", STEPS[i]);
        cr_expect_str_eq(
            cJSON_GetStringValue(cJSON_GetArrayItem(tail, cJSON_GetArraySize(tail) - 1)),
            "step exit:3");
        cJSON_Delete(details);
        launch_scene_close(&scene);
    }
}

Test(launch, tells_the_signal_that_ended_the_editor)
{
    struct launch_scene scene;
    cJSON *details = expect_crash(&scene, "lock starting kill", "was ended by signal 9 before");
    cr_expect_eq(json_whole_number(details, "signal", -1), SIGKILL);
    cJSON_Delete(details);
    launch_scene_close(&scene);
}

Test(launch, tells_at_once_when_the_editor_ends_while_it_waits)
{
    static const char *const PHASES[] = {"starting", "stopped"};
    for (size_t i = 0; i < sizeof(PHASES) / sizeof(PHASES[0]); i++) {
        struct launch_scene scene;
        launch_scene_open(&scene, PHASES[i]);
        struct program *uloop = LAUNCH(&scene, NULL);
        program_await_error_text(uloop, ": wait (");
        launch_scene_tell(&scene, "exit:0");
        cJSON_Delete(launch_end_with_error(uloop, 3, "ended with exit code 0 before"));
        launch_scene_close(&scene);
    }
}

Test(launch, tells_why_the_editors_server_failed)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock starting failed");
    cJSON *details = launch_end_with_error(LAUNCH(&scene, NULL), 3, "the fake Editor was told so");
    cr_expect(launch_lives((pid_t)json_whole_number(details, "pid", 0)));
    cJSON_Delete(details);
    launch_scene_close(&scene);
}

Test(launch, gives_up_at_its_timeout_and_leaves_the_editor_running)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock starting");
    cJSON *details = launch_end_with_error(LAUNCH(&scene, "--timeout", "0.3"), 4,
                                           "did not become ready in time");
    cr_expect(launch_lives((pid_t)json_whole_number(details, "pid", 0)));
    cJSON_Delete(details);
    launch_scene_close(&scene);
}

Test(launch, has_more_patience_with_a_stop_than_a_command)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock stopped");
    /* A command that finds a server stopped gives up after 2 s, with exit code 3. */
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--timeout", "2.5"), 4,
                                       "did not become ready in time"));
    launch_scene_close(&scene);
}

Test(launch, interrupted_exits_130_and_leaves_the_editor_running)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock starting");
    struct program *uloop = LAUNCH(&scene, NULL);
    program_await_error_text(uloop, "state busy starting, owner alive");
    program_signal(uloop, SIGINT);
    cJSON *details = launch_end_with_error(uloop, 130, "Interrupted");
    cr_expect(launch_lives((pid_t)json_whole_number(details, "pid", 0)));
    cJSON_Delete(details);
    launch_scene_close(&scene);
}

Test(launch, follows_a_launcher_that_hands_over_to_the_editor_and_ends)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock starting");
    const char *launcher = temp_project_write(scene.home, "unity-editor",
                                              "#!/bin/sh\n\"" TESTKIT_FAKE_EDITOR "\" \"$@\" &\n"
                                              "until test -e \"$PWD/Temp/UnityLockfile\"\n"
                                              "do test -d \"$PWD\" || exit 1; done\n");
    cr_assert_eq(chmod(launcher, 0755), 0);
    char *variable = memory_format("UNITY_EDITOR_PATH=%s", launcher);
    scene.environment[3] = variable;
    struct program *uloop = LAUNCH(&scene, NULL);
    program_await_error_text(uloop, "state busy starting, owner alive");
    launch_scene_tell(&scene, "listen ready");
    pid_t pid = launch_end_with_pid(uloop);
    expect_in_log(&scene, "session inherited\n");
    cr_expect_neq(getsid(pid), pid);
    free(variable);
    launch_scene_close(&scene);
}

/* A launcher that says that it was started, and becomes the Editor when the test makes "go". */
static char *use_slow_launcher(struct launch_scene *scene)
{
    char *script = memory_format("#!/bin/sh\necho \"$$\" >>'%s/started'\nuntil test -e '%s/go'\n"
                                 "do test -d \"$PWD\" || exit 1; sleep 0.01; done\n"
                                 "exec \"" TESTKIT_FAKE_EDITOR "\" \"$@\"\n",
                                 scene->home->root, scene->home->root);
    const char *launcher = temp_project_write(scene->home, "unity-editor", script);
    cr_assert_eq(chmod(launcher, 0755), 0);
    char *variable = memory_format("UNITY_EDITOR_PATH=%s", launcher);
    scene->environment[3] = variable;
    free(script);
    return variable;
}

Test(launch, waits_behind_another_and_finds_the_project_open_then)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    char *variable = use_slow_launcher(&scene);
    struct program *first = LAUNCH(&scene, NULL);
    program_await_error_text(first, "started process ");
    struct program *second = LAUNCH(&scene, NULL);
    char *behind =
        memory_format("(process %d) opens the project: waiting behind it", (int)program_pid(first));
    program_await_error_text(second, behind);
    (void)temp_project_write(scene.home, "go", "");
    pid_t pid = launch_end_with_pid(first);
    cJSON *result = launch_end(second, 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), pid);
    cr_expect_not_null(strstr(json_string(result, "Message"), "open already"));
    cJSON_Delete(result);
    const char *started = temp_project_read(scene.home, "started");
    cr_expect_eq(strchr(started, '\n')[1], '\0', "started twice: %s", started);
    cr_expect_not(temp_project_has(scene.project, ".uloop/launch.lock"));
    free(behind);
    free(variable);
    launch_scene_close(&scene);
}

/* What it would have quit is the Editor that the first has just started. */
Test(launch, restarts_nothing_that_was_started_while_it_waited)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    char *variable = use_slow_launcher(&scene);
    struct program *first = LAUNCH(&scene, "--restart");
    program_await_error_text(first, "started process ");
    struct program *second = LAUNCH(&scene, "--restart");
    program_await_error_text(second, "waiting behind it");
    (void)temp_project_write(scene.home, "go", "");
    pid_t pid = launch_end_with_pid(first);
    cJSON *result = launch_end(second, 0);
    cr_expect_eq(json_whole_number(result, "Pid", 0), pid);
    cr_expect_not_null(strstr(json_string(result, "Message"), "open already"));
    cJSON_Delete(result);
    cr_expect(launch_lives(pid));
    free(variable);
    launch_scene_close(&scene);
}

Test(launch, lets_the_next_one_go_on_as_soon_as_its_editor_can_be_seen)
{
    struct launch_scene scene;
    launch_scene_open(&scene, "lock starting");
    struct program *first = LAUNCH(&scene, NULL);
    program_await_error_text(first, "state busy starting, owner alive");
    cr_expect_not(temp_project_has(scene.project, ".uloop/launch.lock"));
    cJSON *result = launch_end(LAUNCH(&scene, NULL), 0);
    cr_expect_not_null(strstr(json_string(result, "Message"), "open already"));
    cJSON_Delete(result);
    launch_scene_tell(&scene, "listen ready");
    (void)launch_end_with_pid(first);
    launch_scene_close(&scene);
}

Test(launch, gives_up_behind_another_at_its_timeout_and_goes_on_when_that_is_killed)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    char *variable = use_slow_launcher(&scene);
    struct program *first = LAUNCH(&scene, NULL);
    program_await_error_text(first, "started process ");
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "--timeout", "0.1"), 4,
                                       "opens the project, and was not done in time"));
    scene.environment[3] = "UNITY_EDITOR_PATH=" TESTKIT_FAKE_EDITOR;
    struct program *second = LAUNCH(&scene, NULL);
    program_await_error_text(second, "waiting behind it");
    program_signal(first, SIGKILL);
    struct program_end end = program_wait(first);
    program_end_clear(&end);
    (void)launch_end_with_pid(second);
    free(variable);
    launch_scene_close(&scene);
}

Test(launch, goes_on_where_there_is_no_place_for_a_lock)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    (void)temp_project_write(scene.project, ".uloop", "a file");
    (void)launch_end_with_pid(LAUNCH(&scene, NULL));
    launch_scene_close(&scene);
}

Test(launch, says_that_the_editor_cannot_be_started)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    const char *program = temp_project_write(scene.home, "Unity", "no program");
    char *variable = memory_format("UNITY_EDITOR_PATH=%s", program);
    scene.environment[3] = variable;
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, NULL), 3, "Cannot start"));
    free(variable);
    launch_scene_close(&scene);
}

Test(launch, refuses_what_contradicts_itself)
{
    struct launch_scene scene;
    launch_scene_open(&scene, NULL);
    cJSON_Delete(launch_end_with_error(LAUNCH(&scene, "-q", "-r"), 2, "exclude each other"));
    cJSON_Delete(
        launch_end_with_error(LAUNCH(&scene, ".", "--project-path", "."), 2, "named twice"));
    cJSON_Delete(
        launch_end_with_error(LAUNCH(&scene, "--max-depth", "-2"), 2, "--max-depth takes"));
    cJSON_Delete(
        launch_end_with_error(LAUNCH(&scene, "--", "-projectpath", "x"), 2, "-projectPath is"));
    cJSON_Delete(
        launch_end_with_error(LAUNCH(&scene, "--", "-projectPath=x"), 2, "-projectPath is"));
    cr_expect_not(temp_project_has(scene.home, ".config"));
    launch_scene_close(&scene);
}

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

Test(launch, says_how_it_is_used)
{
    struct temp_project *project = temp_project_new();
    struct buffer transcript = {0};
    const char *folder = project->root;
    transcribe(&transcript, folder, ARGUMENTS("launch", "--help"));
    transcribe(&transcript, folder, ARGUMENTS("launch", "--quit"));
    transcribe(&transcript, folder, ARGUMENTS("launch", "--quit", "--restart"));
    transcribe(&transcript, folder, ARGUMENTS("launch", "--max-depth", "deep"));
    transcribe(&transcript, folder, ARGUMENTS("launch", "nowhere"));
    transcribe(&transcript, folder, ARGUMENTS("focus-window", "--help"));
    transcribe(&transcript, folder, ARGUMENTS("focus-window"));
    expect_golden("launch", &transcript);
    temp_project_free(project);
}
