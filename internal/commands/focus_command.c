#include "cli/output.h"
#include "commands/commands.h"
#include "commands/waiting.h"
#include "window/window.h"

#include <inttypes.h>
#include <stdlib.h>

/* Brings the window of the Editor that has the project open to the front. */
static int focus_run(struct cli *cli, const void *options);

const struct command focus_command = {
    .name = "focus-window",
    .summary = "bring the Editor's window to the front",
    .description = "Asks the window manager, not the Editor: it works while the Editor is busy.",
    .group = GROUP_PROJECT,
    .needs = NEEDS_PROJECT, /* no preflight: what helps a stuck Editor must not wait for it */
    .run = focus_run,
};

/* The process of the Editor; 0 with *error when there is none. */
static int64_t find_editor(struct cli *cli, struct error *error)
{
    struct server_state state = {0};
    struct error unreadable = {0};
    state_read(cli->project.root, &state, &unreadable);
    struct owner owner = owner_find_user(cli->project.root, &state);
    error_clear(&unreadable);
    state_clear(&state);
    if (owner.kind == OWNER_ALIVE)
        return owner.pid;
    error_set(error, E_NOT_REACHABLE,
              owner.kind == OWNER_GONE
                  ? "No Unity Editor has the project %s open."
                  : "Which process has the project %s open cannot be told: the system hides them.",
              cli->project.root);
    error_set_next(error, "Start the Editor with `uloop launch`.");
    return 0;
}

static int focus_run(struct cli *cli, const void *options)
{
    struct error error = {0};
    (void)options;
    int64_t pid = find_editor(cli, &error);
    if (pid == 0 || !window_focus(pid, &error))
        return cli_fail(cli, &error);
    char *result = memory_format("{\"Success\":true,\"Message\":\"The Editor's window (process "
                                 "%" PRId64 ") is in front.\",\"Pid\":%" PRId64 "}",
                                 pid, pid);
    int exit_code = output_result(cli, slice_of(result));
    free(result);
    return exit_code;
}
