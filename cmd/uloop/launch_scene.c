#include "launch_scene.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program_system.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void launch_scene_open(struct launch_scene *scene, const char *steps)
{
    *scene = (struct launch_scene){.home = temp_folder_new(), .project = temp_project_new()};
    const char *control = temp_project_path(scene->home, "control");
    if (mkfifo(control, 0600) != 0)
        testkit_fail("Cannot make %s: %s.", control, strerror(errno));
    /* Open in both directions: it is there before the Editor opens its end. */
    scene->control = open(control, O_RDWR | O_CLOEXEC);
    scene->variables[0] = memory_format("HOME=%s", scene->home->root);
    scene->variables[1] = memory_format("FAKE_EDITOR_CONTROL=%s", control);
    scene->variables[2] = memory_format("FAKE_EDITOR_STEPS=%s", steps ? steps : "");
    size_t count = 0;
    scene->environment[count++] = scene->variables[0];
    scene->environment[count++] = scene->variables[1];
    scene->environment[count++] = steps ? scene->variables[2] : "FAKE_EDITOR_STEPS";
    scene->environment[count++] = "UNITY_EDITOR_PATH=" TESTKIT_FAKE_EDITOR;
    scene->environment[count++] = "ULOOP_LOG=debug";
    scene->environment[count++] = "XDG_CONFIG_HOME";
    scene->environment[count++] = "DISPLAY";
    scene->environment[count++] = "WAYLAND_DISPLAY";
}

void launch_scene_close(struct launch_scene *scene)
{
    (void)close(scene->control);
    for (size_t i = 0; i < sizeof(scene->variables) / sizeof(scene->variables[0]); i++)
        free(scene->variables[i]);
    temp_project_free(scene->project);
    temp_project_free(scene->home);
}

void launch_scene_tell(const struct launch_scene *scene, const char *steps)
{
    size_t length = strlen(steps);
    if (write(scene->control, steps, length) != (ssize_t)length)
        testkit_fail("Cannot tell the Editor: %s.", strerror(errno));
}

struct program *launch_start(const struct launch_scene *scene, const char *const arguments[4])
{
    const char *all[7] = {ULOOP_PROGRAM, "launch"};
    for (size_t i = 0; i < 4; i++)
        all[2 + i] = arguments[i];
    return program_start(all, scene->project->root, scene->environment);
}

/* Standard error begins with the log, whose lines never begin with a brace. */
static const char *envelope_in(const char *text)
{
    const char *found = *text == '{' ? text : strstr(text, "\n{");
    return found ? found : "";
}

cJSON *launch_end(struct program *uloop, int exit_code)
{
    struct program_end end = program_wait(uloop);
    cr_assert_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s%s", end.exit_code,
                 end.signal, end.out, end.err);
    const char *text = exit_code == 0 ? end.out : envelope_in(end.err);
    cJSON *json = cJSON_Parse(text);
    cr_assert_not_null(json, "%s", text);
    if (exit_code != 0)
        cr_expect_str_eq(end.out, "");
    program_end_clear(&end);
    return json;
}

pid_t launch_end_with_pid(struct program *uloop)
{
    cJSON *result = launch_end(uloop, 0);
    pid_t pid = (pid_t)json_whole_number(result, "Pid", 0);
    cr_assert_gt(pid, 0);
    cJSON_Delete(result);
    return pid;
}

cJSON *launch_end_with_error(struct program *uloop, int exit_code, const char *words)
{
    cJSON *envelope = launch_end(uloop, exit_code);
    const char *message = json_string(json_get(envelope, "error"), "message");
    cr_assert(message && strstr(message, words), "\"%s\" is not in: %s", words, message);
    cJSON *details = cJSON_DetachItemFromObject(json_get(envelope, "error"), "details");
    cJSON_Delete(envelope);
    return details;
}

bool launch_lives(pid_t pid)
{
    struct pollfd exit = {.fd = program_exit_descriptor(pid), .events = POLLIN};
    if (exit.fd < 0)
        return false;
    bool ended = poll(&exit, 1, 0) != 0;
    (void)close(exit.fd);
    return !ended;
}

const char *launch_scene_log(const struct launch_scene *scene)
{
    const char *text = temp_project_read(scene->home, ".config/unity3d/Editor.log");
    cr_assert_not_null(text, "the Editor wrote no log");
    return text;
}
