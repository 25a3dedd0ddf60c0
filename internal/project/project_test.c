#include "project/project.h"

#include "base/memory.h"
#include "project/endpoint.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only root is let into every folder, and only root can become somebody who is not. */
static bool open_as_ordinary_user(const char *path, struct project *project, struct error *error)
{
    bool is_root = geteuid() == 0;
    cr_assert(!is_root || seteuid(65534) == 0);
    bool opened = project_open(path, project, error);
    cr_assert(!is_root || seteuid(0) == 0);
    return opened;
}

static void expect_root(const char *path, const char *root)
{
    struct project project;
    struct error error = {0};
    cr_assert(project_open(path, &project, &error), "%s", error.message);
    cr_expect_str_eq(project.root, root);
    char *name = endpoint_name(root);
    cr_expect_str_eq(project.endpoint_name, name);
    free(name);
    project_clear(&project);
}

static void expect_failure(const char *path, const char *message)
{
    struct project project;
    struct error error = {0};
    cr_assert_not(open_as_ordinary_user(path, &project, &error));
    cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
    cr_expect_str_eq(error.message, message);
    cr_expect_null(project.root);
    error_clear(&error);
}

/* `message` has a place for the folder it names: '@'. */
static void expect_failure_naming(const char *path, const char *message, const char *folder)
{
    int before = (int)strcspn(message, "@");
    char *whole = memory_format("%.*s%s%s", before, message, folder, message + before + 1);
    expect_failure(path, whole);
    free(whole);
}

/* A folder that everybody may look into. */
static struct temp_project *make_folder(void)
{
    struct temp_project *tree = temp_folder_new();
    cr_assert_eq(chmod(tree->root, 0755), 0);
    return tree;
}

/* A folder with two projects, one in the other, and a repository between them. */
static struct temp_project *make_tree(void)
{
    struct temp_project *tree = make_folder();
    temp_project_make_folder(tree, ".git");
    temp_project_make_folder(tree, "outer/Assets/Scripts/Deep");
    temp_project_make_folder(tree, "outer/ProjectSettings");
    temp_project_make_folder(tree, "outer/Tools/.git");
    temp_project_make_folder(tree, "outer/Tools/src");
    temp_project_make_folder(tree, "outer/Packages/inner/Assets");
    temp_project_make_folder(tree, "outer/Packages/inner/ProjectSettings");
    temp_project_make_folder(tree, "half/Assets");
    return tree;
}

static void enter(struct temp_project *tree, const char *relative)
{
    cr_assert_eq(chdir(temp_project_path(tree, relative)), 0);
}

static void expect_search_to_end_at(struct temp_project *tree, const char *from, const char *end)
{
    enter(tree, from);
    char *message = memory_format("There is no Unity project in %s or the folders above it, up to "
                                  "%s, where .git ends the search.",
                                  temp_project_path(tree, from), temp_project_path(tree, end));
    expect_failure(NULL, message);
    free(message);
}

Test(project, opens_the_named_folder)
{
    struct temp_project *tree = make_tree();
    expect_root(temp_project_path(tree, "outer"), temp_project_path(tree, "outer"));
    expect_root(temp_project_path(tree, "outer//"), temp_project_path(tree, "outer"));
    enter(tree, "half");
    expect_root("../outer/Assets/..", temp_project_path(tree, "outer"));
}

Test(project, resolves_symbolic_links_of_the_named_folder)
{
    struct temp_project *tree = make_tree();
    const char *link = temp_project_path(tree, "link");
    cr_assert_eq(symlink("outer", link), 0);
    expect_root(link, temp_project_path(tree, "outer"));
}

Test(project, named_folder_must_itself_be_a_project)
{
    struct temp_project *tree = make_tree();
    expect_failure_naming(temp_project_path(tree, "outer/Assets"),
                          "@ is not a Unity project: it has no Assets folder.",
                          temp_project_path(tree, "outer/Assets"));
    expect_failure_naming(temp_project_path(tree, "half"),
                          "@ is not a Unity project: it has no ProjectSettings folder.",
                          temp_project_path(tree, "half"));
}

Test(project, assets_that_is_a_file_makes_no_project)
{
    struct temp_project *tree = make_tree();
    temp_project_write(tree, "odd/Assets", "");
    temp_project_make_folder(tree, "odd/ProjectSettings");
    cr_expect_not(project_is_at(temp_project_path(tree, "odd")));
    cr_expect(project_is_at(temp_project_path(tree, "outer")));
}

