/* The built program from both sides: `uloop serve`, and commands that run against it. */

#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GREETER                                                                                    \
    "namespace Demo { public static class Greeter { public static string Name = \"x\"; } }\n"
#define USER "public class User { public string Hello() { return Demo.Greeter.Name; } }\n"

/* A project of two assemblies, and a host that is ready. */
struct scene {
    struct temp_project *project;
    struct program *host;
};

static struct program *start_host(const struct temp_project *project)
{
    return program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL}, project->root, NULL);
}

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new()};
    temp_project_write(scene.project, "Assets/Demo/Demo.asmdef", "{\"name\":\"Demo\"}");
    temp_project_write(scene.project, "Assets/Demo/Greeter.cs", GREETER);
    temp_project_write(scene.project, "Assets/User.cs", USER);
    scene.host = start_host(scene.project);
    program_await_output_text(scene.host, "ready on ");
    return scene;
}

static struct program_end run_in(const struct temp_project *project, const char *command,
                                 const char *option)
{
    return program_run((const char *const[]){ULOOP_PROGRAM, command, option, NULL}, project->root,
                       NULL);
}

static void expect_end(struct program_end end, const char *command, int exit_code,
                       const char *words)
{
    cr_assert_eq(end.exit_code, exit_code, "%s: exit code %d: %s%s", command, end.exit_code,
                 end.out, end.err);
    const char *where = exit_code <= 1 ? end.out : end.err;
    cr_assert_not_null(strstr(where, words), "\"%s\" is not in %s", words, where);
    program_end_clear(&end);
}

static void expect_run(const struct temp_project *project, const char *command, const char *option,
                       int exit_code, const char *words)
{
    expect_end(run_in(project, command, option), command, exit_code, words);
}

static void scene_free(struct scene *scene)
{
    program_free(scene->host);
    temp_project_free(scene->project);
}

/* Ends the host as a user does; everything it made outside the project must be gone. */
static void stop_host(struct scene *scene, int number)
{
    struct test_editor *names = test_editor_new(scene->project->root);
    program_signal(scene->host, number);
    struct program_end end = program_wait(scene->host);
    scene->host = NULL;
    cr_assert_eq(end.exit_code, 0, "exit code %d, signal %d: %s", end.exit_code, end.signal,
                 end.err);
    cr_assert_neq(access(test_editor_socket(names), F_OK), 0, "the socket is still there");
    const char *state = temp_project_read(scene->project, "Temp/UnityCliLoop/server-state.json");
    cr_assert_not_null(strstr(state, "\"stopped\""), "%s", state);
    program_end_clear(&end);
    test_editor_free(names);
}

Test(serve, compiles_and_reloads_and_is_ready_when_the_compile_returns)
{
    struct scene scene = scene_new();
    expect_run(scene.project, "compile", NULL, 0, "\"Success\": true");
    cr_assert(temp_project_has(scene.project, "Library/ScriptAssemblies/Demo.dll"));
    cr_assert(temp_project_has(scene.project, "Library/ScriptAssemblies/Assembly-CSharp.dll"));
    expect_run(scene.project, "status", "--json", 0, "\"reason\": \"server-recovery\"");
    expect_run(scene.project, "get-logs", NULL, 0, "Compiled 2 of 2 assemblies");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, takes_what_comes_while_it_compiles_when_it_has_reloaded)
{
    struct scene scene = scene_new();
    const char *const compile[] = {ULOOP_PROGRAM, "compile", "-f", NULL};
    const char *const log[] = {"ULOOP_LOG=debug", NULL};
    struct program *first = program_start(compile, scene.project->root, log);
    program_await_error_text(first, "state compiling");
    struct program *second = program_start(compile, scene.project->root, NULL);
    expect_run(scene.project, "get-logs", NULL, 0, "\"Logs\"");
    expect_end(program_wait(first), "compile", 0, "\"Success\": true");
    expect_end(program_wait(second), "compile", 0, "\"Success\": true");
    scene_free(&scene);
}

Test(serve, tells_the_compilers_error_with_file_and_line_and_recovers)
{
    struct scene scene = scene_new();
    temp_project_write(scene.project, "Assets/User.cs", "\n" USER "public class User {}\n");
    expect_run(scene.project, "compile", NULL, 1, "\"File\": \"Assets/User.cs\"");
    expect_run(scene.project, "compile", NULL, 1, "\"Line\": 3");
    temp_project_write(scene.project, "Assets/User.cs", USER);
    expect_run(scene.project, "compile", NULL, 0, "\"ErrorCount\": 0");
    expect_run(scene.project, "compile", NULL, 0, "Nothing changed");
    stop_host(&scene, SIGINT);
    scene_free(&scene);
}

Test(serve, clears_its_console)
{
    struct scene scene = scene_new();
    expect_run(scene.project, "compile", "--no-wait-for-domain-reload", 0, "\"Success\": true");
    expect_run(scene.project, "wait", NULL, 0, "\"phase\": \"ready\"");
    expect_run(scene.project, "clear-console", NULL, 0, "{");
    expect_run(scene.project, "get-logs", NULL, 0, "\"TotalCount\": 0");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, refuses_a_second_host_and_names_the_first)
{
    struct scene scene = scene_new();
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "%d", (int)program_pid(scene.host));
    expect_run(scene.project, "serve", NULL, 5, pid);
    expect_run(scene.project, "status", "--json", 0, "\"answers\"");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, refuses_a_project_that_an_editor_has_open)
{
    struct temp_project *project = temp_project_new();
    struct program *editor = program_start_fake_unity(project->root);
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "%d", (int)program_pid(editor));
    expect_run(project, "serve", NULL, 5, pid);
    program_free(editor);
    temp_project_free(project);
}

Test(serve, leaves_nothing_that_hinders_a_new_host_when_it_is_killed)
{
    struct scene scene = scene_new();
    program_free(scene.host);
    expect_run(scene.project, "get-logs", NULL, 3, "UNITY_NOT_REACHABLE");
    scene.host = start_host(scene.project);
    program_await_output_text(scene.host, "ready on ");
    expect_run(scene.project, "get-logs", NULL, 0, "\"Logs\"");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, refuses_what_only_an_editor_can_do)
{
    struct scene scene = scene_new();
    expect_run(scene.project, "get-hierarchy", NULL, 5, "UNITY_RPC_ERROR");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, lists_its_tools_and_lets_them_be_kept)
{
    struct scene scene = scene_new();
    expect_run(scene.project, "list", "--compact", 0, "\"name\":\"get-logs\"");
    expect_run(scene.project, "sync", "--compact", 0, "/.uloop/tools.json\"}");
    expect_run(scene.project, "get-logs", NULL, 0, "\"Logs\"");
    expect_run(scene.project, "get-hierarchy", NULL, 2, "There is no command or tool");
    stop_host(&scene, SIGTERM);
    scene_free(&scene);
}

Test(serve, says_nothing_but_that_it_is_ready_when_quiet_is_wanted)
{
    struct temp_project *project = temp_project_new();
    struct program *host = program_start(
        (const char *const[]){ULOOP_PROGRAM, "serve", "--quiet", NULL}, project->root, NULL);
    program_await_output_text(host, "ready on ");
    program_signal(host, SIGTERM);
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0);
    cr_expect_str_eq(end.err, "");
    program_end_clear(&end);
    temp_project_free(project);
}
