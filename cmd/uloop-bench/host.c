#include "host.h"

#include "run.h"
#include "testkit/wait.h"

#include <signal.h>

static void copy_sample(const char *to)
{
    static const char SAMPLE[] = ULOOP_TESTDATA "/projects/hello";
    struct program_end end =
        program_run((const char *const[]){"/bin/cp", "-R", "Assets", "ProjectSettings", to, NULL},
                    SAMPLE, NULL);
    if (end.exit_code != 0)
        testkit_fail("Cannot copy %s: %s", SAMPLE, end.err);
    program_end_clear(&end);
}

struct host host_new(void)
{
    struct host host = {.project = temp_folder_new()};
    copy_sample(host.project->root);
    host.server = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                host.project->root, NULL);
    program_await_output_text(host.server, ": ready on ");
    return host;
}

void host_free(struct host *host)
{
    program_signal(host->server, SIGTERM);
    struct program_end end = program_wait(host->server);
    if (end.exit_code != 0)
        testkit_fail("uloop serve ended with exit code %d: %s", end.exit_code, end.err);
    program_end_clear(&end);
    temp_project_free(host->project);
}

double host_command_ms(const struct host *host, const char *command)
{
    /* The host says what it does: read it, or its pipe is full one day and it waits. */
    watch_handle_pending();
    return run_ms(
        (const char *const[]){ULOOP_PROGRAM, "--project-path", host->project->root, command, NULL},
        0);
}
