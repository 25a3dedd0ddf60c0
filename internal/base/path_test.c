#include "base/path.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Test(path, equality_follows_the_systems_rules)
{
    cr_expect(path_equals("/dev/Game", "/dev/Game", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Game", "/dev/game", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Game", "/dev/Gam", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Gam", "/dev/Game", PATH_UNIX));
    cr_expect_not(path_equals("/dev\\Game", "/dev/Game", PATH_UNIX));
    cr_expect(path_equals("/dev/Game", "/DEV/game", PATH_DARWIN));
    cr_expect_not(path_equals("/dev\\Game", "/dev/Game", PATH_DARWIN));
    cr_expect(path_equals("C:\\work/Game", "c:/Work\\GAME", PATH_WINDOWS));
    cr_expect_not(path_equals("C:\\work", "C:\\work2", PATH_WINDOWS));
    cr_expect(path_equals("", "", PATH_UNIX));
}

Test(path, is_absolute_when_it_begins_at_a_root)
{
    cr_expect(path_is_absolute("/", PATH_UNIX));
    cr_expect(path_is_absolute("/dev", PATH_DARWIN));
    cr_expect_not(path_is_absolute("dev/Game", PATH_UNIX));
    cr_expect_not(path_is_absolute("", PATH_UNIX));
    cr_expect_not(path_is_absolute("C:\\work", PATH_UNIX));
    cr_expect(path_is_absolute("C:\\work", PATH_WINDOWS));
    cr_expect(path_is_absolute("\\\\server\\share", PATH_WINDOWS));
    cr_expect_not(path_is_absolute("C:work", PATH_WINDOWS));
    cr_expect_not(path_is_absolute("work", PATH_WINDOWS));
}

static void expect_text(char *actual, const char *expected)
{
    if (expected)
        cr_expect_str_eq(actual, expected);
    else
        cr_expect_null(actual);
    free(actual);
}

Test(path, join_puts_one_separator_between)
{
    expect_text(path_join("/a", "b"), "/a/b");
    expect_text(path_join("/a/", "b"), "/a/b");
    expect_text(path_join("/", "b"), "/b");
    expect_text(path_join("", "b"), "b");
    expect_text(path_join("a", ""), "a/");
    expect_text(path_join("a", "b/c"), "a/b/c");
}

Test(path, parent_is_the_folder_that_holds_it)
{
    expect_text(path_parent("/a/b"), "/a");
    expect_text(path_parent("/a/b/"), "/a");
    expect_text(path_parent("/a//b//"), "/a");
    expect_text(path_parent("/a"), "/");
    expect_text(path_parent("//a"), "/");
    expect_text(path_parent("a/b"), "a");
    expect_text(path_parent("/"), NULL);
    expect_text(path_parent("///"), NULL);
    expect_text(path_parent("a"), NULL);
    expect_text(path_parent("a/"), NULL);
    expect_text(path_parent(""), NULL);
}

Test(path, name_is_what_stands_behind_the_last_separator)
{
    cr_expect_str_eq(path_name("/a/b", PATH_UNIX), "b");
    cr_expect_str_eq(path_name("b", PATH_UNIX), "b");
    cr_expect_str_eq(path_name("/a/", PATH_UNIX), "");
    cr_expect_str_eq(path_name("C:\\a\\b", PATH_UNIX), "C:\\a\\b");
    cr_expect_str_eq(path_name("C:\\a\\b", PATH_WINDOWS), "b");
    cr_expect_str_eq(path_name("C:/a\\b/c", PATH_WINDOWS), "c");
}

static void expect_trimmed(const char *path, enum path_style style, const char *expected)
{
    char *text = memory_copy_string(path);
    path_trim(text, style);
    expect_text(text, expected);
}

Test(path, trim_cuts_trailing_separators_but_leaves_the_root)
{
    expect_trimmed("/a/b", PATH_UNIX, "/a/b");
    expect_trimmed("/a/b///", PATH_UNIX, "/a/b");
    expect_trimmed("/", PATH_UNIX, "/");
    expect_trimmed("///", PATH_UNIX, "/");
    expect_trimmed("", PATH_UNIX, "");
    expect_trimmed("a/", PATH_UNIX, "a");
    expect_trimmed("/a\\", PATH_UNIX, "/a\\");
    expect_trimmed("C:\\a\\", PATH_WINDOWS, "C:\\a");
    expect_trimmed("C:\\a/\\/", PATH_WINDOWS, "C:\\a");
    expect_trimmed("C:\\", PATH_WINDOWS, "C:\\");
    expect_trimmed("C:\\\\", PATH_WINDOWS, "C:\\");
    expect_trimmed("C:/", PATH_WINDOWS, "C:/");
    expect_trimmed("C:", PATH_WINDOWS, "C:");
    expect_trimmed("C:\\", PATH_UNIX, "C:\\");
}

Test(path, knows_what_is_a_folder_and_what_exists)
{
    struct temp_project *folder = temp_folder_new();
    const char *file = temp_project_write(folder, "file", "x");
    const char *link = temp_project_path(folder, "link");
    const char *dangling = temp_project_path(folder, "dangling");
    cr_assert_eq(symlink(".", link), 0);
    cr_assert_eq(symlink("nowhere", dangling), 0);
    cr_expect(path_is_folder(folder->root));
    cr_expect(path_is_folder(link));
    cr_expect_not(path_is_folder(file));
    cr_expect_not(path_is_folder(dangling));
    cr_expect_not(path_is_folder(""));
    cr_expect(path_exists(file));
    cr_expect(path_exists(link));
    cr_expect(path_exists(dangling));
    cr_expect_not(path_exists(temp_project_path(folder, "nowhere")));
    cr_expect_not(path_exists(temp_project_path(folder, "file/below")));
}

Test(path, look_tells_what_is_not_there_from_what_cannot_be_looked_at)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    bool exists = false;
    const char *file = temp_project_write(folder, "closed/file", "x");
    const char *closed = temp_project_path(folder, "closed");
    cr_expect(path_look(file, &exists, &error) && exists);
    cr_expect(path_look(temp_project_path(folder, "nowhere/file"), &exists, &error) && !exists);
    cr_expect(path_look(temp_project_path(folder, "closed/file/x"), &exists, &error) && !exists);
    cr_assert_eq(chmod(folder->root, 0755), 0);
    cr_assert_eq(chmod(closed, geteuid() == 0 ? 0700 : 0), 0);
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    cr_expect_not(path_look(file, &exists, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, closed), "%s", error.message);
    cr_expect(strstr(error.message, "permission denied"), "%s", error.message);
    cr_assert_eq(seteuid(getuid()), 0);
    cr_assert_eq(chmod(closed, 0700), 0);
    error_clear(&error);
}

Test(path, canonical_resolves_links_and_trims)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    const char *inner = temp_project_make_folder(folder, "a b/ゲーム");
    cr_assert_eq(symlink("a b", temp_project_path(folder, "link")), 0);
    static const char *const names[] = {"a b/ゲーム", "link/ゲーム///", "./link/../a b/./ゲーム/"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect_text(path_canonical(temp_project_path(folder, names[i]), E_SYSTEM, &error), inner);
    expect_text(path_canonical("/", E_SYSTEM, &error), "/");
    expect_text(path_canonical("///", E_SYSTEM, &error), "/");
    cr_assert_eq(chdir(inner), 0);
    expect_text(path_canonical(".", E_SYSTEM, &error), inner);
    cr_expect_eq(error.code, E_NONE);
}

Test(path, canonical_names_what_it_cannot_resolve)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_write(folder, "file", "x");
    cr_assert_eq(symlink("loop", temp_project_path(folder, "loop")), 0);
    cr_assert_eq(symlink("nowhere", temp_project_path(folder, "dangling")), 0);
    static const char *const names[] = {"absent", "file/below", "loop", "dangling"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct error error = {0};
        const char *path = temp_project_path(folder, names[i]);
        cr_expect_null(path_canonical(path, E_PROJECT_NOT_FOUND, &error));
        cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
        cr_expect_not_null(strstr(error.message, path));
        error_clear(&error);
    }
}

Test(path, canonical_refuses_paths_beyond_the_systems_limit)
{
    struct error error = {0};
    char *path = calloc(1, 5001);
    memset(path, '/', 5000);
    for (size_t i = 1; i < 5000; i += 2)
        path[i] = 'x';
    cr_expect_null(path_canonical(path, E_SYSTEM, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    error_clear(&error);
    cr_expect_null(path_canonical("", E_SYSTEM, &error));
    error_clear(&error);
    free(path);
}
