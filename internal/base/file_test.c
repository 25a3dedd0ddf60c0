#include "base/file.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    NOBODY = 65534
};

/* Root may read and write everything: a test of permissions must be somebody else. */
static void become_nobody(void)
{
    if (geteuid() == 0)
        cr_assert_eq(seteuid(NOBODY), 0);
}

static void become_oneself(void)
{
    cr_assert_eq(seteuid(getuid()), 0);
}

/* One call of file_read(), whose buffer held "before" already. */
struct reading {
    enum file_outcome outcome;
    struct buffer content;
    struct error error;
};

static struct reading read_file(const char *path, size_t most_bytes)
{
    struct reading reading = {0};
    buffer_append_string(&reading.content, "before");
    reading.outcome = file_read(path, most_bytes, &reading.content, &reading.error);
    return reading;
}

static void reading_clear(struct reading *reading)
{
    buffer_clear(&reading->content);
    error_clear(&reading->error);
}

static void expect_read(const char *path, size_t most_bytes, const char *expected)
{
    struct reading reading = read_file(path, most_bytes);
    cr_expect_eq(reading.outcome, FILE_READ, "%s", path);
    cr_expect_eq(strncmp(reading.content.data, "before", 6), 0);
    cr_expect_str_eq(reading.content.data + 6, expected);
    cr_expect_eq(reading.error.code, E_NONE);
    reading_clear(&reading);
}

static void expect_absent(const char *path)
{
    struct reading reading = read_file(path, 100);
    cr_expect_eq(reading.outcome, FILE_ABSENT, "%s", path);
    cr_expect_str_eq(reading.content.data, "before");
    cr_expect_eq(reading.error.code, E_NONE);
    reading_clear(&reading);
}

/* It fails with a message that names the file and has these words; the buffer is as it was. */
static void expect_unread(const char *path, size_t most_bytes, const char *words)
{
    struct reading reading = read_file(path, most_bytes);
    cr_assert_eq(reading.outcome, FILE_FAILED, "%s", path);
    cr_expect_str_eq(reading.content.data, "before");
    cr_expect_eq(reading.error.code, E_SYSTEM);
    cr_expect_not_null(strstr(reading.error.message, path));
    cr_expect_not_null(strstr(reading.error.message, words), "%s", reading.error.message);
    reading_clear(&reading);
}

Test(file_read, appends_the_whole_file)
{
    struct temp_project *folder = temp_folder_new();
    expect_read(temp_project_write(folder, "text", "some text"), 100, "some text");
    expect_read(temp_project_write(folder, "empty", ""), 100, "");
    expect_read(temp_project_path(folder, "empty"), 0, "");
    struct reading reading =
        read_file(temp_project_write_bytes(folder, "bytes", "a\0b\xFF", 4), 100);
    cr_expect_eq(reading.content.length, 10);
    cr_expect_arr_eq(reading.content.data, "beforea\0b\xFF", 11);
    reading_clear(&reading);
}

Test(file_read, takes_as_many_bytes_as_allowed_and_not_one_more)
{
    struct temp_project *folder = temp_folder_new();
    char *bytes = calloc(1, 100001);
    memset(bytes, 'x', 100000);
    static const size_t sizes[] = {1, 16383, 16384, 16385, 32768, 100000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const char *path = temp_project_write_bytes(folder, "file", bytes, sizes[i]);
        struct reading reading = read_file(path, sizes[i]);
        cr_expect_eq(reading.outcome, FILE_READ);
        cr_expect_eq(reading.content.length, sizes[i] + 6);
        reading_clear(&reading);
        expect_unread(path, sizes[i] - 1, "larger than");
    }
    free(bytes);
}

Test(file_read, refuses_a_huge_file_without_reading_it_all)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "huge", "x");
    cr_assert_eq(truncate(path, (off_t)1 << 40), 0);
    expect_unread(path, 1024 * 1024, "larger than 1048576 bytes");
}

Test(file_read, tells_absent_from_failed)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_write(folder, "file", "x");
    expect_absent(temp_project_path(folder, "nothing"));
    expect_absent(temp_project_path(folder, "no/such/folder"));
    expect_absent(temp_project_path(folder, "file/below"));
    const char *dangling = temp_project_path(folder, "dangling");
    cr_assert_eq(symlink("nothing", dangling), 0);
    expect_absent(dangling);
    char name[300];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    expect_unread(temp_project_path(folder, name), 100, "name too long");
}

Test(file_read, follows_a_link_to_a_file_but_no_loop)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_write(folder, "file", "text");
    const char *link = temp_project_path(folder, "link");
    cr_assert_eq(symlink("file", link), 0);
    expect_read(link, 100, "text");
    const char *loop = temp_project_path(folder, "loop");
    cr_assert_eq(symlink("loop", loop), 0);
    expect_unread(loop, 100, "too many symbolic links");
}

