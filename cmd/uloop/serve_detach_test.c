/* The host in the background: `uloop serve` with --detach, --stop and --status. */

#include "base/memory.h"
#include "testkit/cleanup.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"
#include "testkit/test_lock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATE "Temp/UnityCliLoop/server-state.json"
#define LOG   "Logs/uloop-serve.log"

enum {
    LIMIT_MS = 30000
};

/* A project, and what runs in its background. */
struct background {
    struct temp_project *project;
    struct test_editor *names; /* knows the socket */
    pid_t host;                /* 0 for none */
};

/* What is detached would outlive a failed test. */
static void release(void *thing)
{
    struct background *background = thing;
    if (background->host > 0)
        (void)kill(background->host, SIGKILL);
    (void)unlink(test_editor_socket(background->names));
    free(background);
}

static struct background *background_new(void)
{
    struct background *background = memory_new(sizeof(*background));
    background->project = temp_project_new();
    background->names = test_editor_new(background->project->root);
    temp_project_write(background->project, "Assets/A.cs", "class A {}\n");
    cleanup_register(release, background);
    return background;
}

/* `uloop serve` with up to four arguments. */
static struct program_end serve(const struct background *background, const char *const *options)
{
    const char *arguments[8] = {ULOOP_PROGRAM, "serve"};
    for (size_t at = 0; at < 5 && options[at]; at++)
        arguments[at + 2] = options[at];
    return program_run(arguments, background->project->root, NULL);
}

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_serve(const struct background *background, const char *const *options,
                         int exit_code, const char *words)
{
    struct program_end end = serve(background, options);
    cr_assert_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s%s", end.exit_code,
                 end.signal, end.out, end.err);
    const char *said = exit_code == 0 ? end.out : end.err;
    cr_assert(strstr(said, words), "\"%s\" is not in: %s", words, said);
    program_end_clear(&end);
}

/* Starts the host in the background, and holds what is said of it against the contract. */
static void detach(struct background *background, const char *const *options)
{
    struct program_end end = serve(background, options);
    cr_assert_eq(end.exit_code, 0, "exit code %d: %s", end.exit_code, end.err);
    const char *process = strstr(end.out, "\nprocess ");
    cr_assert(process, "%s", end.out);
    background->host = (pid_t)strtol(process + strlen("\nprocess "), NULL, 10);
    cr_assert_gt(background->host, 1);
    char *ready = memory_format("uloop serve: ready on %s for %s\nprocess %d, log ",
                                test_editor_socket(background->names), background->project->root,
                                (int)background->host);
    cr_expect_eq(strncmp(end.out, ready, strlen(ready)), 0, "%s", end.out);
    cr_expect_str_eq(end.err, "");
    free(ready);
    program_end_clear(&end);
}

static void expect_state(const struct background *background, const char *phase)
{
    const char *state = temp_project_read(background->project, STATE);
    char *member = memory_format("\"phase\":\"%s\"", phase);
    cr_assert(state && strstr(state, member), "%s is not in: %s", member, state);
    free(member);
}

/* Blocks until the process has ended; its exit status may still wait for whoever is its parent. */
static void await_end(pid_t pid)
{
    int life = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = life, .events = POLLIN};
    if (life < 0)
        return; /* nothing is left of it */
    cr_assert_eq(poll(&ended, 1, LIMIT_MS), 1, "process %d does not end", (int)pid);
    (void)close(life);
}

static bool has_ended(pid_t pid)
{
    int life = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = life, .events = POLLIN};
    bool is_over = life < 0 || poll(&ended, 1, 0) == 1;
    if (life >= 0)
        (void)close(life);
    return is_over;
}

static void stop(struct background *background)
{
    expect_serve(background, OPTIONS("--stop"), 0, "uloop serve: stopped for ");
    expect_state(background, "stopped");
    cr_expect_neq(access(test_editor_socket(background->names), F_OK), 0);
    cr_expect(has_ended(background->host));
    background->host = 0;
}

