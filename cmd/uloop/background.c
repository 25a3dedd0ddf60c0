#include "background.h"

#include "base/memory.h"
#include "testkit/cleanup.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is detached would outlive a failed test. */
static void release(void *thing)
{
    struct background *background = thing;
    if (background->host > 0)
        (void)kill(background->host, SIGKILL);
    (void)unlink(test_editor_socket(background->names));
    free(background);
}

struct background *background_new(void)
{
    struct background *background = memory_new(sizeof(*background));
    background->project = temp_project_new();
    background->names = test_editor_new(background->project->root);
    temp_project_write(background->project, "Assets/A.cs", "class A {}\n");
    cleanup_register(release, background);
    return background;
}

struct program_end background_serve(const struct background *background, const char *const *options)
{
    const char *arguments[8] = {ULOOP_PROGRAM, "serve"};
    for (size_t at = 0; at < 5 && options[at]; at++)
        arguments[at + 2] = options[at];
    return program_run(arguments, background->project->root, NULL);
}

void background_expect(const struct background *background, const char *const *options,
                       int exit_code, const char *words)
{
    struct program_end end = background_serve(background, options);
    cr_assert_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s%s", end.exit_code,
                 end.signal, end.out, end.err);
    const char *said = exit_code == 0 ? end.out : end.err;
    cr_assert(strstr(said, words), "\"%s\" is not in: %s", words, said);
    program_end_clear(&end);
}

void background_detach(struct background *background, const char *const *options)
{
    struct program_end end = background_serve(background, options);
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

void background_expect_state(const struct background *background, const char *phase)
{
    const char *state = temp_project_read(background->project, STATE);
    char *member = memory_format("\"phase\":\"%s\"", phase);
    cr_assert(state && strstr(state, member), "%s is not in: %s", member, state);
    free(member);
}

void background_await_end(pid_t pid)
{
    int life = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = life, .events = POLLIN};
    if (life < 0)
        return; /* nothing is left of it */
    cr_assert_eq(poll(&ended, 1, LIMIT_MS), 1, "process %d does not end", (int)pid);
    (void)close(life);
}

bool background_has_ended(pid_t pid)
{
    int life = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = life, .events = POLLIN};
    bool is_over = life < 0 || poll(&ended, 1, 0) == 1;
    if (life >= 0)
        (void)close(life);
    return is_over;
}

void background_stop(struct background *background)
{
    background_expect(background, OPTIONS("--stop"), 0, "uloop serve: stopped for ");
    background_expect_state(background, "stopped");
    cr_expect_neq(access(test_editor_socket(background->names), F_OK), 0);
    cr_expect(background_has_ended(background->host));
    background->host = 0;
}

void background_expect_uloop(const struct background *background, const char *command,
                             int exit_code, const char *words)
{
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, command, NULL},
                                         background->project->root, NULL);
    cr_assert_eq(end.exit_code, exit_code, "%s: %s%s", command, end.out, end.err);
    cr_assert(strstr(end.out, words), "\"%s\" is not in: %s", words, end.out);
    program_end_clear(&end);
}
