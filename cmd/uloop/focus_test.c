/* Bringing the Editor's window to the front, in a real X server with a real window manager. */

#include "launch_scene.h"

#include "base/buffer.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FIRST_DISPLAY = 1000,
    DISPLAYS = 58000,
    HOST_SIZE = 256,
    COOKIE_SIZE = 16
};

/* Places in the environment that a test gives to programs. */
enum {
    DISPLAY,
    AUTHORITY,
    WAYLAND,
    HOME,
    VARIABLES
};

/* A display of the test's own, and the Editor of a project. */
struct scene {
    struct temp_project *home;
    struct temp_project *project;
    struct program *server;
    struct program *manager;
    struct program *unity;
    char *display, *home_variable, *authority; /* owned */
    const char *environment[VARIABLES + 1];
};

/* As xauth would: the cookie for this host and display. Returns the file. */
static const char *write_authority(struct scene *scene, const char *number)
{
    static const char COOKIE[] = "sixteen bytes, so";
    static const char NAME[] = "MIT-MAGIC-COOKIE-1";
    struct buffer content = {0};
    char host[HOST_SIZE] = "";
    cr_assert_eq(gethostname(host, sizeof(host) - 1), 0);
    const struct slice fields[] = {
        slice_of(host), slice_of(number), slice_of(NAME), {COOKIE, COOKIE_SIZE}};
    buffer_append(&content, "\1\0", 2); /* for this host */
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        buffer_append_char(&content, '\0');
        buffer_append_char(&content, (char)fields[i].length);
        buffer_append(&content, fields[i].data, fields[i].length);
    }
    const char *path =
        temp_project_write_bytes(scene->home, "authority", content.data, content.length);
    buffer_clear(&content);
    return path;
}

/* Displays are the whole machine's: this number no other test has. */
static void start_server(struct scene *scene, bool is_locked)
{
    char *number = memory_format("%d", FIRST_DISPLAY + (int)(getpid() % DISPLAYS));
    const char *authority = write_authority(scene, number);
    scene->display = memory_format("DISPLAY=:%s", number);
    scene->authority = memory_format("XAUTHORITY=%s", authority);
    const char *const arguments[] = {
        "/usr/bin/env", "Xvfb", strchr(scene->display, ':'), "-displayfd", "1",
        "-nolisten",    "tcp",  is_locked ? "-auth" : NULL,  authority,    NULL};
    scene->server = program_start(arguments, NULL, NULL);
    program_await_output_text(scene->server, number); /* which it tells once it serves */
    free(number);
}

static void scene_open(struct scene *scene, bool is_locked)
{
    *scene = (struct scene){.home = temp_folder_new(), .project = temp_project_new()};
    scene->home_variable = memory_format("HOME=%s", scene->home->root);
    start_server(scene, is_locked);
    scene->environment[DISPLAY] = scene->display;
    scene->environment[AUTHORITY] = is_locked ? scene->authority : "XAUTHORITY";
    scene->environment[WAYLAND] = "WAYLAND_DISPLAY";
    scene->environment[HOME] = scene->home_variable;
    scene->unity = program_start_fake_unity(scene->project->root);
}

static void scene_close(struct scene *scene)
{
    program_free(scene->unity);
    program_free(scene->manager);
    /* Asked to, it takes its socket and its lock file away. */
    program_signal(scene->server, SIGTERM);
    struct program_end end = program_wait(scene->server);
    program_end_clear(&end);
    temp_project_free(scene->project);
    temp_project_free(scene->home);
    free(scene->home_variable);
    free(scene->authority);
    free(scene->display);
}

/* A window of that process; `state` may be NULL. The window manager has it when this returns. */
static struct program *open_window(const struct scene *scene, pid_t pid, const char *state)
{
    char *number = memory_format("%d", (int)pid);
    const char *const arguments[] = {TESTKIT_FAKE_WINDOW, number, state, NULL};
    struct program *window = program_start_with(&(struct program_setup){
        .arguments = arguments, .environment = scene->environment, .input = PROGRAM_INPUT_OPEN});
    program_await_output_text(window, "managed");
    if (!state)
        program_await_output_text(window, "focused 1");
    free(number);
    return window;
}

