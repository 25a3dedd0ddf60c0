#include "host/token_file.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Test(token_file, holds_a_new_token_for_its_user_alone)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "token");
    char first[TOKEN_DIGITS + 1], second[TOKEN_DIGITS + 1];
    struct error error = {0};
    struct stat found;
    (void)umask(0);
    cr_assert(token_file_make(path, first, &error), "%s", error.message);
    cr_assert_eq(stat(path, &found), 0);
    cr_expect_eq(found.st_mode & 07777, 0600U);
    cr_assert(token_file_make(path, second, &error), "%s", error.message);
    cr_expect_str_neq(first, second);
    char *read = token_read(path, &error);
    cr_assert(read, "%s", error.message);
    cr_expect_str_eq(read, second);
    cr_expect_eq(temp_project_count(folder, ""), 1);
    free(read);
}

Test(token_file, takes_the_place_of_what_lies_there)
{
    struct temp_project *folder = temp_folder_new();
    const char *precious = temp_project_write(folder, "precious", "kept");
    const char *path = temp_project_path(folder, "token");
    char token[TOKEN_DIGITS + 1];
    struct error error = {0};
    cr_assert_eq(symlink(precious, path), 0);
    cr_assert(token_file_make(path, token, &error), "%s", error.message);
    cr_expect_str_eq(temp_project_read(folder, "precious"), "kept");
    cr_assert_eq(chmod(path, 0644), 0); /* somebody has it open, and would read the next one */
    FILE *open_before = fopen(path, "r");
    cr_assert(token_file_make(path, token, &error), "%s", error.message);
    char old[2 * TOKEN_DIGITS] = "";
    cr_assert(open_before && fgets(old, sizeof(old), open_before));
    cr_expect_neq(strncmp(old, token, TOKEN_DIGITS), 0);
    (void)fclose(open_before);
}

Test(token_file, says_where_it_cannot_be_written)
{
    struct temp_project *folder = temp_folder_new();
    const char *const paths[] = {temp_project_path(folder, "none/token"),
                                 temp_project_make_folder(folder, "token")};
    char token[TOKEN_DIGITS + 1];
    for (size_t at = 0; at < 2; at++) {
        struct error error = {0};
        cr_expect_not(token_file_make(paths[at], token, &error));
        cr_expect_eq(error.code, E_SYSTEM);
        cr_expect(strstr(error.message, paths[at]), "%s", error.message);
        cr_expect_null(strstr(error.message, token));
        error_clear(&error);
    }
    cr_expect_eq(temp_project_count(folder, ""), 1);
}