Test(file_read, refuses_what_is_no_regular_file_without_blocking)
{
    struct temp_project *folder = temp_folder_new();
    expect_unread(temp_project_make_folder(folder, "folder"), 100, "not a regular file");
    const char *fifo = temp_project_path(folder, "fifo");
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    expect_unread(fifo, 100, "not a regular file");
    const char *device = temp_project_path(folder, "device");
    cr_assert_eq(symlink("/dev/zero", device), 0);
    expect_unread(device, 100, "not a regular file");
    const char *path = temp_project_path(folder, "socket");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cr_assert_lt(strlen(path), sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    expect_unread(path, 100, "Cannot open");
    (void)close(listener);
}

Test(file_read, fails_without_permission)
{
    struct temp_project *folder = temp_folder_new();
    const char *file = temp_project_write(folder, "file", "x");
    const char *inside = temp_project_write(folder, "closed/file", "x");
    cr_assert_eq(chmod(file, 0), 0);
    cr_assert_eq(chmod(temp_project_path(folder, "closed"), 0), 0);
    cr_assert_eq(chmod(folder->root, 0755), 0);
    become_nobody();
    expect_unread(file, 100, "permission denied");
    expect_unread(inside, 100, "permission denied");
    become_oneself();
}

static void expect_replaced(const char *path, const char *content)
{
    struct error error = {0};
    cr_expect(file_replace(path, slice_of(content), &error), "%s", error.message);
    cr_expect_eq(error.code, E_NONE);
    expect_read(path, SIZE_MAX, content);
}

static void expect_not_replaced(const char *path, const char *words)
{
    struct error error = {0};
    cr_assert_not(file_replace(path, slice_of("new content"), &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect_not_null(strstr(error.message, path), "%s", error.message);
    cr_expect_not_null(strstr(error.message, words), "%s", error.message);
    error_clear(&error);
}

Test(file_replace, makes_and_replaces_and_leaves_nothing_else)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "file");
    expect_replaced(path, "first, which is longer");
    expect_replaced(path, "second");
    expect_replaced(path, "");
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

Test(file_replace, replaces_a_link_itself)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_write(folder, "target", "untouched");
    const char *link = temp_project_path(folder, "link");
    cr_assert_eq(symlink("target", link), 0);
    expect_replaced(link, "new");
    cr_expect_str_eq(temp_project_read(folder, "target"), "untouched");
}

Test(file_replace, does_not_touch_a_file_that_another_still_reads)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    char content[8] = "";
    int reader = open(path, O_RDONLY);
    expect_replaced(path, "new");
    cr_expect_eq(read(reader, content, sizeof(content)), 3);
    cr_expect_str_eq(content, "old");
    (void)close(reader);
}

Test(file_replace, leaves_nothing_behind_when_it_fails)
{
    struct temp_project *folder = temp_folder_new();
    const char *target = temp_project_make_folder(folder, "target");
    expect_not_replaced(target, "directory");
    cr_expect_eq(temp_project_count(folder, ""), 1);
    cr_expect_eq(temp_project_count(folder, "target"), 0);
    expect_not_replaced(temp_project_path(folder, "no/such/folder"), "no such file");
    (void)temp_project_write(folder, "file", "x");
    expect_not_replaced(temp_project_path(folder, "file/below"), "not a directory");
    cr_expect_eq(temp_project_count(folder, ""), 2);
}

Test(file_replace, keeps_the_old_content_when_the_disk_takes_no_more)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    rlim_t most = limit.rlim_cur;
    cr_assert_neq(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    limit.rlim_cur = 5;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_not_replaced(path, "file too large");
    limit.rlim_cur = most;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_str_eq(temp_project_read(folder, "file"), "old");
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

Test(file_replace, fails_in_a_folder_that_may_not_be_written)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_write(folder, "file", "old");
    cr_assert_eq(chmod(folder->root, 0555), 0);
    become_nobody();
    expect_not_replaced(path, "permission denied");
    become_oneself();
    cr_expect_str_eq(temp_project_read(folder, "file"), "old");
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

/* The name under which the new content is written can be guessed: whoever may write to the folder
 * may have put something there. */
Test(file_replace, is_not_held_up_or_led_away_by_what_has_its_working_name)
{
    struct temp_project *folder = temp_folder_new();
    const char *path = temp_project_path(folder, "file");
    char *working = memory_format("%s.%d.new", path, (int)getpid());
    (void)temp_project_write(folder, "other", "untouched");
    cr_assert_eq(mkfifo(working, 0600), 0);
    expect_replaced(path, "past a FIFO");
    cr_assert_eq(symlink("other", working), 0);
    expect_replaced(path, "past a symbolic link");
    cr_assert_eq(link(temp_project_path(folder, "other"), working), 0);
    expect_replaced(path, "past a hard link");
    cr_expect_str_eq(temp_project_read(folder, "other"), "untouched");
    cr_expect_eq(temp_project_count(folder, ""), 2);
    cr_assert_eq(mkdir(working, 0700), 0);
    expect_not_replaced(path, "Cannot write");
    expect_read(path, SIZE_MAX, "past a hard link");
    free(working);
}

Test(file_write, writes_under_its_own_name_past_what_is_there)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    const char *path = temp_project_write(folder, "file", "longer than the new one");
    cr_expect(file_write(path, slice_of("new"), &error));
    expect_read(path, 100, "new");
    (void)temp_project_write(folder, "other", "untouched");
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(symlink("other", path), 0);
    cr_expect(file_write(path, slice_of("newer"), &error));
    expect_read(path, 100, "newer");
    cr_expect_str_eq(temp_project_read(folder, "other"), "untouched");
    cr_expect_not(file_write(temp_project_make_folder(folder, "folder"), slice_of("x"), &error));
    cr_expect_eq(error.code, E_SYSTEM);
    error_clear(&error);
}

