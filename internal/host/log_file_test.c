#include "host/log_file.h"

#include "base/memory.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FULL = 500 /* bytes */
};

static struct log_file open_log(const char *path)
{
    struct log_file file;
    struct error error = {0};
    cr_assert(log_file_open(&file, path, FULL, LOG_DEBUG, &error), "%s", error.message);
    return file;
}

/* So many lines, numbered from `first` on, each of about 100 bytes. */
static void write_lines(struct log_file *file, int first, int count)
{
    for (int line = first; line < first + count; line++)
        log_debug(&file->log, "line %03d %060d", line, 0);
}

static void expect_line(struct temp_project *folder, const char *name, int line, bool expected)
{
    const char *text = temp_project_read(folder, name);
    char *words = memory_format("] line %03d ", line);
    cr_assert(text, "%s is missing", name);
    cr_expect_eq(strstr(text, words) != NULL, expected, "line %d in %s: %s", line, name, text);
    free(words);
}

Test(log_file, begins_anew_when_it_is_full)
{
    struct temp_project *folder = temp_folder_new();
    struct log_file file = open_log(temp_project_path(folder, "logs/a.log"));
    write_lines(&file, 0, 8); /* five make it full */
    cr_expect_eq(temp_project_count(folder, "logs"), 2);
    expect_line(folder, "logs/a.log.1", 0, true);
    expect_line(folder, "logs/a.log.1", 7, false);
    expect_line(folder, "logs/a.log", 7, true);
    expect_line(folder, "logs/a.log", 0, false);
    log_file_close(&file);
}

Test(log_file, keeps_the_youngest_and_no_more)
{
    struct temp_project *folder = temp_folder_new();
    struct log_file file = open_log(temp_project_path(folder, "a.log"));
    struct stat found;
    write_lines(&file, 0, 100);
    cr_expect_eq(temp_project_count(folder, ""), 1 + LOG_FILE_KEPT);
    for (int number = 1; number <= LOG_FILE_KEPT; number++) {
        char *name = memory_format("a.log.%d", number);
        cr_assert_eq(stat(temp_project_path(folder, name), &found), 0);
        cr_expect_geq(found.st_size, FULL);
        cr_expect_lt(found.st_size, FULL + 200);
        free(name);
    }
    log_file_close(&file);
}

Test(log_file, goes_on_with_the_file_that_is_there)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "a.log");
    struct log_file file = open_log(path);
    write_lines(&file, 0, 4);
    log_file_close(&file);
    file = open_log(path);
    write_lines(&file, 4, 1);
    expect_line(folder, "a.log.1", 0, true); /* full with what was there */
    expect_line(folder, "a.log.1", 4, true);
    log_file_close(&file);
}

Test(log_file, puts_nothing_aside_through_a_link)
{
    struct temp_project *folder = temp_folder_new(), *elsewhere = temp_folder_new();
    const char *path = temp_project_path(folder, "a.log");
    cr_assert_eq(symlink(temp_project_path(elsewhere, "real.log"), path), 0);
    struct log_file file = open_log(path);
    write_lines(&file, 0, 20);
    cr_expect_eq(temp_project_count(folder, ""), 1);
    cr_expect_eq(temp_project_count(elsewhere, ""), 1);
    expect_line(elsewhere, "real.log", 19, true);
    log_file_close(&file);
}

Test(log_file, writes_to_what_is_no_file_as_it_is)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "pipe");
    char bytes[8192] = {0};
    cr_assert_eq(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct log_file file = open_log(path);
    write_lines(&file, 0, 20);
    cr_expect_gt(read(reader, bytes, sizeof(bytes) - 1), 0);
    cr_expect(strstr(bytes, "line 019"), "%s", bytes);
    cr_expect_eq(temp_project_count(folder, ""), 1);
    log_file_close(&file);
    (void)close(reader);
}

Test(log_file, goes_on_where_it_cannot_put_a_full_one_aside)
{
    struct temp_project *folder = temp_folder_new();
    struct log_file file = open_log(temp_project_path(folder, "a.log"));
    /* A folder with something in it is not replaced by a file. */
    temp_project_write(folder, "a.log.1/obstacle", "");
    temp_project_write(folder, "a.log.2/obstacle", "");
    temp_project_write(folder, "a.log.3/obstacle", "");
    write_lines(&file, 0, 20);
    expect_line(folder, "a.log", 0, true);
    expect_line(folder, "a.log", 19, true);
    log_file_close(&file);
}

Test(log_file, begins_anew_when_somebody_else_moved_it)
{
    struct temp_project *folder = temp_folder_new();
    struct log_file file = open_log(temp_project_path(folder, "a.log"));
    write_lines(&file, 0, 2);
    cr_assert_eq(rename(temp_project_path(folder, "a.log"), temp_project_path(folder, "moved")), 0);
    write_lines(&file, 2, 6);
    expect_line(folder, "moved", 2, true);
    expect_line(folder, "a.log", 7, true);
    log_file_close(&file);
}

Test(log_file, is_for_nobody_else_to_read)
{
    struct temp_project *folder = temp_folder_new();
    struct stat found;
    struct log_file file = open_log(temp_project_path(folder, "a.log"));
    write_lines(&file, 0, 6);
    cr_assert_eq(stat(temp_project_path(folder, "a.log"), &found), 0);
    cr_expect_eq(found.st_mode & 0777, 0600);
    log_file_close(&file);
}

Test(log_file, fails_where_it_cannot_be_opened)
{
    struct temp_project *folder = temp_folder_new();
    struct log_file file;
    struct error error = {0};
    temp_project_make_folder(folder, "a.log");
    cr_expect_not(
        log_file_open(&file, temp_project_path(folder, "a.log"), FULL, LOG_DEBUG, &error));
    cr_expect(strstr(error.message, "a.log"), "%s", error.message);
    error_clear(&error);
    temp_project_write(folder, "file", "");
    cr_expect_not(
        log_file_open(&file, temp_project_path(folder, "file/a.log"), FULL, LOG_DEBUG, &error));
    error_clear(&error);
}

Test(log_file, survives_a_full_disk)
{
    struct log_file file = open_log("/dev/full");
    write_lines(&file, 0, 100);
    log_file_close(&file);
}
