#include "project/own_folder.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static void expect_refused(struct temp_project *project, enum error_code code, const char *words)
{
    struct error error = {0};
    cr_expect_not(own_folder_is_there(project->root));
    cr_expect_not(own_folder_make(project->root, &error), "%s", words);
    cr_expect_eq(error.code, code);
    cr_expect(error.message && strstr(error.message, words), "%s", error.message);
    error_clear(&error);
}

Test(own_folder, is_made_once)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    cr_expect_not(own_folder_is_there(project->root));
    for (int time = 0; time < 2; time++) {
        cr_expect(own_folder_make(project->root, &error), "%s", error.message);
        cr_expect(own_folder_is_there(project->root));
    }
    temp_project_free(project);
}

Test(own_folder, is_refused_where_something_else_is_in_its_place)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_path(project, ".uloop");
    cr_assert_eq(symlink(temp_project_make_folder(project, "elsewhere"), path), 0);
    expect_refused(project, E_SYSTEM, "is a symbolic link");
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(symlink("nowhere", path), 0);
    expect_refused(project, E_SYSTEM, "is a symbolic link");
    cr_expect_not(temp_project_has(project, "nowhere"));
    cr_assert_eq(unlink(path), 0);
    temp_project_write(project, ".uloop", "");
    expect_refused(project, E_SYSTEM, path);
    temp_project_free(project);
}

Test(own_folder, is_not_made_where_the_project_is_gone)
{
    struct temp_project *folder = temp_folder_new();
    cr_assert_eq(rmdir(folder->root), 0);
    expect_refused(folder, E_PROJECT_NOT_FOUND, "is not there any more");
    cr_expect_neq(access(folder->root, F_OK), 0);
}