static void expect_uloop(const struct background *background, const char *command, int exit_code,
                         const char *words)
{
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, command, NULL},
                                         background->project->root, NULL);
    cr_assert_eq(end.exit_code, exit_code, "%s: %s%s", command, end.out, end.err);
    cr_assert(strstr(end.out, words), "\"%s\" is not in: %s", words, end.out);
    program_end_clear(&end);
}

Test(serve_detach, returns_when_a_command_may_be_sent_and_stops_again)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach"));
    expect_state(background, "ready");
    expect_uloop(background, "compile", 0, "Compiled 1 of 1 assembly");
    cr_expect(strstr(temp_project_read(background->project, LOG), "] Compiled 1 of 1 assembly"));
    stop(background);
    cr_expect(strstr(temp_project_read(background->project, LOG), "stopped [manual-stop]"));
}

Test(serve_detach, says_of_a_tool_that_it_lacks_that_unity_has_it)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach"));
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, "run-tests", NULL},
                                         background->project->root, NULL);
    cr_expect_eq(end.exit_code, 5, "%s", end.err);
    cr_expect(strstr(end.err, "\"Open the project in Unity: this tool needs the Editor.\""), "%s",
              end.err);
    program_end_clear(&end);
    stop(background);
}

Test(serve_detach, leaves_the_host_alone_in_a_session_with_nothing_of_ours)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach"));
    cr_expect_eq(getsid(background->host), background->host);
    char target[64] = {0};
    char *link = memory_format("/proc/%d/fd/0", (int)background->host);
    cr_assert_gt(readlink(link, target, sizeof(target) - 1), 0);
    cr_expect_str_eq(target, "/dev/null");
    free(link);
    stop(background);
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
    detach(background, OPTIONS("--detach", "--compiler=./my compiler", "--reference", "my lib.dll",
                               "--log-file=the log"));
    expect_uloop(background, "compile", 1, "error CS1: so it is");
    const char *told = temp_project_read(project, "told");
    char *reference = memory_format("-r:\"%s/my lib.dll\"", project->root);
    cr_expect(strstr(told, reference), "%s", told);
    cr_expect(strstr(temp_project_read(project, "the log"), "Compilation failed"));
    cr_expect_not(temp_project_has(project, LOG));
    stop(background);
    free(reference);
}

Test(serve_detach, tells_the_hosts_own_error)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach"));
    struct program_end foreground = serve(background, OPTIONS("--timeout=60"));
    struct program_end detached = serve(background, OPTIONS("--detach"));
    cr_expect_eq(foreground.exit_code, 5, "%s", foreground.err);
    cr_expect_eq(detached.exit_code, 5, "%s", detached.err);
    cr_expect_str_eq(detached.out, "");
    /* Beside it the foreground's log is on the same stream. */
    cr_expect(detached.err_length > 0 && strstr(foreground.err, detached.err), "%s", detached.err);
    cr_expect(strstr(temp_project_read(background->project, LOG), "the host ends: The project "));
    expect_serve(background, OPTIONS("--detach", "--reference", "none.dll"), 2, "none.dll");
    expect_state(background, "ready");
    stop(background);
    program_end_clear(&foreground);
    program_end_clear(&detached);
}

Test(serve_detach, ends_a_host_that_is_not_ready_in_time)
{
    struct background *background = background_new();
    struct program_end end = serve(background, OPTIONS("--detach", "--timeout", "0.001"));
    while (end.exit_code == 0) { /* on a busy machine the host can be quicker than our look */
        program_end_clear(&end);
        expect_serve(background, OPTIONS("--stop"), 0, "stopped for ");
        end = serve(background, OPTIONS("--detach", "--timeout", "0.001"));
    }
    cr_expect_eq(end.exit_code, 4, "%s", end.err);
    cr_expect(strstr(end.err, "not ready within"), "%s", end.err);
    program_end_clear(&end);
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
    cr_expect_neq(access(test_editor_socket(background->names), F_OK), 0);
}

