#include "completion/startup_file.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OURS(lines) STARTUP_BEGIN "\n" lines STARTUP_END "\n"

static void expect_edited(struct slice text, const char *expected, size_t length)
{
    struct buffer out = {0};
    struct error error = {0};
    cr_assert(startup_file_edit(text, "file", slice_of("new\n"), &out, &error), "%s",
              error.message);
    cr_assert_eq(out.length, length, "%s", out.data);
    cr_expect_eq(memcmp(out.data, expected, length), 0, "%s", out.data);
    buffer_clear(&out);
}

#define EXPECT_EDITED(text, expected)                                                              \
    expect_edited((struct slice){text, sizeof(text) - 1}, expected, sizeof(expected) - 1)

static void expect_refused(struct slice text, const char *part)
{
    struct buffer out = {0};
    struct error error = {0};
    cr_assert_not(startup_file_edit(text, "file", slice_of("new\n"), &out, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, part), "%s", error.message);
    cr_expect_eq(out.length, (size_t)0);
    error_clear(&error);
}

Test(startup_file, gets_the_lines_at_its_end)
{
    EXPECT_EDITED("", OURS("new\n"));
    EXPECT_EDITED("alias a=b\n", "alias a=b\n" OURS("new\n"));
    EXPECT_EDITED("alias a=b", "alias a=b\n" OURS("new\n"));
    EXPECT_EDITED("\n\n", "\n\n" OURS("new\n"));
    EXPECT_EDITED("a\r\nb \t\xFF\n", "a\r\nb \t\xFF\n" OURS("new\n"));
}

Test(startup_file, gets_new_lines_in_the_place_of_the_old)
{
    EXPECT_EDITED(OURS("old\n"), OURS("new\n"));
    EXPECT_EDITED("a\n" OURS("old\nolder\n") "b", "a\n" OURS("new\n") "b");
    EXPECT_EDITED("a\n" OURS("new\n") "\n\nb\n", "a\n" OURS("new\n") "\n\nb\n");
    EXPECT_EDITED("a\r\n" STARTUP_BEGIN "\r\nold\r\n" STARTUP_END " \r\nb\r\n",
                  "a\r\n" OURS("new\n") "b\r\n");
    EXPECT_EDITED("a\n" STARTUP_BEGIN "\n" STARTUP_END, "a\n" OURS("new\n"));
}

Test(startup_file, takes_only_whole_lines_for_markers)
{
    EXPECT_EDITED("echo '" STARTUP_BEGIN "'\n", "echo '" STARTUP_BEGIN "'\n" OURS("new\n"));
    EXPECT_EDITED(" " STARTUP_END "\n", " " STARTUP_END "\n" OURS("new\n"));
}

Test(startup_file, is_refused_when_its_markers_are_no_pair)
{
    expect_refused(slice_of(STARTUP_BEGIN "\nold\n"), "not one pair");
    expect_refused(slice_of("old\n" STARTUP_END "\n"), "not one pair");
    expect_refused(slice_of(STARTUP_END "\n" STARTUP_BEGIN "\n"), "not one pair");
    expect_refused(slice_of(OURS("") OURS("")), "not one pair");
    expect_refused(slice_of(STARTUP_BEGIN "\n" OURS("")), "not one pair");
}

Test(startup_file, is_refused_when_it_is_no_text)
{
    expect_refused((struct slice){"a\0b\n", 4}, "not UTF-8 text");
    expect_refused((struct slice){"\xFF\xFE#\0\n\0", 6}, "not UTF-8 text");
}

/* Installs into the file of that name in the home folder; returns whether that changed it. */
static bool install(const struct temp_project *home, const char *path, const char *lines)
{
    bool changed;
    struct error error = {0};
    cr_assert(startup_file_install(path, home->root, slice_of(lines), &changed, &error), "%s",
              error.message);
    return changed;
}

static void expect_not_installed(const struct temp_project *home, const char *path,
                                 const char *part)
{
    bool changed;
    struct error error = {0};
    cr_assert_not(startup_file_install(path, home->root, slice_of("new\n"), &changed, &error));
    cr_expect_not(changed);
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, part), "%s", error.message);
    error_clear(&error);
}