/* Returns when it is at work: a window that comes while it starts is forgotten. */
static void start_manager(struct scene *scene)
{
    const char *const arguments[] = {"/usr/bin/env", "openbox",      "--sm-disable",
                                     "--startup",    "echo at work", NULL};
    scene->manager = program_start(arguments, scene->home->root, scene->environment);
    program_await_output_text(scene->manager, "at work");
}

static struct program *start_focus(const struct scene *scene)
{
    return program_start((const char *const[]){ULOOP_PROGRAM, "focus-window", NULL},
                         scene->project->root, scene->environment);
}

static void expect_focus(const struct scene *scene)
{
    cr_expect_eq(launch_end_with_pid(start_focus(scene)), program_pid(scene->unity));
}

static void expect_failure(const struct scene *scene, int exit_code, const char *words)
{
    cJSON_Delete(launch_end_with_error(start_focus(scene), exit_code, words));
}

Test(focus, brings_the_editors_window_to_the_front)
{
    struct scene scene;
    scene_open(&scene, false);
    start_manager(&scene);
    struct program *editor = open_window(&scene, program_pid(scene.unity), NULL);
    struct program *other = open_window(&scene, getpid(), NULL);
    expect_focus(&scene);
    program_await_output_text(editor, "focused 2");
    expect_focus(&scene); /* where it is in front already */
    program_free(other);
    program_free(editor);
    scene_close(&scene);
}

Test(focus, restores_a_minimized_window)
{
    struct scene scene;
    scene_open(&scene, false);
    start_manager(&scene);
    struct program *editor = open_window(&scene, program_pid(scene.unity), "minimized");
    struct program *other = open_window(&scene, getpid(), NULL);
    expect_focus(&scene);
    program_await_output_text(editor, "focused 1");
    program_free(other);
    program_free(editor);
    scene_close(&scene);
}

Test(focus, shows_the_cookie_to_a_server_that_wants_one)
{
    struct scene scene;
    scene_open(&scene, true);
    start_manager(&scene);
    struct program *editor = open_window(&scene, program_pid(scene.unity), NULL);
    expect_focus(&scene);
    scene.environment[AUTHORITY] = "XAUTHORITY=/nowhere";
    expect_failure(&scene, 7, "The X server lets us not in");
    program_free(editor);
    scene_close(&scene);
}

Test(focus, says_that_the_editor_has_no_window)
{
    struct scene scene;
    scene_open(&scene, false);
    start_manager(&scene);
    struct program *other = open_window(&scene, getpid(), NULL);
    expect_failure(&scene, 7, "has no window on the display");
    program_free(other);
    scene_close(&scene);
}

Test(focus, says_that_there_is_no_window_manager)
{
    struct scene scene;
    scene_open(&scene, false);
    expect_failure(&scene, 7, "has no window manager");
    scene_close(&scene);
}

Test(focus, says_that_there_is_no_display)
{
    struct scene scene;
    scene_open(&scene, false);
    scene.environment[DISPLAY] = "DISPLAY";
    expect_failure(&scene, 7, "DISPLAY is not set");
    scene.environment[WAYLAND] = "WAYLAND_DISPLAY=wayland-0";
    expect_failure(&scene, 7, "not supported on Wayland without X");
    scene.environment[DISPLAY] = "DISPLAY=:59999";
    expect_failure(&scene, 7, "Cannot connect to the X server");
    scene.environment[DISPLAY] = "DISPLAY=elsewhere:0";
    expect_failure(&scene, 7, "is not one of this machine");
    scene_close(&scene);
}

Test(focus, says_that_no_editor_has_the_project_open)
{
    struct scene scene;
    scene_open(&scene, false);
    program_free(scene.unity);
    scene.unity = NULL;
    expect_failure(&scene, 3, "No Unity Editor has the project");
    scene_close(&scene);
}

Test(focus, is_what_launch_does_where_the_project_is_open)
{
    struct scene scene;
    scene_open(&scene, false);
    start_manager(&scene);
    struct program *editor = open_window(&scene, program_pid(scene.unity), NULL);
    struct program *other = open_window(&scene, getpid(), NULL);
    const char *const arguments[] = {ULOOP_PROGRAM, "launch", NULL};
    cJSON *result = launch_end(program_start(arguments, scene.project->root, scene.environment), 0);
    cr_expect(cJSON_IsTrue(json_get(result, "Focused")));
    cJSON_Delete(result);
    program_await_output_text(editor, "focused 2");
    program_free(other);
    program_free(editor);
    scene_close(&scene);
}
