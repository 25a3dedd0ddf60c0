#include "host/source_tree.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct source_tree scan(struct temp_project *project)
{
    struct source_tree tree;
    source_tree_scan(project->root, &tree);
    return tree;
}

Test(source_tree, finds_scripts_and_definitions_sorted)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/b/B.cs", "b");
    temp_project_write(project, "Assets/a/A.cs", "a");
    temp_project_write(project, "Assets/a/A.asmdef", "{\"name\":\"A\"}");
    temp_project_write(project, "Assets/a/A.asmdef.meta", "fileFormatVersion: 2\nguid: 00ff\n");
    temp_project_write(project, "Packages/p/P.cs", "p");
    temp_project_write(project, "Assets/readme.txt", "x");
    temp_project_write(project, "Other/O.cs", "x");
    struct source_tree tree = scan(project);
    cr_expect_eq(tree.faults.count, 0);
    cr_assert_eq(tree.script_count, 3);
    cr_expect_str_eq(tree.scripts[0].path, "Assets/a/A.cs");
    cr_expect_str_eq(tree.scripts[1].path, "Assets/b/B.cs");
    cr_expect_str_eq(tree.scripts[2].path, "Packages/p/P.cs");
    cr_assert_eq(tree.definition_count, 1);
    cr_expect_str_eq(tree.definitions[0].path, "Assets/a/A.asmdef");
    cr_expect_str_eq(tree.definitions[0].folder, "Assets/a");
    cr_expect_str_eq(tree.definitions[0].guid, "00ff");
    cr_expect_str_eq(tree.definitions[0].text.data, "{\"name\":\"A\"}");
    source_tree_clear(&tree);
}

Test(source_tree, leaves_out_what_unity_leaves_out)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/.hidden/A.cs", "x");
    temp_project_write(project, "Assets/.hidden.cs", "x");
    temp_project_write(project, "Assets/Samples~/A.cs", "x");
    temp_project_write(project, "Assets/CVS/A.cs", "x");
    temp_project_write(project, "Assets/x.tmp/A.cs", "x");
    temp_project_write(project, "Assets/A.cs", "x");
    struct source_tree tree = scan(project);
    cr_assert_eq(tree.script_count, 1);
    cr_expect_str_eq(tree.scripts[0].path, "Assets/A.cs");
    source_tree_clear(&tree);
}

Test(source_tree, tells_contents_apart)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/A.cs", "class A {}");
    temp_project_write(project, "Assets/B.cs", "class A {}");
    temp_project_write(project, "Assets/C.cs", "class C {}");
    struct source_tree tree = scan(project);
    cr_assert_eq(tree.script_count, 3);
    cr_expect_eq(memcmp(tree.scripts[0].digest, tree.scripts[1].digest, SHA256_SIZE), 0);
    cr_expect_neq(memcmp(tree.scripts[0].digest, tree.scripts[2].digest, SHA256_SIZE), 0);
    source_tree_clear(&tree);
}

Test(source_tree, follows_links_but_not_in_a_circle)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Elsewhere/E.cs", "x");
    temp_project_write(project, "Assets/deep/A.cs", "x");
    cr_assert_eq(symlink("../Elsewhere", temp_project_path(project, "Assets/link")), 0);
    cr_assert_eq(symlink("..", temp_project_path(project, "Assets/deep/up")), 0);
    cr_assert_eq(symlink("nowhere", temp_project_path(project, "Assets/Gone.cs")), 0);
    struct source_tree tree = scan(project);
    cr_expect_eq(tree.faults.count, 0);
    cr_assert_eq(tree.script_count, 2);
    cr_expect_str_eq(tree.scripts[0].path, "Assets/deep/A.cs");
    cr_expect_str_eq(tree.scripts[1].path, "Assets/link/E.cs");
    source_tree_clear(&tree);
}

Test(source_tree, reports_what_cannot_be_read_without_blocking)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/A.cs", "x");
    cr_assert_eq(mkfifo(temp_project_path(project, "Assets/Pipe.cs"), 0600), 0);
    struct source_tree tree = scan(project);
    cr_expect_eq(tree.script_count, 1);
    cr_assert_eq(tree.faults.count, 1);
    cr_expect_str_eq(tree.faults.items[0].file, "Assets/Pipe.cs");
    source_tree_clear(&tree);
}

Test(source_tree, reports_a_line_break_in_a_name)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/A\nB.cs", "x");
    struct source_tree tree = scan(project);
    cr_expect_eq(tree.script_count, 0);
    cr_expect_eq(tree.faults.count, 1);
    source_tree_clear(&tree);
}

Test(source_tree, is_empty_where_there_is_nothing)
{
    struct temp_project *project = temp_folder_new();
    struct source_tree tree = scan(project);
    cr_expect_eq(tree.script_count, 0);
    cr_expect_eq(tree.definition_count, 0);
    cr_expect_eq(tree.faults.count, 0);
    source_tree_clear(&tree);
}
