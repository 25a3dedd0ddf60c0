#include "base/file.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct file_replacement begin(const char *path)
{
    struct file_replacement replacement;
    struct error error = {0};
    cr_assert(file_replacement_begin(&replacement, path, &error), "%s", error.message);
    return replacement;
}

Test(file_replacement, shows_its_content_at_the_commit_and_not_before)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    struct file_replacement replacement = begin(path);
    struct error error = {0};
    cr_expect(file_replacement_write(&replacement, slice_of("new, ")));
    cr_expect(file_replacement_write(&replacement, slice_of("")));
    cr_expect(file_replacement_write(&replacement, slice_of("in pieces")));
    cr_expect_str_eq(temp_project_read(folder, "file"), "old");
    cr_expect(file_replacement_commit(&replacement, &error));
    cr_expect_str_eq(temp_project_read(folder, "file"), "new, in pieces");
    cr_expect_eq(temp_project_count(folder, ""), 1);
    file_replacement_abandon(&replacement); /* it is over: this does nothing */
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

Test(file_replacement, leaves_nothing_when_it_is_abandoned)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    struct file_replacement replacement = begin(path);
    cr_expect(file_replacement_write(&replacement, slice_of("new")));
    file_replacement_abandon(&replacement);
    cr_expect_str_eq(temp_project_read(folder, "file"), "old");
    cr_expect_eq(temp_project_count(folder, ""), 1);
    struct file_replacement not_begun = {0};
    file_replacement_abandon(&not_begun);
}

Test(file_replacement, finds_out_first_where_it_cannot_be_written)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "no/such/folder");
    struct file_replacement replacement;
    struct error error = {0};
    cr_assert_not(file_replacement_begin(&replacement, path, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect_not_null(strstr(error.message, path), "%s", error.message);
    error_clear(&error);
}

Test(file_replacement, remembers_a_write_that_failed)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    struct rlimit limit = {.rlim_cur = 5, .rlim_max = RLIM_INFINITY};
    struct file_replacement replacement = begin(path);
    struct error error = {0};
    cr_assert_neq(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_not(file_replacement_write(&replacement, slice_of("longer than that")));
    cr_expect_not(file_replacement_write(&replacement, slice_of("x")));
    cr_expect_not(file_replacement_commit(&replacement, &error));
    cr_expect_not_null(strstr(error.message, "file too large"), "%s", error.message);
    error_clear(&error);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_str_eq(temp_project_read(folder, "file"), "old");
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

/* Makes a pipe with this text standard input, at its end. */
static void feed_input(const char *text)
{
    int ends[2];
    ssize_t length = (ssize_t)strlen(text);
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], text, (size_t)length), length);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

Test(file_read_input, reads_a_pipe_to_its_end)
{
    struct buffer content = {0};
    struct error error = {0};
    buffer_append_string(&content, "before ");
    feed_input("text\n");
    cr_expect_eq(file_read_input(5, &content, &error), FILE_READ);
    cr_expect_str_eq(content.data, "before text\n");
    buffer_clear(&content);
}

Test(file_read_input, refuses_more_than_is_allowed)
{
    struct buffer content = {0};
    struct error error = {0};
    buffer_append_string(&content, "before");
    feed_input("text\n");
    cr_expect_eq(file_read_input(4, &content, &error), FILE_FAILED);
    cr_expect_str_eq(error.message, "standard input is larger than 4 bytes.");
    cr_expect_str_eq(content.data, "before");
    error_clear(&error);
    buffer_clear(&content);
}

Test(file_read_input, fails_where_there_is_none)
{
    struct buffer content = {0};
    struct error error = {0};
    (void)close(STDIN_FILENO);
    cr_expect_eq(file_read_input(4, &content, &error), FILE_FAILED);
    cr_expect_not_null(strstr(error.message, "standard input"), "%s", error.message);
    error_clear(&error);
    buffer_clear(&content);
}
