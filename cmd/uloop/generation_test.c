/* Commands against Editors of the second and third generation, which have no state file. */

#include "editor_scene.h"

#include "base/memory.h"
#include "testkit/cleanup.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* An Editor that lives and listens. */
static struct editor_scene scene_of(int generation)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_set_generation(scene.editor, generation);
    test_editor_listen(scene.editor);
    return scene;
}

static struct program *start_tool(const struct editor_scene *scene)
{
    return start_uloop(scene->project, "run-tests", NULL, NULL);
}

static void refuse(struct test_request *request, const char *version)
{
    char *data = memory_format("{\"type\":\"cli_update_required\",\"message\":\"Update the CLI.\","
                               "\"currentProtocolVersion\":1,\"requiredProtocolVersion\":%s,"
                               "\"updateCommand\":\"uloop update\"}",
                               version);
    test_request_error(request, -32603, "Update the CLI.", data);
    free(data);
}

static int version_of(const struct test_request *request)
{
    return cJSON_GetObjectItem(request->uloop, "protocolVersion")->valueint;
}

Test(generation, of_the_third_kind_is_found_in_the_users_own_folder)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop = start_tool(&scene);
    struct test_request *request = test_editor_accept(scene.editor);
    test_request_acknowledge(request, "10");
    test_request_beat(request, "0.5");
    test_request_answer(request, "{\"Passed\":3}");
    expect_end(program_wait(uloop), 0, "\"Passed\": 3");
    editor_scene_free(&scene);
}

Test(generation, of_the_third_kind_is_asked_again_in_its_own_protocol)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop = start_tool(&scene);
    struct test_request *first = test_editor_accept(scene.editor);
    refuse(first, "4");
    struct test_request *second = test_editor_accept(scene.editor);
    cr_expect_str_eq(second->method, first->method);
    cr_expect_eq(version_of(second), 4);
    test_request_answer(second, "{\"Passed\":3}");
    expect_end(program_wait(uloop), 0, "\"Passed\": 3");
    cr_expect_eq(test_editor_dispatched(scene.editor), (size_t)2);
    editor_scene_free(&scene);
}

/* A whole compile in another protocol: only its first request is refused. */
Test(generation, of_the_third_kind_compiles_in_its_own_protocol)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    refuse(test_editor_accept(scene.editor), "4");
    struct test_request *compile = test_editor_accept(scene.editor);
    cr_expect_eq(version_of(compile), 4);
    test_request_acknowledge(compile, "10");
    test_request_answer(compile, "{\"Success\":true,\"ErrorCount\":0}");
    test_request_close(compile);
    struct test_request *status = test_editor_accept(scene.editor);
    cr_expect_str_eq(status->method, "get-compile-status");
    cr_expect_eq(version_of(status), 4);
    test_request_answer(status, "{\"Ready\":true,\"HasResult\":false}");
    expect_end(program_wait(uloop), 0, "\"Success\": true");
    editor_scene_free(&scene);
}

Test(generation, of_the_third_kind_that_refuses_twice_is_told)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop = start_tool(&scene);
    refuse(test_editor_accept(scene.editor), "4");
    refuse(test_editor_accept(scene.editor), "5");
    struct program_end end = program_wait(uloop);
    cr_expect(strstr(end.err, "CLI_UPDATE_REQUIRED"), "%s", end.err);
    cr_expect(strstr(end.err, "\"requiredProtocolVersion\": 5"), "%s", end.err);
    expect_end(end, 5, "Update the CLI.");
    editor_scene_free(&scene);
}

Test(generation, of_the_second_kind_is_waited_for_through_its_reload)
{
    struct editor_scene scene = scene_of(2);
    struct program *uloop = start_uloop(scene.project, "compile", NULL, NULL);
    struct test_request *compile = test_editor_accept(scene.editor);
    test_request_acknowledge(compile, "10");
    test_editor_stop_listening(scene.editor, true);
    test_editor_drop_connections(scene.editor);
    program_await_error_text(uloop, "no such file"); /* it has asked, and nobody was there */
    test_editor_listen(scene.editor);
    struct test_request *status = test_editor_accept(scene.editor);
    cr_expect_str_eq(test_request_text(status, "RequestId"),
                     test_request_text(compile, "RequestId"));
    test_request_answer(status, "{\"Ready\":false,\"IsDomainReloadInProgress\":true}");
    status = test_editor_accept(scene.editor);
    test_request_answer(status, "{\"Ready\":true,\"HasResult\":true,\"Result\":"
                                "{\"Success\":false,\"ErrorCount\":1}}");
    expect_end(program_wait(uloop), 1, "\"ErrorCount\": 1");
    editor_scene_free(&scene);
}

