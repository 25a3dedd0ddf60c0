#include "base/file.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

Test(file_identity, is_that_of_the_file_as_it_was)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "x");
    const char *kept = temp_project_path(folder, "kept");
    struct file_identity identity = file_identify(path);
    cr_expect(file_is_same(path, &identity));
    cr_assert_eq(rename(path, kept), 0);
    cr_expect_not(file_is_same(path, &identity));
    (void)temp_project_write(folder, "file", "x");
    cr_expect_not(file_is_same(path, &identity));
    temp_project_free(folder);
}

Test(file_identity, of_nothing_is_that_of_nothing_alone)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "file");
    struct file_identity identity = file_identify(path);
    cr_expect(file_is_same(path, &identity));
    (void)temp_project_write(folder, "file", "x");
    cr_expect_not(file_is_same(path, &identity));
    temp_project_free(folder);
}

Test(file_identity, is_that_of_a_link_itself)
{
    struct temp_project *folder = temp_folder_new();
    const char *file = temp_project_write(folder, "file", "x");
    const char *link = temp_project_path(folder, "link");
    cr_assert_eq(symlink("file", link), 0);
    struct file_identity identity = file_identify(link);
    cr_expect(file_is_same(link, &identity));
    cr_expect_not(file_is_same(file, &identity));
    temp_project_free(folder);
}
