/* `uloop serve --stop`. */

#include "background.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Test(serve_stop, stops_a_host_whose_state_is_gone_or_spoiled)
{
    struct background *background = background_new();
    background_detach(background, OPTIONS("--detach"));
    cr_assert_eq(unlink(temp_project_path(background->project, STATE)), 0);
    background_stop(background);
    background_detach(background, OPTIONS("--detach"));
    temp_project_write(background->project, STATE, "{\"phase\":");
    background_stop(background);
}

Test(serve_stop, stops_nothing_where_nothing_runs)
{
    struct background *background = background_new();
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
    background_detach(background, OPTIONS("--detach"));
    cr_assert_eq(kill(background->host, SIGKILL), 0);
    background_await_end(background->host);
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
    background->host = 0;
}

Test(serve_stop, stops_a_host_in_the_foreground_and_its_compile)
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
    background_expect(background, OPTIONS("--stop"), 0, "stopped for ");
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    end = program_wait(compile);
    cr_expect_neq(end.exit_code, 0, "%s", end.out);
    program_end_clear(&end);
    background_expect_state(background, "stopped");
}

Test(serve_stop, gives_up_on_a_host_that_does_not_stop)
{
    struct background *background = background_new();
    struct program *host = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                         background->project->root, NULL);
    program_await_output_text(host, "ready on ");
    program_stop(host);
    background_expect(background, OPTIONS("--stop", "--timeout", "0.2"), 4, "did not within 0.2 s");
    program_signal(host, SIGCONT);
    struct program_end end = program_wait(host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
}

Test(serve_stop, leaves_an_editor_alone)
{
    struct background *background = background_new();
    struct program *editor = program_start_fake_unity(background->project->root);
    test_editor_publish(background->names, "ready", TEST_GENERATION_A, "manual-start");
    background_expect(background, OPTIONS("--stop"), 5, "which is no host of uloop");
    cr_expect_not(program_has_ended(editor));
    program_free(editor);
}

Test(serve_stop, ends_no_process_that_the_state_cannot_prove)
{
    struct background *background = background_new();
    struct program *stranger =
        program_start((const char *const[]){"/bin/sleep", "1000", NULL}, NULL, NULL);
    char *unproven = memory_format("{\"ownerPid\":%d}", (int)program_pid(stranger));
    char *of_another_life = memory_format("{\"ownerPid\":%d,\"ownerStartedAt\":\"another\"}",
                                          (int)program_pid(stranger));
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             unproven);
    background_expect(background, OPTIONS("--stop"), 7, "nothing proves it");
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             of_another_life);
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
    cr_expect_not(program_has_ended(stranger));
    program_free(stranger);
    free(of_another_life);
    free(unproven);
}

Test(serve_stop, takes_a_process_that_is_gone_for_stopped_without_proof)
{
    struct background *background = background_new();
    struct program *gone = program_start((const char *const[]){"/bin/true", NULL}, NULL, NULL);
    char *unproven = memory_format("{\"ownerPid\":%d}", (int)program_pid(gone));
    struct program_end end = program_wait(gone);
    program_end_clear(&end);
    test_editor_publish_with(background->names, "ready", TEST_GENERATION_A, "manual-start",
                             unproven);
    background_expect(background, OPTIONS("--stop"), 0, "there is no host for ");
    free(unproven);
}

Test(serve_stop, is_content_with_a_host_that_is_killed_while_it_stops)
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

Test(serve_stop, says_when_the_state_cannot_be_read)
{
    struct background *background = background_new();
    temp_project_write(background->project, STATE, "{\"phase\":");
    background_expect(background, OPTIONS("--stop"), 3, "server-state.json");
}