Test(serve_detach, starts_and_stops_a_host_that_writes_no_state)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach", "--generation=2"));
    cr_expect_not(temp_project_has(background->project, STATE));
    expect_uloop(background, "compile", 0, "Compiled 1 of 1 assembly");
    expect_serve(background, OPTIONS("--stop"), 0, "stopped for ");
    cr_expect(has_ended(background->host));
    background->host = 0;
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
}

Test(serve_detach, says_at_which_port_it_listens)
{
    struct background *background = background_new();
    struct program_end end = serve(background, OPTIONS("--detach", "--listen=tcp:127.0.0.1:0"));
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    const char *port = strstr(end.out, ".sock and tcp:127.0.0.1:");
    const char *number = port ? port + strlen(".sock and tcp:127.0.0.1:") : "";
    expect_serve(background, OPTIONS("--stop"), 0, "stopped for ");
    cr_expect_gt(strtol(number, NULL, 10), 0, "%s", end.out);
    program_end_clear(&end);
}

Test(serve_detach, stops_a_host_whose_state_is_gone_or_spoiled)
{
    struct background *background = background_new();
    detach(background, OPTIONS("--detach"));
    cr_assert_eq(unlink(temp_project_path(background->project, STATE)), 0);
    stop(background);
    detach(background, OPTIONS("--detach"));
    temp_project_write(background->project, STATE, "{\"phase\":");
    stop(background);
}

Test(serve_detach, writes_no_log_through_a_link)
{
    struct background *background = background_new();
    struct temp_project *elsewhere = temp_folder_new();
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(background->project, "Logs")), 0);
    expect_serve(background, OPTIONS("--detach"), 7, "Logs is a symbolic link");
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    cr_assert_eq(unlink(temp_project_path(background->project, "Logs")), 0);
    temp_project_make_folder(background->project, "Logs");
    cr_assert_eq(
        symlink(temp_project_path(elsewhere, "file"), temp_project_path(background->project, LOG)),
        0);
    expect_serve(background, OPTIONS("--detach"), 7, "serve.log is a symbolic link");
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
}

Test(serve_detach, says_when_the_log_cannot_be_opened)
{
    struct background *background = background_new();
    temp_project_make_folder(background->project, LOG);
    expect_serve(background, OPTIONS("--detach"), 7, "Cannot open the log file");
    cr_expect_not(temp_project_has(background->project, STATE));
}

Test(serve_detach, stops_nothing_where_nothing_runs)
{
    struct background *background = background_new();
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
    detach(background, OPTIONS("--detach"));
    cr_assert_eq(kill(background->host, SIGKILL), 0);
    await_end(background->host);
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
    background->host = 0;
}

Test(serve_detach, stops_a_host_in_the_foreground_and_its_compile)
{
    struct background *background = background_new();
    const char *compiler = temp_project_write(background->project, "compiler",
                                              "#!/bin/sh\necho > arrived\nexec sleep 1000\n");
    cr_assert_eq(chmod(compiler, 0755), 0);
    cr_assert_eq(mkfifo(temp_project_path(background->project, "arrived"), 0600), 0);
    struct program *host =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--compiler", compiler, NULL},
                      background->project->root, NULL);
    program_await_output_text(host, "ready on ");
    struct program *compile = program_start((const char *const[]){ULOOP_PROGRAM, "compile", NULL},
                                            background->project->root, NULL);
    int arrived = open(temp_project_path(background->project, "arrived"), O_RDONLY | O_CLOEXEC);
    cr_assert_geq(arrived, 0); /* only now: opening it waited for the compiler */
    (void)close(arrived);
    expect_serve(background, OPTIONS("--stop"), 0, "stopped for ");
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    end = program_wait(compile);
    cr_expect_neq(end.exit_code, 0, "%s", end.out);
    program_end_clear(&end);
    expect_state(background, "stopped");
}

Test(serve_detach, gives_up_on_a_host_that_does_not_stop)
{
    struct background *background = background_new();
    struct program *host = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                         background->project->root, NULL);
    program_await_output_text(host, "ready on ");
    program_stop(host);
    expect_serve(background, OPTIONS("--stop", "--timeout", "0.2"), 4, "did not within 0.2 s");
    program_signal(host, SIGCONT);
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
}

