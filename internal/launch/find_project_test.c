#include "launch/find_project.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void make_project(struct temp_project *folder, const char *relative)
{
    char *assets = memory_format("%s/Assets", relative);
    char *settings = memory_format("%s/ProjectSettings", relative);
    (void)temp_project_make_folder(folder, assets);
    (void)temp_project_make_folder(folder, settings);
    free(settings);
    free(assets);
}

/* A folder without a project, which is the current one. No search goes up beyond it. */
static struct temp_project *enter_folder(void)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_make_folder(folder, ".git");
    cr_assert_eq(chdir(folder->root), 0);
    return folder;
}

static void expect_project(struct temp_project *folder, const char *path, int64_t max_depth,
                           const char *relative)
{
    struct project project;
    struct error error = {0};
    cr_assert(find_project(path, max_depth, &project, &error), "%s", error.message);
    cr_expect_str_eq(project.root, temp_project_path(folder, relative));
    project_clear(&project);
}

static void expect_refusal(const char *path, int64_t max_depth, const char *words)
{
    struct project project;
    struct error error = {0};
    cr_assert_not(find_project(path, max_depth, &project, &error));
    cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
    cr_expect(strstr(error.message, words), "\"%s\" is not in: %s", words, error.message);
    error_clear(&error);
}

Test(find_project, takes_the_one_above_before_any_below)
{
    struct temp_project *folder = enter_folder();
    make_project(folder, "game");
    make_project(folder, "game/Assets/deep/other");
    cr_assert_eq(chdir(temp_project_path(folder, "game/Assets/deep")), 0);
    expect_project(folder, NULL, 3, "game");
}

Test(find_project, takes_the_only_one_below)
{
    struct temp_project *folder = enter_folder();
    make_project(folder, "clients/game");
    (void)temp_project_make_folder(folder, "server/Assets");
    expect_project(folder, NULL, 3, "clients/game");
    expect_project(folder, ".", 3, "clients/game");
    expect_project(folder, "clients", 3, "clients/game");
    expect_project(folder, "clients/game", 0, "clients/game");
}

Test(find_project, looks_as_deep_as_it_may)
{
    struct temp_project *folder = enter_folder();
    make_project(folder, "1/2/3/4");
    expect_refusal(NULL, 3, "down to a depth of 3");
    expect_refusal(NULL, 0, "down to a depth of 0");
    expect_project(folder, NULL, 4, "1/2/3/4");
    expect_project(folder, NULL, -1, "1/2/3/4");
}

Test(find_project, names_all_when_there_are_several)
{
    struct temp_project *folder = enter_folder();
    make_project(folder, "b");
    make_project(folder, "a/nested");
    struct project project;
    struct error error = {0};
    cr_assert_not(find_project(NULL, 3, &project, &error));
    char *expected = memory_format("There are 2 Unity projects below %s: %s/b, %s/a/nested.",
                                   folder->root, folder->root, folder->root);
    cr_expect_str_eq(error.message, expected);
    free(expected);
    error_clear(&error);
}

Test(find_project, looks_into_no_project_and_no_folder_of_tools)
{
    static const char *const SKIPPED[] = {".git", "Build", "Builds",       "Library",
                                          "Logs", "Temp",  "node_modules", "obj"};
    struct temp_project *folder = enter_folder();
    for (size_t i = 0; i < sizeof(SKIPPED) / sizeof(SKIPPED[0]); i++) {
        char *relative = memory_format("%s/copy", SKIPPED[i]);
        make_project(folder, relative);
        free(relative);
    }
    expect_refusal(NULL, -1, "There is no Unity project");
    make_project(folder, "game");
    make_project(folder, "game/Packages/sample");
    expect_project(folder, NULL, -1, "game");
}

Test(find_project, follows_no_link)
{
    struct temp_project *folder = enter_folder();
    struct temp_project *elsewhere = temp_project_new();
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(folder, "game")), 0);
    cr_assert_eq(symlink("..", temp_project_path(folder, "loop")), 0);
    expect_refusal(NULL, -1, "There is no Unity project");
}

Test(find_project, says_what_is_wrong_with_a_path_that_is_no_folder)
{
    struct temp_project *folder = enter_folder();
    (void)temp_project_write(folder, "file", "");
    expect_refusal("nowhere", 3, "There is no folder nowhere.");
    expect_refusal("file", 3, "file is not a folder.");
}
