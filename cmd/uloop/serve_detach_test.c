/* The host in the background: `uloop serve` with --detach and --status. */

#include "background.h"

#include "base/memory.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

Test(serve_detach, returns_when_a_command_may_be_sent_and_stops_again)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach"));
    background_expect_state(background, "ready");
    background_expect_uloop(background, "compile", 0, "Compiled 1 of 1 assembly");
    cr_expect(strstr(temp_project_read(background->project, LOG), "] Compiled 1 of 1 assembly"));
    background_stop(background);
    cr_expect(strstr(temp_project_read(background->project, LOG), "stopped [manual-stop]"));
}

Test(serve_detach, says_of_a_tool_that_it_lacks_that_unity_has_it)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach"));
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, "run-tests", NULL},
                                         background->project->root, NULL);
    cr_expect_eq(end.exit_code, 5, "%s", end.err);
    cr_expect(strstr(end.err, "\"Open the project in Unity: this tool needs the Editor.\""), "%s",
              end.err);
    program_end_clear(&end);
    background_stop(background);
}

Test(serve_detach, leaves_the_host_alone_in_a_session_with_nothing_of_ours)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach"));
    cr_expect_eq(getsid(background->host), background->host);
    char target[64] = {0};
    char *link = memory_format("/proc/%d/fd/0", (int)background->host);
    cr_assert_gt(readlink(link, target, sizeof(target) - 1), 0);
    cr_expect_str_eq(target, "/dev/null");
    free(link);
    background_stop(background);
}

Test(serve_detach, hands_the_options_on)
{
    struct background *background = background_new();
    struct temp_project *project = background->project;
    const char *compiler =
        temp_project_write(project, "my compiler",
                           "#!/bin/sh\ncp \"${1#@}\" told\necho 'error CS1: so it is'\nexit 1\n");
    cr_assert_eq(chmod(compiler, 0755), 0);
    temp_project_write(project, "my lib.dll", "");
    background_detach(background, OPTIONS("--detach", "--compiler=./my compiler", "--reference",
                                          "my lib.dll", "--log-file=the log"));
    background_expect_uloop(background, "compile", 1, "error CS1: so it is");
    const char *told = temp_project_read(project, "told");
    char *reference = memory_format("-r:\"%s/my lib.dll\"", project->root);
    cr_expect(strstr(told, reference), "%s", told);
    cr_expect(strstr(temp_project_read(project, "the log"), "Compilation failed"));
    cr_expect_not(temp_project_has(project, LOG));
    background_stop(background);
    free(reference);
}

Test(serve_detach, tells_the_hosts_own_error)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach"));
    struct program_end foreground = background_serve(background, OPTIONS("--timeout=60"));
    struct program_end detached = background_serve(background, OPTIONS("--detach"));
    cr_expect_eq(foreground.exit_code, 5, "%s", foreground.err);
    cr_expect_eq(detached.exit_code, 5, "%s", detached.err);
    cr_expect_str_eq(detached.out, "");
    /* Beside it the foreground's log is on the same stream. */
    cr_expect(detached.err_length > 0 && strstr(foreground.err, detached.err), "%s", detached.err);
    cr_expect(strstr(temp_project_read(background->project, LOG), "the host ends: The project "));
    background_expect(background, OPTIONS("--detach", "--reference", "none.dll"), 2, "none.dll");
    background_expect_state(background, "ready");
    background_stop(background);
    program_end_clear(&foreground);
    program_end_clear(&detached);
}

Test(serve_detach, ends_a_host_that_is_not_ready_in_time)
{
    struct background *background = background_new();
    struct program_end end =
        background_serve(background, OPTIONS("--detach", "--timeout", "0.001"));
    while (end.exit_code == 0) { /* on a busy machine the host can be quicker than our look */
        program_end_clear(&end);
        background_expect(background, OPTIONS("--stop"), 0, "stopped for ");
        end = background_serve(background, OPTIONS("--detach", "--timeout", "0.001"));
    }
    cr_expect_eq(end.exit_code, 4, "%s", end.err);
    cr_expect(strstr(end.err, "not ready within"), "%s", end.err);
    program_end_clear(&end);
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
    cr_expect_neq(access(test_editor_socket(background->names), F_OK), 0);
}

Test(serve_detach, starts_and_stops_a_host_that_writes_no_state)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach", "--generation=2"));
    cr_expect_not(temp_project_has(background->project, STATE));
    background_expect_uloop(background, "compile", 0, "Compiled 1 of 1 assembly");
    background_expect(background, OPTIONS("--stop"), 0, "stopped for ");
    cr_expect(background_has_ended(background->host));
    background->host = 0;
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
}