Test(serve_detach, leaves_an_editor_alone)
{
    struct background *background = background_new();
    struct program *editor = program_start_fake_unity(background->project->root);
    test_editor_publish(background->names, "ready", TEST_GENERATION_A, "manual-start");
    expect_serve(background, OPTIONS("--stop"), 5, "which is no host of uloop");
    cr_expect_not(program_has_ended(editor));
    program_free(editor);
}

Test(serve_detach, ends_no_process_that_the_state_cannot_prove)
{
    struct background *background = background_new();
    struct program *stranger =
        program_start((const char *const[]){"/bin/sleep", "1000", NULL}, NULL, NULL);
    char *unproven = memory_format("{\"ownerPid\":%d}", (int)program_pid(stranger));
    char *of_another_life = memory_format("{\"ownerPid\":%d,\"ownerStartedAt\":\"another\"}",
                                          (int)program_pid(stranger));
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             unproven);
    expect_serve(background, OPTIONS("--stop"), 7, "nothing proves it");
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             of_another_life);
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
    cr_expect_not(program_has_ended(stranger));
    program_free(stranger);
    free(of_another_life);
    free(unproven);
}

Test(serve_detach, takes_a_process_that_is_gone_for_stopped_without_proof)
{
    struct background *background = background_new();
    struct program *gone = program_start((const char *const[]){"/bin/true", NULL}, NULL, NULL);
    char *unproven = memory_format("{\"ownerPid\":%d}", (int)program_pid(gone));
    struct program_end end = program_wait(gone);
    program_end_clear(&end);
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             unproven);
    expect_serve(background, OPTIONS("--stop"), 0, "there is no host for ");
    free(unproven);
}

Test(serve_detach, is_content_with_a_host_that_is_killed_while_it_stops)
{
    struct background *background = background_new();
    const char *const environment[] = {"ULOOP_LOG=trace", NULL};
    struct program *host = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                         background->project->root, NULL);
    program_await_output_text(host, "ready on ");
    program_stop(host);
    struct program *stop =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--stop", NULL},
                      background->project->root, environment);
    program_await_error_text(stop, "watching ");
    program_signal(host, SIGKILL);
    struct program_end end = program_wait(stop);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    cr_expect(strstr(end.out, "ended by force") && strstr(end.out, "uloop fix"), "%s", end.out);
    program_end_clear(&end);
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
    expect_serve(background, OPTIONS("--stop"), 0, "stopped for ");
    program_signal(starter, SIGCONT);
    struct program_end end = program_wait(starter);
    cr_expect_eq(end.exit_code, 3, "%s%s", end.out, end.err);
    cr_expect(strstr(end.err, "was stopped before it was ready"), "%s", end.err);
    program_end_clear(&end);
}

Test(serve_detach, says_when_the_state_cannot_be_read)
{
    struct background *background = background_new();
    temp_project_write(background->project, STATE, "{\"phase\":");
    expect_serve(background, OPTIONS("--stop"), 3, "server-state.json");
}

static void expect_same_status(const struct background *background, int exit_code)
{
    struct program_end serve_end = serve(background, OPTIONS("--status"));
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
    detach(background, OPTIONS("--detach"));
    expect_same_status(background, 0);
    stop(background);
    expect_same_status(background, 3);
}

Test(serve_detach, does_one_thing_at_a_time)
{
    struct background *background = background_new();
    expect_serve(background, OPTIONS("--detach", "--stop"), 2, "exclude each other");
    expect_serve(background, OPTIONS("--stop", "--status"), 2, "exclude each other");
    expect_serve(background, OPTIONS("--compiler=a", "--compiler-command=b"), 2,
                 "exclude each other");
    expect_serve(background, OPTIONS("--log-size", "1023"), 2, "at least 1024");
    expect_serve(background, OPTIONS("--log-size", "-1"), 2, "at least 1024");
}
