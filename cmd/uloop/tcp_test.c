/* Commands that reach a host over loopback TCP, as from a container. */

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include "base/memory.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN_FILE "Temp/UnityCliLoop/serve.token"
#define STATE_FILE "Temp/UnityCliLoop/server-state.json"

/* A host that listens at a port too, and how a client is told of it. */
struct scene {
    struct temp_project *project;
    struct program *host;
    char *address;
    char *endpoint; /* for the environment */
};

static void start_host(struct scene *scene, const char *address)
{
    const char *const arguments[] = {
        ULOOP_PROGRAM, "serve", "--compiler-command", "false", "--listen", address, NULL};
    scene->host = program_start(arguments, scene->project->root, NULL);
    program_await_output_text(scene->host, "ready on ");
    cJSON *state = json_parse(slice_of(temp_project_read(scene->project, STATE_FILE)), NULL);
    free(scene->address);
    free(scene->endpoint);
    scene->address = memory_copy_string(json_string(state, "endpoint"));
    scene->endpoint = memory_format("ULOOP_ENDPOINT=%s", scene->address);
    cJSON_Delete(state);
}

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new()};
    start_host(&scene, "tcp:127.0.0.1:0");
    return scene;
}

static void scene_free(struct scene *scene)
{
    program_free(scene->host);
    temp_project_free(scene->project);
    free(scene->address);
    free(scene->endpoint);
}

static void expect_run_of(const struct scene *scene, const char *const *arguments,
                          const char *token_file, uid_t user, int exit_code, const char *words)
{
    const char *command = arguments[1];
    const char *const environment[] = {scene->endpoint, token_file, NULL};
    struct program_end end =
        program_run_with(&(struct program_setup){.arguments = arguments,
                                                 .folder = scene->project->root,
                                                 .environment = environment,
                                                 .user = user});
    cr_assert_eq(end.exit_code, exit_code, "%s: exit code %d: %s%s", command, end.exit_code,
                 end.out, end.err);
    cr_expect(strstr(exit_code <= 1 ? end.out : end.err, words), "\"%s\" is not in %s%s", words,
              end.out, end.err);
    program_end_clear(&end);
}

static void expect_run(const struct scene *scene, const char *command, const char *token_file,
                       uid_t user, int exit_code, const char *words)
{
    const char *const arguments[] = {ULOOP_PROGRAM, command, NULL};
    expect_run_of(scene, arguments, token_file, user, exit_code, words);
}

Test(tcp, carries_commands_with_the_projects_own_token)
{
    struct scene scene = scene_new();
    expect_run(&scene, "get-logs", NULL, 0, 0, "\"TotalCount\": 0");
    expect_run(&scene, "compile", NULL, 0, 0, "\"Success\": true");
    expect_run(&scene, "status", NULL, 0, 0, scene.address);
    expect_run(&scene, "wait", NULL, 0, 0, scene.address);
    scene_free(&scene);
}

/* The kernel's word on who is at the other end does not count here; the token does. */
Test(tcp, carries_a_command_of_whoever_can_read_the_token)
{
    if (geteuid() != 0)
        cr_skip_test("only root can be two users");
    struct scene scene = scene_new();
    struct temp_project *elsewhere = temp_folder_new();
    const char *path =
        temp_project_write(elsewhere, "token", temp_project_read(scene.project, TOKEN_FILE));
    char *variable = memory_format("ULOOP_TOKEN_FILE=%s", path);
    cr_assert_eq(chmod(scene.project->root, 0755), 0);
    cr_assert_eq(chmod(elsewhere->root, 0755), 0);
    expect_run(&scene, "get-logs", NULL, 65534, 3, "The token file cannot be read");
    expect_run(&scene, "get-logs", variable, 65534, 0, "\"TotalCount\": 0");
    free(variable);
    scene_free(&scene);
}

Test(tcp, carries_no_command_with_a_wrong_token)
{
    struct scene scene = scene_new();
    struct temp_project *elsewhere = temp_folder_new();
    char *variable = memory_format(
        "ULOOP_TOKEN_FILE=%s",
        temp_project_write(elsewhere, "token",
                           "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    expect_run(&scene, "get-logs", variable, 0, 3, "does not carry the token of this server");
    temp_project_write(elsewhere, "token", "none");
    expect_run(&scene, "get-logs", variable, 0, 3, "does not hold 64 lower-case hex digits");
    scene_free(&scene);
    free(variable);
}

/* More than a host takes of who has not shown the token yet; the client does so first. */
Test(tcp, carries_a_large_request)
{
    struct scene scene = scene_new();
    struct temp_project *elsewhere = temp_folder_new();
    char *text = memory_format("%0*d", 100000, 0);
    char *variable = memory_format(
        "ULOOP_TOKEN_FILE=%s",
        temp_project_write(elsewhere, "token",
                           "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    const char *const arguments[] = {ULOOP_PROGRAM, "get-logs", "--search-text", text, NULL};
    expect_run_of(&scene, arguments, NULL, 0, 0, "\"TotalCount\": 0");
    expect_run_of(&scene, arguments, variable, 0, 3, "does not carry the token of this server");
    scene_free(&scene);
    free(variable);
    free(text);
}

/* Whoever listens there by then is not to see a request. */
Test(tcp, sends_nothing_where_the_token_is_gone_with_its_server)
{
    struct scene scene = scene_new();
    char *variable = memory_format("ULOOP_TOKEN_FILE=%s/none", scene.project->root);
    struct program *uloop = program_start_with(&(struct program_setup){
        .arguments = (const char *const[]){ULOOP_PROGRAM, "get-logs", "--timeout", "0.3", NULL},
        .folder = scene.project->root,
        .environment = (const char *const[]){scene.endpoint, variable, NULL}});
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 4, "%s", end.err);
    program_end_clear(&end);
    program_signal(scene.host, SIGTERM);
    end = program_wait(scene.host);
    scene.host = NULL;
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    cr_expect_not(temp_project_has(scene.project, TOKEN_FILE));
    expect_run(&scene, "get-logs", NULL, 0, 3, "is stopped");
    scene_free(&scene);
    free(variable);
}

/* Its state says ready for ever, and no look at processes counts. */
Test(tcp, tells_that_a_killed_host_has_stopped)
{
    struct scene scene = scene_new();
    const char *const arguments[] = {ULOOP_PROGRAM, "wait", "--for", "stopped",
                                     "--timeout",   "100",  NULL};
    const char *const environment[] = {scene.endpoint, "ULOOP_LOG=debug", NULL};
    struct program *uloop = program_start(arguments, scene.project->root, environment);
    program_await_error_text(uloop, "waiting for the server to stop");
    program_free(scene.host); /* kills it */
    scene.host = NULL;
    struct program_end end = program_wait(uloop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    scene_free(&scene);
}

Test(tcp, is_found_again_at_the_same_port)
{
    struct scene scene = scene_new();
    program_signal(scene.host, SIGTERM);
    struct program_end end = program_wait(scene.host);
    program_end_clear(&end);
    char *before = memory_copy_string(scene.address);
    start_host(&scene, before);
    cr_expect_str_eq(scene.address, before);
    expect_run(&scene, "get-logs", NULL, 0, 0, "\"TotalCount\": 0");
    scene_free(&scene);
    free(before);
}
