#include "readiness/watch.h"

#include "base/clock.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    ENOUGH = 16,
    OF_THE_PROCESS = 2, /* descriptors that libuv opens once and keeps */
};

/* The number that the next descriptor will have. */
static int next_descriptor(void)
{
    int next = dup(STDERR_FILENO);
    cr_assert_geq(next, 0);
    cr_assert_eq(close(next), 0);
    return next;
}

/* Opens a watch in a process that may open so many descriptors; false when that fails. */
static bool open_with(struct temp_project *project, int descriptors)
{
    struct watch watch;
    struct error error = {0};
    struct rlimit limit;
    int before = next_descriptor();
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit few = {.rlim_cur = (rlim_t)(before + descriptors), .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    bool opened = watch_open(&watch, project->root, NULL, &error);
    if (opened)
        watch_close(&watch);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(error.code, opened ? E_NONE : E_SYSTEM, "%d descriptors", descriptors);
    error_clear(&error);
    return opened;
}

/* Opens one with more and more descriptors until there are enough of them. */
static void open_until_enough(struct temp_project *project)
{
    int descriptors = 0;
    int next = next_descriptor();
    while (!open_with(project, descriptors)) {
        cr_assert_lt(++descriptors, ENOUGH);
        cr_expect_leq(next_descriptor(), next + OF_THE_PROCESS);
    }
    cr_expect_gt(descriptors, 0);
}

Test(watch, is_refused_and_leaves_nothing_open_where_descriptors_run_out)
{
    struct temp_project *project = temp_project_new();
    open_until_enough(project);
    int next = next_descriptor();
    open_until_enough(project);
    cr_expect_eq(next_descriptor(), next);
    temp_project_free(project);
}

Test(watch, awaits_the_exit_of_a_process_that_got_the_pid_of_one_that_exited)
{
    struct temp_project *project = temp_project_new();
    struct program *unity = program_start_fake_unity(project->root);
    struct watch watch;
    struct error error = {0};
    cr_assert(watch_open(&watch, project->root, NULL, &error));
    watch_owner(&watch, program_pid(unity));
    watch.owner_exited = true; /* as the one before it would have left it */
    watch_owner(&watch, program_pid(unity));
    cr_expect_not(watch.owner_exited);
    program_free(unity);
    watch_next(&watch, clock_after(clock_now_ms(), WATCH_SAFETY_MS));
    cr_expect(watch.owner_exited);
    watch_close(&watch);
    temp_project_free(project);
}
