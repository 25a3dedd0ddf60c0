#include "host/system.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_folder(const char *folder, bool is_shared, mode_t mode)
{
    struct error error = {0};
    struct stat found;
    cr_expect(system_prepare_socket_folder(folder, is_shared, &error), "%s", error.message);
    cr_assert_eq(stat(folder, &found), 0);
    cr_expect_eq(found.st_mode & 07777, mode, "%o", (unsigned)found.st_mode);
    error_clear(&error);
}

static void expect_refused(const char *folder, bool is_shared, const char *words)
{
    struct error error = {0};
    cr_expect_not(system_prepare_socket_folder(folder, is_shared, &error), "%s", words);
    cr_expect_eq(error.code, E_ENDPOINT_FOREIGN);
    cr_expect(error.message && strstr(error.message, words), "%s", error.message);
    error_clear(&error);
}

Test(system, makes_the_folder_of_sockets_for_us_alone)
{
    struct temp_project *root = temp_folder_new();
    (void)umask(0);
    expect_folder(temp_project_path(root, "shared"), true, 0700);
    expect_folder(temp_project_path(root, "private"), false, 0700);
}

Test(system, keeps_others_out_of_a_folder_of_ours)
{
    struct temp_project *root = temp_folder_new();
    const char *folder = temp_project_make_folder(root, "folder");
    static const mode_t MODES[] = {0700, 0755, 0777, 0500, 02700};
    for (size_t at = 0; at < sizeof(MODES) / sizeof(MODES[0]); at++) {
        cr_assert_eq(chmod(folder, MODES[at]), 0);
        expect_folder(folder, true, 0700);
        cr_assert_eq(chmod(folder, MODES[at]), 0);
        expect_folder(folder, false, 0700);
    }
}

/* In it nobody can take away what is not his. */
Test(system, leaves_a_folder_that_was_made_for_all)
{
    struct temp_project *root = temp_folder_new();
    const char *folder = temp_project_make_folder(root, "folder");
    cr_assert_eq(chmod(folder, 01777), 0);
    expect_folder(folder, true, 01777);
    expect_folder(folder, false, 0700);
}

Test(system, puts_no_socket_where_another_user_has_a_hand)
{
    struct temp_project *root = temp_folder_new();
    const char *link = temp_project_path(root, "link");
    cr_assert_eq(symlink(temp_project_make_folder(root, "folder"), link), 0);
    const char *file = temp_project_write(root, "file", "");
    for (int is_shared = 0; is_shared < 2; is_shared++) {
        expect_refused(link, is_shared, "is not a folder");
        expect_refused(file, is_shared, "is not a folder");
    }
    if (geteuid() != 0)
        cr_skip_test("only root can make what another user would have made");
    const char *theirs = temp_project_make_folder(root, "theirs");
    cr_assert_eq(chown(theirs, 65534, 65534), 0);
    for (int is_shared = 0; is_shared < 2; is_shared++) {
        expect_refused(theirs, is_shared, "belongs to another user (uid 65534)");
        cr_assert_eq(chmod(theirs, 01777), 0);
        expect_refused(theirs, is_shared, "belongs to another user (uid 65534)");
    }
}