Test(startup_file, is_made_where_there_is_none_and_left_alone_when_it_is_right)
{
    struct temp_project *home = temp_folder_new();
    const char *path = temp_project_path(home, ".config/fish/config.fish");
    cr_expect(install(home, path, "one\n"));
    cr_expect_str_eq(temp_project_read(home, ".config/fish/config.fish"), OURS("one\n"));
    cr_expect_not(install(home, path, "one\n"));
    cr_expect(install(home, path, "two\n"));
    cr_expect_str_eq(temp_project_read(home, ".config/fish/config.fish"), OURS("two\n"));
    cr_expect_eq(temp_project_count(home, ".config/fish"), (size_t)1);
    temp_project_free(home);
}

Test(startup_file, keeps_its_permissions)
{
    struct temp_project *home = temp_folder_new();
    struct stat status;
    const char *path = temp_project_write(home, ".bashrc", "a\n");
    cr_assert_eq(chmod(path, 0640), 0);
    cr_expect(install(home, path, "one\n"));
    cr_assert_eq(stat(path, &status), 0);
    cr_expect_eq(status.st_mode & 07777, (mode_t)0640);
    temp_project_free(home);
}

Test(startup_file, may_be_a_link_to_a_file_in_the_home_folder_and_stays_one)
{
    struct temp_project *home = temp_folder_new();
    struct temp_project *outside = temp_folder_new();
    const char *link = temp_project_path(home, ".bashrc");
    temp_project_write(home, "dotfiles/bashrc", "a\n");
    temp_project_write(outside, "bashrc", "a\n");
    cr_assert_eq(symlink("dotfiles/bashrc", link), 0);
    cr_expect(install(home, link, "one\n"));
    cr_expect_str_eq(temp_project_read(home, "dotfiles/bashrc"), "a\n" OURS("one\n"));
    char target[64] = {0};
    cr_expect_gt(readlink(link, target, sizeof(target) - 1), 0);
    cr_expect_str_eq(target, "dotfiles/bashrc");

    cr_assert_eq(unlink(link), 0);
    cr_assert_eq(symlink(temp_project_path(outside, "bashrc"), link), 0);
    expect_not_installed(home, link, "leads out of");
    cr_expect_str_eq(temp_project_read(outside, "bashrc"), "a\n");
    cr_assert_eq(unlink(link), 0);
    cr_assert_eq(symlink("nowhere", link), 0);
    expect_not_installed(home, link, "Cannot resolve");
    temp_project_free(outside);
    temp_project_free(home);
}

Test(startup_file, is_named_when_it_cannot_be_used)
{
    struct temp_project *home = temp_folder_new();
    const char *folder = temp_project_make_folder(home, ".bashrc");
    expect_not_installed(home, folder, ".bashrc");
    const char *fifo = temp_project_path(home, ".zshrc");
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    expect_not_installed(home, fifo, "not a regular file");
    temp_project_write(home, "file", "");
    expect_not_installed(home, temp_project_path(home, "file/below/.bashrc"), "file");
    temp_project_free(home);
}

static void expect_path(enum shell shell, const char *expected)
{
    char *path = startup_file_path(shell, "/home/me");
    cr_expect_str_eq(path, expected);
    free(path);
}

Test(startup_file, lies_where_the_shell_looks_for_it)
{
    cr_assert_eq(unsetenv("ZDOTDIR"), 0);
    cr_assert_eq(unsetenv("XDG_CONFIG_HOME"), 0);
    expect_path(SHELL_BASH, "/home/me/.bashrc");
    expect_path(SHELL_ZSH, "/home/me/.zshrc");
    expect_path(SHELL_FISH, "/home/me/.config/fish/config.fish");
    expect_path(SHELL_POWERSHELL, "/home/me/.config/powershell/profile.ps1");
    cr_assert_eq(setenv("ZDOTDIR", "/z", 1), 0);
    cr_assert_eq(setenv("XDG_CONFIG_HOME", "/x", 1), 0);
    expect_path(SHELL_ZSH, "/z/.zshrc");
    expect_path(SHELL_FISH, "/x/fish/config.fish");
    expect_path(SHELL_POWERSHELL, "/x/powershell/profile.ps1");
    cr_assert_eq(setenv("ZDOTDIR", "relative", 1), 0);
    expect_path(SHELL_ZSH, "/home/me/.zshrc");
}
