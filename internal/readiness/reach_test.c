#include "readiness/reach.h"

#include "ipc/token.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct scene {
    struct temp_project *folder;
    struct project project;
    struct reach reach;
    struct error error;
};

static void scene_open(struct scene *scene, const char *endpoint, const char *token_file)
{
    *scene = (struct scene){.folder = temp_project_new()};
    cr_assert(project_open(scene->folder->root, &scene->project, &scene->error));
    cr_assert_eq(setenv("ULOOP_ENDPOINT", endpoint, 1), 0);
    cr_assert_eq(setenv("ULOOP_TOKEN_FILE", token_file, 1), 0);
}

static void scene_close(struct scene *scene)
{
    reach_close(&scene->reach);
    project_clear(&scene->project);
    error_clear(&scene->error);
}

static bool look(struct scene *scene)
{
    return reach_look(&scene->reach, &scene->project, &scene->error);
}

Test(reach, leads_to_the_contracts_socket_unless_told_otherwise)
{
    struct scene scene;
    scene_open(&scene, "", "");
    cr_assert(reach_open(&scene.reach, &scene.project, &scene.error));
    cr_assert(look(&scene));
    cr_expect_not(scene.reach.is_told);
    cr_expect(strstr(scene.reach.destination.address, scene.project.endpoint_name));
    cr_expect_null(scene.reach.destination.token);
    scene_close(&scene);
}

Test(reach, leads_where_the_user_says_with_the_projects_own_token)
{
    struct scene scene;
    scene_open(&scene, "tcp:127.0.0.1:4711", "");
    cr_assert(reach_open(&scene.reach, &scene.project, &scene.error));
    cr_expect(scene.reach.is_told);
    cr_expect_not(look(&scene), "there is no server that made a token");
    cr_expect_eq(scene.error.code, E_NOT_REACHABLE);
    error_clear(&scene.error);
    temp_project_write(scene.folder, TOKEN_FILE, TOKEN "\n");
    cr_assert(look(&scene));
    cr_expect_str_eq(scene.reach.destination.address, "tcp:127.0.0.1:4711");
    cr_expect_str_eq(scene.reach.destination.token, TOKEN);
    scene_close(&scene);
}

Test(reach, takes_the_token_file_that_the_user_names)
{
    struct scene scene;
    struct temp_project *elsewhere = temp_folder_new();
    scene_open(&scene, "tcp:[::1]:1", temp_project_write(elsewhere, "token", TOKEN));
    cr_assert(reach_open(&scene.reach, &scene.project, &scene.error));
    cr_assert(look(&scene));
    cr_expect_str_eq(scene.reach.destination.token, TOKEN);
    temp_project_write(elsewhere, "token", "no token");
    cr_expect_not(look(&scene));
    cr_expect_eq(scene.error.code, E_ENDPOINT_DENIED);
    cr_expect_null(scene.reach.destination.token);
    scene_close(&scene);
}

Test(reach, refuses_an_endpoint_that_is_no_loopback_address)
{
    static const char *const WORDS[] = {"tcp:10.0.0.1:1", "127.0.0.1:1", "/tmp/socket", "tcp:"};
    for (size_t at = 0; at < sizeof(WORDS) / sizeof(WORDS[0]); at++) {
        struct scene scene;
        scene_open(&scene, WORDS[at], "");
        cr_expect_not(reach_open(&scene.reach, &scene.project, &scene.error), "%s", WORDS[at]);
        cr_expect_eq(scene.error.code, E_INVALID_ARGUMENT);
        cr_expect(strstr(scene.error.message, "ULOOP_ENDPOINT"), "%s", scene.error.message);
        project_clear(&scene.project);
        error_clear(&scene.error);
    }
}