Test(generation, with_heartbeats_tells_on_the_terminal_that_the_editor_stands_still)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop =
        program_start_with(&(struct program_setup){.arguments = ARGUMENTS("run-tests"),
                                                   .folder = scene.project->root,
                                                   .has_terminal_errors = true});
    struct test_request *request = test_editor_accept(scene.editor);
    test_request_acknowledge(request, "10");
    program_await_error_text(uloop, "run-tests");
    test_request_beat(request, "42.4");
    program_await_error_text(uloop, "main thread has stood still for 42 s");
    test_request_beat(request, "0");
    test_request_answer(request, "{}");
    expect_end(program_wait(uloop), 0, "{");
    editor_scene_free(&scene);
}

static void expect_given_up(const char *command, const char *interval, const char *stall,
                            const char *words)
{
    struct editor_scene scene = scene_of(3);
    struct program *uloop = start_uloop(scene.project, command, NULL, NULL);
    struct test_request *request = test_editor_accept(scene.editor);
    test_request_acknowledge(request, interval);
    if (stall)
        test_request_beat(request, stall);
    struct program_end end = program_wait(uloop);
    cr_expect(strstr(end.err, "UNITY_DISCONNECTED_AFTER_DISPATCH"), "%s", end.err);
    cr_expect(strstr(end.err, "\"safeToRetry\": false"), "%s", end.err);
    expect_end(end, 6, words);
    editor_scene_free(&scene);
}

Test(generation, with_heartbeats_is_given_up_when_it_is_frozen)
{
    expect_given_up("run-tests", "10", "300", "The Editor is frozen");
    expect_given_up("compile", "10", "1e9", "The Editor is frozen");
}

Test(generation, with_heartbeats_is_given_up_when_it_is_silent)
{
    expect_given_up("run-tests", "0.02", NULL, "silent for 0.12 s");
    expect_given_up("compile", "0.02", "0", "silent for 0.12 s");
}

/* --- The folder of the third generation --- */

/* A user of whom nobody has heard, and no other run of this test either: its folder is ours to
 * make. Some containers have no more than 65536 users. */
static uid_t somebody(void)
{
    return 10000 + (uid_t)getpid() % 50000;
}

static void remove_folder(void *folder)
{
    struct stat found;
    char *socket = NULL;
    (void)lstat(folder, &found);
    if (S_ISDIR(found.st_mode)) {
        socket = memory_format("rm -rf %s", (char *)folder);
        (void)!system(socket);
    } else {
        (void)unlink(folder);
    }
    free(socket);
    free(folder);
}

/* Runs a command as somebody, with the folder as it was made by now, and something by the name of
 * the project's socket in it. */
static void expect_distrust(const struct editor_scene *scene, const char *folder, const char *words)
{
    char *socket = memory_format("%s/%s", folder, strrchr(test_editor_socket(scene->editor), '/'));
    testkit_write_file(socket, "", 0);
    expect_end(program_run_with(&(struct program_setup){.arguments = ARGUMENTS("get-hierarchy"),
                                                        .folder = scene->project->root,
                                                        .user = somebody()}),
               3, words);
    free(socket);
}

Test(generation, of_the_third_kind_is_not_trusted_in_a_folder_that_others_made)
{
    if (geteuid() != 0)
        cr_skip_test("only root can make what another user would have made");
    struct editor_scene scene = editor_scene_new();
    char *folder = memory_format("/tmp/uloop-%lu", (unsigned long)somebody());
    cr_assert_eq(chmod(scene.project->root, 0755), 0);
    cr_assert_eq(mkdir(folder, 0700), 0);
    cleanup_register(remove_folder, folder);
    cr_assert_eq(chmod(folder, 0755), 0);
    expect_distrust(&scene, folder, "belongs to another user (uid 0)");
    cr_assert_eq(chown(folder, somebody(), somebody()), 0);
    expect_distrust(&scene, folder, "has mode 0755");
    char *elsewhere = memory_format("%s.moved", folder);
    cr_assert_eq(rename(folder, elsewhere), 0);
    cr_assert_eq(symlink(elsewhere, folder), 0);
    expect_distrust(&scene, folder, "is no real folder");
    cr_assert_eq(unlink(folder), 0);
    cr_assert_eq(rename(elsewhere, folder), 0);
    free(elsewhere);
    editor_scene_free(&scene);
}
