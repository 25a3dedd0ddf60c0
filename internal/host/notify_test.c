#include "host/notify.h"

#include "base/memory.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A manager's socket by that name, which is then in the environment. */
static int make_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    size_t length = strlen(name);
    cr_assert_lt(length, sizeof(address.sun_path));
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    cr_assert_eq(bind(manager, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
    return manager;
}

static void expect_told(int manager, const char *message)
{
    char told[100] = {0};
    cr_assert_eq(recv(manager, told, sizeof(told) - 1, 0), (ssize_t)strlen(message));
    cr_expect_str_eq(told, message);
}

/* What the log says of it; the caller frees. */
static char *log_of(const char *message)
{
    char *lines = NULL;
    size_t length;
    struct log log = {.level = LOG_DEBUG, .stream = open_memstream(&lines, &length)};
    notify_manager(message, &log);
    cr_assert_eq(fclose(log.stream), 0);
    return lines;
}

Test(notify, tells_the_manager_through_its_socket)
{
    struct temp_project *folder = temp_folder_new();
    int manager = make_manager(temp_project_path(folder, "notify"));
    char *log = log_of("READY=1");
    expect_told(manager, "READY=1");
    cr_expect_str_eq(log, "");
    notify_manager("STOPPING=1", NULL);
    expect_told(manager, "STOPPING=1");
    (void)close(manager);
    free(log);
}

Test(notify, knows_sockets_without_a_file)
{
    char *name = memory_format("@uloop-notify-test-%d", (int)getpid());
    int manager = make_manager(name);
    notify_manager("READY=1", NULL);
    expect_told(manager, "READY=1");
    (void)close(manager);
    free(name);
}

Test(notify, says_nothing_where_there_is_no_manager)
{
    cr_assert_eq(unsetenv("NOTIFY_SOCKET"), 0);
    char *unset = log_of("READY=1");
    cr_assert_eq(setenv("NOTIFY_SOCKET", "", 1), 0);
    char *empty = log_of("READY=1");
    cr_expect_str_eq(unset, "");
    cr_expect_str_eq(empty, "");
    free(empty);
    free(unset);
}

Test(notify, tells_the_log_when_it_cannot)
{
    char longest[300] = "/";
    memset(longest + 1, 'a', sizeof(longest) - 2);
    longest[sizeof(longest) - 1] = '\0';
    const char *const names[] = {"/nonexistent/notify", "vsock:2:1", longest};
    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
        cr_assert_eq(setenv("NOTIFY_SOCKET", names[at], 1), 0);
        char *log = log_of("READY=1");
        cr_expect(strstr(log, "was not told READY=1"), "%s: %s", names[at], log);
        free(log);
    }
}

Test(notify, does_not_wait_for_a_manager_that_does_not_listen)
{
    struct temp_project *folder = temp_folder_new();
    int manager = make_manager(temp_project_path(folder, "notify"));
    char *log = NULL;
    for (int at = 0; at < 100000 && (!log || !*log); at++) { /* until its queue is full */
        free(log);
        log = log_of("READY=1");
    }
    cr_expect(strstr(log, "was not told"), "%s", log);
    (void)close(manager);
    free(log);
}