Test(project, climbs_to_the_first_project)
{
    struct temp_project *tree = make_tree();
    enter(tree, "outer/Assets/Scripts/Deep");
    expect_root(NULL, temp_project_path(tree, "outer"));
    enter(tree, "outer/Packages/inner/Assets");
    expect_root(NULL, temp_project_path(tree, "outer/Packages/inner"));
    enter(tree, "outer/Packages");
    expect_root(NULL, temp_project_path(tree, "outer"));
}

Test(project, a_project_with_a_repository_is_found)
{
    struct temp_project *tree = make_tree();
    temp_project_write(tree, "outer/Packages/inner/.git", "gitdir: elsewhere\n");
    enter(tree, "outer/Packages/inner/Assets");
    expect_root(NULL, temp_project_path(tree, "outer/Packages/inner"));
}

Test(project, climbing_stops_at_a_repository_without_a_project)
{
    struct temp_project *tree = make_tree();
    expect_search_to_end_at(tree, "outer/Tools/src", "outer/Tools");
}

Test(project, climbing_stops_at_a_repository_whose_git_is_a_file)
{
    struct temp_project *tree = make_tree();
    temp_project_write(tree, "outer/Assets/Module/.git", "gitdir: elsewhere\n");
    expect_search_to_end_at(tree, "outer/Assets/Module", "outer/Assets/Module");
}

Test(project, climbing_ends_at_the_root)
{
    cr_assert_eq(chdir("/"), 0);
    expect_failure(NULL, "There is no Unity project in / or the folders above it, up to /.");
}

Test(project, removed_current_folder_is_an_error)
{
    struct temp_project *tree = make_folder();
    temp_project_make_folder(tree, "gone");
    enter(tree, "gone");
    cr_assert_eq(rmdir(temp_project_path(tree, "gone")), 0);
    expect_failure(NULL,
                   "The current folder cannot be used; was it removed? Cannot resolve the path "
                   ".: no such file or directory.");
}

Test(project, empty_path_is_an_error)
{
    expect_failure("", "The project path is empty.");
}

Test(project, missing_folder_is_an_error)
{
    struct temp_project *tree = make_folder();
    const char *missing = temp_project_path(tree, "missing");
    expect_failure_naming(missing, "There is no folder @.", missing);
}

Test(project, file_is_an_error)
{
    struct temp_project *tree = make_folder();
    const char *file = temp_project_write(tree, "file", "text");
    expect_failure_naming(file, "@ is not a folder.", file);
    const char *below = temp_project_path(tree, "file/below");
    expect_failure_naming(below, "@ is not a folder.", below);
}

Test(project, folder_that_cannot_be_read_is_an_error)
{
    struct temp_project *tree = make_tree();
    const char *locked = temp_project_path(tree, "outer");
    cr_assert_eq(chmod(locked, 0), 0);
    expect_failure_naming(locked, "The folder @ cannot be read: permission denied.", locked);
    expect_failure_naming(temp_project_path(tree, "outer/Assets"),
                          "The folder @ cannot be read: permission denied.",
                          temp_project_path(tree, "outer/Assets"));
}

Test(project, climbing_does_not_pass_a_folder_that_cannot_be_read)
{
    struct temp_project *tree = make_tree();
    const char *locked = temp_project_make_folder(tree, "outer/Assets/locked");
    enter(tree, "outer/Assets/locked");
    cr_assert_eq(chmod(locked, 0), 0);
    expect_failure_naming(NULL, "The folder @ cannot be read: permission denied.", locked);
}

Test(project, path_longer_than_the_system_allows_is_an_error)
{
    char path[4096 + 1];
    memset(path, 'a', sizeof path - 1);
    for (size_t i = 0; i < sizeof path - 1; i += 100)
        path[i] = '/';
    path[sizeof path - 1] = '\0';
    expect_failure(path, "The project path is longer than this system allows (4096 bytes).");
}

Test(project, path_that_is_not_utf8_is_an_error)
{
    struct temp_project *tree = make_folder();
    temp_project_make_folder(tree, "\xff/Assets");
    temp_project_make_folder(tree, "\xff/ProjectSettings");
    const char *path = temp_project_path(tree, "\xff");
    expect_failure_naming(path, "The path of the project @ is not valid UTF-8.", path);
}

Test(project, file_is_below_the_root)
{
    struct project project = {.root = (char *)"/"};
    char *path = project_file(&project, "Temp/UnityCliLoop");
    cr_expect_str_eq(path, "/Temp/UnityCliLoop");
    free(path);
    path = project_path("/home/dev/Game", ".uloop/tools.json");
    cr_expect_str_eq(path, "/home/dev/Game/.uloop/tools.json");
    free(path);
}
