/* What the host tells others than its clients: the log file, and the service manager. */

#include "base/memory.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LIMIT_MS = 30000
};

static void end_host(struct program *host)
{
    program_signal(host, SIGTERM);
    struct program_end end = program_wait(host);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
}

static void call(const struct temp_project *project, const char *tool)
{
    struct program_end end =
        program_run((const char *const[]){ULOOP_PROGRAM, tool, NULL}, project->root, NULL);
    cr_assert_eq(end.exit_code, 0, "%s: %s", tool, end.err);
    program_end_clear(&end);
}

Test(serve_log, goes_to_a_file_that_begins_anew_when_it_is_full)
{
    struct temp_project *project = temp_project_new();
    struct stat found;
    struct program *host =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--log-file", "logs/host.log",
                                            "--log-size", "1024", NULL},
                      project->root, (const char *const[]){"ULOOP_LOG=trace", NULL});
    program_await_output_text(host, "ready on ");
    for (int at = 0; at < 40; at++)
        call(project, "get-logs");
    end_host(host);
    cr_expect_eq(temp_project_count(project, "logs"), 4);
    cr_assert_eq(stat(temp_project_path(project, "logs/host.log.1"), &found), 0);
    cr_expect(found.st_size >= 1024 && found.st_size < 2048, "%ld bytes", (long)found.st_size);
    cr_expect(strstr(temp_project_read(project, "logs/host.log"), "stopped [manual-stop]"));
}

Test(serve_log, leaves_standard_error_to_errors)
{
    struct temp_project *project = temp_project_new();
    struct program *host =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--log-file", "host.log", NULL},
                      project->root, NULL);
    program_await_output_text(host, "ready on ");
    program_signal(host, SIGTERM);
    struct program_end end = program_wait(host);
    cr_expect_str_eq(end.err, "");
    program_end_clear(&end);
}

Test(serve_log, on_a_full_disk_ends_nothing)
{
    struct temp_project *project = temp_project_new();
    struct program *host = program_start(
        (const char *const[]){ULOOP_PROGRAM, "serve", "--log-file", "/dev/full", NULL},
        project->root, (const char *const[]){"ULOOP_LOG=trace", NULL});
    program_await_output_text(host, "ready on ");
    for (int at = 0; at < 5; at++)
        call(project, "get-logs");
    end_host(host);
}

/* The next datagram that the manager gets. */
static void expect_told(int manager, const char *message)
{
    char told[100] = {0};
    struct pollfd ready = {.fd = manager, .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, LIMIT_MS), 1, "%s does not come", message);
    cr_assert_gt(recv(manager, told, sizeof(told) - 1, MSG_DONTWAIT), 0);
    cr_expect_str_eq(told, message);
}

Test(serve_log, tells_the_service_manager_when_it_is_ready_and_when_it_stops)
{
    struct temp_project *project = temp_project_new();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = temp_project_path(project, "notify");
    char *variable = memory_format("NOTIFY_SOCKET=%s", path);
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_lt(strlen(path), sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    cr_assert_eq(bind(manager, (struct sockaddr *)&address, sizeof(address)), 0);
    temp_project_write(project, "Assets/A.cs", "class A {}\n");
    struct program *host = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                         project->root, (const char *const[]){variable, NULL});
    expect_told(manager, "READY=1");
    call(project, "get-logs"); /* it is */
    call(project, "compile");  /* through a reload, of which nobody is told */
    program_signal(host, SIGTERM);
    expect_told(manager, "STOPPING=1");
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    (void)close(manager);
    free(variable);
}
