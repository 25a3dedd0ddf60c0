#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

Test(temp_project, is_a_unity_project_with_a_canonical_root)
{
    struct temp_project *project = temp_project_new();
    char *canonical = realpath(project->root, NULL);
    cr_expect_str_eq(project->root, canonical);
    cr_expect(temp_project_has(project, "Assets"));
    cr_expect(temp_project_has(project, "Temp/UnityCliLoop"));
    cr_expect_str_eq(temp_project_read(project, "ProjectSettings/ProjectVersion.txt"),
                     "m_EditorVersion: 2022.3.62f1\n");
    free(canonical);
    temp_project_free(project);
}

Test(temp_project, never_shares_a_root_with_another)
{
    struct temp_project *one = temp_project_new();
    struct temp_project *two = temp_project_new();
    cr_expect_str_neq(one->root, two->root);
    temp_project_free(two);
    temp_project_free(one);
}

Test(temp_project, folder_is_empty)
{
    struct temp_project *folder = temp_folder_new();
    cr_expect_eq(temp_project_count(folder, ""), 0);
    temp_project_free(folder);
}

Test(temp_project, writes_files_and_the_folders_above_them)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_write(project, "Assets/a/b/c.txt", "hello");
    cr_expect_str_eq(path, temp_project_path(project, "Assets/a/b/c.txt"));
    cr_expect_str_eq(temp_project_read(project, "Assets/a/b/c.txt"), "hello");
    (void)temp_project_write(project, "Assets/a/b/c.txt", "x");
    cr_expect_str_eq(temp_project_read(project, "Assets/a/b/c.txt"), "x");
    cr_expect_null(temp_project_read(project, "Assets/a/b/absent.txt"));
    cr_expect_eq(temp_project_count(project, "Assets/a/b"), 1);
    temp_project_free(project);
}

Test(temp_project, free_removes_the_tree_but_follows_no_link)
{
    struct temp_project *outside = temp_folder_new();
    struct temp_project *project = temp_project_new();
    (void)temp_project_write(outside, "kept/file.txt", "kept");
    cr_assert_eq(symlink(outside->root, temp_project_path(project, "Assets/link")), 0);
    cr_assert_eq(symlink("/nowhere/at/all", temp_project_path(project, "dangling")), 0);
    cr_assert_eq(mkfifo(temp_project_path(project, "fifo"), 0600), 0);
    cr_assert_eq(chmod(temp_project_make_folder(project, "closed/inside"), 0), 0);
    cr_assert_eq(chmod(temp_project_path(project, "closed"), 0), 0);
    char *root = strdup(project->root);
    temp_project_free(project);
    cr_expect_neq(access(root, F_OK), 0);
    cr_expect_str_eq(temp_project_read(outside, "kept/file.txt"), "kept");
    free(root);
    temp_project_free(outside);
}
