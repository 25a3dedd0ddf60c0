#include "cli/output.h"
#include "commands/commands.h"
#include "commands/waiting.h"
#include "readiness/recovery.h"

#include <inttypes.h>

struct fix_options {
    bool force;
};

/* Removes what a crashed Editor left behind, and nothing that a living one uses. */
static int fix_run(struct cli *cli, const void *options);

const struct command fix_command = {
    .name = "fix",
    .summary = "remove recovery state left by an Editor that is gone",
    .description =
        "Removes server-state.json and its sidecars, the lock files of older packages and of a "
        "host that is gone (serve.lock), and the project's socket when nobody listens on it. It "
        "removes nothing while a host holds serve.lock, or an Editor lives, or may live, whose "
        "state is neither stopped, failed nor unreadable.",
    .group = GROUP_READINESS,
    .needs = NEEDS_PROJECT, /* no preflight: it must work when nothing else does */
    .options =
        (const struct option[]){
            OPTION_FLAG(fix_options, force, "force", 'f',
                        "remove it even while somebody uses it, all but a serve.lock that is held"),
            OPTION_END,
        },
    .options_size = sizeof(struct fix_options),
    .run = fix_run,
};

static int print_removed(struct cli *cli, const struct recovery *recovery)
{
    struct buffer text = {0};
    if (recovery->removed_count == 0)
        buffer_append_string(&text, "No recovery state files found.\n");
    else
        buffer_append_format(&text, "Cleaned up %zu recovery state file(s).\n",
                             recovery->removed_count);
    for (size_t i = 0; i < recovery->removed_count; i++)
        buffer_append_format(&text, "  %s\n", recovery->removed[i]);
    if (recovery->keeps_lock && recovery->lock_holder > 0)
        buffer_append_format(&text, "Kept serve.lock: process %" PRId64 " holds it.\n",
                             recovery->lock_holder);
    else if (recovery->keeps_lock)
        buffer_append_string(&text, "Kept serve.lock: another process holds it.\n");
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

/* One error for all that could not be removed. */
static int report_failures(struct cli *cli, const struct recovery *recovery)
{
    struct buffer text = {0};
    struct error error = {0};
    for (size_t i = 0; i < recovery->failure_count; i++)
        buffer_append_format(&text, "%s%s", i ? " " : "", recovery->failures[i].message);
    error_set(&error, E_SYSTEM, "%s", text.data);
    buffer_clear(&text);
    return cli_fail(cli, &error);
}

static int fix_run(struct cli *cli, const void *options)
{
    const struct fix_options *fix = options;
    struct error error = {0};
    struct waiting waiting;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    int exit_code = 0;
    struct recovery recovery = {0};
    if (recovery_run(&waiting.wait, fix->force ? RECOVERY_FORCED : RECOVERY_UNLESS_USED, &recovery,
                     &error)) {
        if (recovery.removed_count || !recovery.failure_count)
            exit_code = print_removed(cli, &recovery);
        if (recovery.failure_count)
            exit_code = report_failures(cli, &recovery);
    } else {
        exit_code = cli_fail(cli, &error);
    }
    recovery_clear(&recovery);
    waiting_close(&waiting);
    return exit_code;
}
