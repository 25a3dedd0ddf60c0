#include "base/log.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a log writes at this level; the caller frees. */
static char *written(enum log_level level, const char *text)
{
    char *lines = NULL;
    size_t length;
    struct log log = {.level = level, .stream = open_memstream(&lines, &length)};
    log_debug(&log, "debug %s", text);
    log_trace(&log, "trace %s", text);
    cr_assert_eq(fclose(log.stream), 0);
    return lines;
}

Test(log, tells_as_much_as_its_level_says)
{
    char *off = written(LOG_OFF, "x");
    char *debug = written(LOG_DEBUG, "x");
    char *trace = written(LOG_TRACE, "x");
    cr_expect_str_eq(off, "");
    cr_expect(strstr(debug, "] debug x\n") && !strstr(debug, "trace"), "%s", debug);
    cr_expect(strstr(trace, "] debug x\n") && strstr(trace, "] trace x\n"), "%s", trace);
    free(off);
    free(debug);
    free(trace);
}

Test(log, has_levels_by_name)
{
    cr_expect_eq(log_level_named("debug"), LOG_DEBUG);
    cr_expect_eq(log_level_named("trace"), LOG_TRACE);
    cr_expect_eq(log_level_named(NULL), LOG_OFF);
    cr_expect_eq(log_level_named(""), LOG_OFF);
    cr_expect_eq(log_level_named("Debug"), LOG_OFF);
}

Test(log, begins_a_line_with_the_time_and_the_process)
{
    char *line = written(LOG_DEBUG, "x");
    static const char PATTERN[] = "0000-00-00T00:00:00.000Z [";
    char *end;
    for (size_t i = 0; PATTERN[i]; i++)
        cr_expect(PATTERN[i] == '0' ? isdigit((unsigned char)line[i]) : line[i] == PATTERN[i], "%s",
                  line);
    cr_expect_eq(strtol(line + strlen(PATTERN), &end, 10), (long)getpid());
    cr_expect_str_eq(end, "] debug x\n");
    free(line);
}

Test(log, lets_no_text_forge_a_line_or_move_the_cursor)
{
    char *line = written(LOG_DEBUG, "a\nb\x1B[2J\x7F\xC2\x9B"
                                    "c\xE3\x82\xB2");
    cr_expect_str_eq(strstr(line, "debug "), "debug a b?[2J???c\xE3\x82\xB2\n");
    free(line);
}

static void append(const char *path, const char *text)
{
    struct error error = {0};
    struct log log = {.level = LOG_DEBUG, .stream = log_open(path, &error)};
    cr_assert(log.stream, "%s", error.message);
    log_debug(&log, "%s", text);
    cr_assert_eq(fclose(log.stream), 0);
}

Test(log, appends_to_a_file_that_only_its_owner_reads)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "log");
    struct stat status;
    append(path, "first");
    append(path, "second");
    const char *content = temp_project_read(folder, "log");
    cr_expect(strstr(content, "first\n") && strstr(content, "second\n"), "%s", content);
    cr_assert_eq(stat(path, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
}

Test(log, refuses_a_file_that_it_cannot_append_to_without_waiting)
{
    struct temp_project *folder = temp_folder_new();
    const char *fifo = temp_project_path(folder, "fifo");
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    const char *const paths[] = {folder->root, fifo, temp_project_path(folder, "no/such/folder")};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct error error = {0};
        cr_expect_null(log_open(paths[i], &error));
        cr_expect_eq(error.code, E_SYSTEM);
        cr_expect_not_null(strstr(error.message, paths[i]), "%s", error.message);
        error_clear(&error);
    }
}
