#include "launch/tree.h"

#include "base/buffer.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Test(tree, is_emptied_whatever_is_in_it)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    (void)temp_project_write(folder, "Temp/a/b/c/file", "x");
    (void)temp_project_write(folder, "Temp/file", "x");
    (void)temp_project_make_folder(folder, "Temp/empty");
    cr_assert_eq(mkfifo(temp_project_path(folder, "Temp/fifo"), 0600), 0);
    cr_assert_eq(symlink("nowhere", temp_project_path(folder, "Temp/dangling")), 0);
    for (int i = 0; i < 1000; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "Temp/many/%d", i);
        (void)temp_project_write(folder, name, "");
    }
    cr_expect(tree_empty(temp_project_path(folder, "Temp"), &error), "%s", error.message);
    cr_expect_eq(temp_project_count(folder, "Temp"), 0);
    temp_project_free(folder);
}

Test(tree, is_left_by_no_link)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    (void)temp_project_write(folder, "precious/file", "x");
    (void)temp_project_make_folder(folder, "Temp/inner");
    const char *precious = temp_project_path(folder, "precious");
    cr_assert_eq(symlink(precious, temp_project_path(folder, "Temp/out")), 0);
    cr_assert_eq(symlink("../../precious", temp_project_path(folder, "Temp/inner/out")), 0);
    cr_expect(tree_empty(temp_project_path(folder, "Temp"), &error), "%s", error.message);
    cr_expect_eq(temp_project_count(folder, "Temp"), 0);
    cr_expect(temp_project_has(folder, "precious/file"));
    temp_project_free(folder);
}

Test(tree, is_not_touched_through_a_link_in_its_own_place)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    (void)temp_project_write(folder, "precious/file", "x");
    cr_assert_eq(symlink("precious", temp_project_path(folder, "Temp")), 0);
    cr_expect_not(tree_empty(temp_project_path(folder, "Temp"), &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(temp_project_has(folder, "precious/file"));
    error_clear(&error);
    cr_expect_not(tree_empty(temp_project_path(folder, "nowhere"), &error));
    error_clear(&error);
    temp_project_free(folder);
}

Test(tree, is_emptied_of_the_rest_when_something_stays)
{
    enum {
        DEPTH = 200
    };
    struct temp_project *folder = temp_folder_new();
    struct buffer deep = {0};
    struct error error = {0};
    buffer_append_string(&deep, "Temp");
    for (int i = 0; i < DEPTH; i++)
        buffer_append_string(&deep, "/d");
    (void)temp_project_make_folder(folder, deep.data);
    (void)temp_project_write(folder, "Temp/a", "x");
    (void)temp_project_write(folder, "Temp/z", "x");
    cr_expect_not(tree_empty(temp_project_path(folder, "Temp"), &error));
    cr_expect(strstr(error.message, "Cannot remove"), "%s", error.message);
    cr_expect_eq(temp_project_count(folder, "Temp"), 1);
    error_clear(&error);
    buffer_clear(&deep);
    temp_project_free(folder);
}