Test(file_make_folder, makes_all_that_is_missing)
{
    struct temp_project *folder = temp_folder_new();
    static const char *const names[] = {"a/b/c", "a/b/c", "a", "d//e///f", "g/h/", "i/../j", "."};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct error error = {0};
        cr_expect(file_make_folder(temp_project_path(folder, names[i]), &error), "%s",
                  error.message);
        cr_expect(temp_project_has(folder, names[i]));
    }
    struct error error = {0};
    cr_expect(file_make_folder("/", &error));
}

Test(file_make_folder, makes_folders_below_the_current_one)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    cr_assert_eq(chdir(folder->root), 0);
    cr_expect(file_make_folder("x", &error));
    cr_expect(file_make_folder("y/z", &error));
    cr_expect(temp_project_has(folder, "x"));
    cr_expect(temp_project_has(folder, "y/z"));
}

static void expect_no_folder(const char *path)
{
    struct error error = {0};
    cr_assert_not(file_make_folder(path, &error), "%s", path);
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect_not_null(strstr(error.message, path));
    error_clear(&error);
}

Test(file_make_folder, fails_where_something_else_is)
{
    struct temp_project *folder = temp_folder_new();
    (void)temp_project_write(folder, "file", "x");
    cr_assert_eq(symlink("nowhere", temp_project_path(folder, "dangling")), 0);
    cr_assert_eq(symlink("loop", temp_project_path(folder, "loop")), 0);
    expect_no_folder(temp_project_path(folder, "file"));
    expect_no_folder(temp_project_path(folder, "file/below"));
    expect_no_folder(temp_project_path(folder, "dangling"));
    expect_no_folder(temp_project_path(folder, "dangling/below"));
    expect_no_folder(temp_project_path(folder, "loop/below"));
    expect_no_folder("");
    cr_expect_str_eq(temp_project_read(folder, "file"), "x");
}

Test(file_make_folder, fails_for_a_path_of_any_length)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer path = {0};
    buffer_append_string(&path, folder->root);
    for (int i = 0; i < 5000; i++)
        buffer_append_string(&path, "/x");
    expect_no_folder(path.data);
    cr_expect_eq(temp_project_count(folder, ""), 0);
    buffer_clear(&path);
}

Test(file_make_folder, fails_without_permission)
{
    struct temp_project *folder = temp_folder_new();
    cr_assert_eq(chmod(folder->root, 0555), 0);
    become_nobody();
    expect_no_folder(temp_project_path(folder, "a/b"));
    become_oneself();
}

Test(file_remove, removes_files_and_links_themselves)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    (void)temp_project_write(folder, "file", "x");
    (void)temp_project_make_folder(folder, "folder");
    cr_assert_eq(symlink("file", temp_project_path(folder, "link")), 0);
    cr_assert_eq(symlink("folder", temp_project_path(folder, "to-folder")), 0);
    cr_assert_eq(symlink("nowhere", temp_project_path(folder, "dangling")), 0);
    cr_assert_eq(mkfifo(temp_project_path(folder, "fifo"), 0600), 0);
    static const char *const names[] = {"link", "to-folder", "dangling", "fifo"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cr_expect(file_remove(temp_project_path(folder, names[i]), &error));
        cr_expect_not(temp_project_has(folder, names[i]));
    }
    cr_expect_eq(temp_project_count(folder, ""), 2);
    cr_expect(file_remove(temp_project_path(folder, "file"), &error));
    cr_expect_eq(temp_project_count(folder, ""), 1);
}

Test(file_remove, counts_what_is_absent_as_removed)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    (void)temp_project_write(folder, "file", "x");
    cr_expect(file_remove(temp_project_path(folder, "absent"), &error));
    cr_expect(file_remove(temp_project_path(folder, "absent/too"), &error));
    cr_expect(file_remove(temp_project_path(folder, "file/below"), &error));
    cr_expect(temp_project_has(folder, "file"));
}

Test(file_remove, names_what_it_cannot_remove)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    const char *inner = temp_project_make_folder(folder, "folder");
    cr_expect_not(file_remove(inner, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect_not_null(strstr(error.message, inner));
    error_clear(&error);
    const char *file = temp_project_write(folder, "file", "x");
    cr_assert_eq(chmod(folder->root, 0555), 0);
    become_nobody();
    cr_expect_not(file_remove(file, &error));
    become_oneself();
    cr_expect_not_null(strstr(error.message, "permission denied"));
    cr_expect(temp_project_has(folder, "file"));
    error_clear(&error);
}
