#include "launch/quit.h"

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/resource.h>

/* An Editor that is asked to quit, while the process that asked runs out of descriptors. */
struct scene {
    struct program *unity;
    struct rlimit limit;
    int looks; /* that found it alive */
};

/* Before each sleep: the first time nothing can be looked at from then on, the second time the
 * Editor goes. */
static void on_waiting(void *context, const char *phase)
{
    struct scene *scene = context;
    struct rlimit none = {.rlim_cur = 0, .rlim_max = scene->limit.rlim_max};
    (void)phase;
    if (scene->looks++ == 0) {
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    } else {
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &scene->limit), 0);
        program_signal(scene->unity, SIGCONT);
    }
}

Test(quit, waits_for_an_editor_that_cannot_be_looked_at)
{
    struct temp_project *folder = temp_project_new();
    struct project project = {0};
    struct wait wait;
    struct error error = {0};
    struct scene scene = {.unity = program_start_fake_unity(folder->root)};
    const struct owner owner = {.kind = OWNER_ALIVE, .pid = program_pid(scene.unity)};
    bool killed;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &scene.limit), 0);
    cr_assert(project_open(folder->root, &project, &error));
    cr_assert(wait_open(&wait, &project, NULL, &error));
    wait.listener = (struct wait_listener){.waiting = on_waiting, .context = &scene};
    program_stop(scene.unity); /* it takes no signal until it may go on */
    bool has_quit = quit_owner(&wait, &owner, &killed, &error);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &scene.limit), 0);
    cr_expect(has_quit, "%s", error.message);
    cr_expect_geq(scene.looks, 2);
    cr_expect(program_has_ended(scene.unity));
    wait_close(&wait);
    project_clear(&project);
    program_free(scene.unity);
    temp_project_free(folder);
}