Test(serve_detach, says_at_which_port_it_listens)
{
    struct background *background = background_new();
    struct program_end end =
        background_serve(background, OPTIONS("--detach", "--listen=tcp:127.0.0.1:0"));
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    const char *port = strstr(end.out, ".sock and tcp:127.0.0.1:");
    const char *number = port ? port + strlen(".sock and tcp:127.0.0.1:") : "";
    background_expect(background, OPTIONS("--stop"), 0, "stopped for ");
    cr_expect_gt(strtol(number, NULL, 10), 0, "%s", end.out);
    program_end_clear(&end);
}

Test(serve_detach, writes_no_log_through_a_link)
{
    struct background *background = background_new();
    struct temp_project *elsewhere = temp_folder_new();
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(background->project, "Logs")), 0);
    background_expect(background, OPTIONS("--detach"), 7, "Logs is a symbolic link");
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    cr_assert_eq(unlink(temp_project_path(background->project, "Logs")), 0);
    temp_project_make_folder(background->project, "Logs");
    cr_assert_eq(
        symlink(temp_project_path(elsewhere, "file"), temp_project_path(background->project, LOG)),
        0);
    background_expect(background, OPTIONS("--detach"), 7, "serve.log is a symbolic link");
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
}

Test(serve_detach, says_when_the_log_cannot_be_opened)
{
    struct background *background = background_new();
    temp_project_make_folder(background->project, LOG);
    background_expect(background, OPTIONS("--detach"), 7, "Cannot open the log file");
    cr_expect_not(temp_project_has(background->project, STATE));
}

/* Blocks until the host's log has these words. */
static void await_log(const struct background *background, const char *words)
{
    const char *folder = temp_project_make_folder(background->project, "Logs");
    struct pollfd changes = {.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .events = POLLIN};
    cr_assert_geq(inotify_add_watch(changes.fd, folder, IN_CREATE | IN_MODIFY), 0);
    for (;;) {
        char events[4096];
        const char *log = temp_project_read(background->project, LOG);
        if (log && strstr(log, words))
            break;
        cr_assert_eq(poll(&changes, 1, LIMIT_MS), 1, "no \"%s\" in: %s", words, log);
        cr_assert_gt(read(changes.fd, events, sizeof(events)), 0);
    }
    (void)close(changes.fd);
}

/* The host begins, and ends, while the one that started it does not look. */
Test(serve_detach, says_that_the_host_was_stopped_when_it_began)
{
    struct background *background = background_new();
    const char *path = temp_project_path(background->project, "Temp/UnityCliLoop/serve.lock");
    int lock = test_lock_hold(path, TEST_LOCK_NOBODYS);
    struct program *starter =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--detach", NULL},
                      background->project->root, NULL);
    await_log(background, "Trying again");
    program_stop(starter);
    (void)close(lock);
    await_log(background, "ready [");
    background_expect(background, OPTIONS("--stop"), 0, "stopped for ");
    program_signal(starter, SIGCONT);
    struct program_end end = program_wait(starter);
    cr_expect_eq(end.exit_code, 3, "%s%s", end.out, end.err);
    cr_expect(strstr(end.err, "was stopped before it was ready"), "%s", end.err);
    program_end_clear(&end);
}

static void expect_same_status(const struct background *background, int exit_code)
{
    struct program_end serve_end = background_serve(background, OPTIONS("--status"));
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, "status", NULL},
                                         background->project->root, NULL);
    cr_expect_eq(serve_end.exit_code, exit_code);
    cr_expect_eq(end.exit_code, exit_code);
    char *age = strstr(end.out, "\"ageSeconds\""), *other = strstr(serve_end.out, "\"ageSeconds\"");
    cr_assert(age && other, "%s", serve_end.out);
    *age = *other = '\0';
    cr_expect_str_eq(serve_end.out, end.out);
    cr_expect_str_eq(strstr(other + 1, "\"generation\""), strstr(age + 1, "\"generation\""));
    program_end_clear(&serve_end);
    program_end_clear(&end);
}

Test(serve_detach, shows_the_status)
{
    struct background *background = background_new();
    expect_same_status(background, 3);
    background_detach(background, OPTIONS("--detach"));
    expect_same_status(background, 0);
    background_stop(background);
    expect_same_status(background, 3);
}

Test(serve_detach, does_one_thing_at_a_time)
{
    struct background *background = background_new();
    background_expect(background, OPTIONS("--detach", "--stop"), 2, "exclude each other");
    background_expect(background, OPTIONS("--stop", "--status"), 2, "exclude each other");
    background_expect(background, OPTIONS("--compiler=a", "--compiler-command=b"), 2,
                      "exclude each other");
    background_expect(background, OPTIONS("--log-size", "1023"), 2, "at least 1024");
    background_expect(background, OPTIONS("--log-size", "-1"), 2, "at least 1024");
}
