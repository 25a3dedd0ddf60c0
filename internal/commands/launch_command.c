#include "base/clock.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/waiting.h"
#include "json/layout.h"
#include "launch/clean_up.h"
#include "launch/editor_install.h"
#include "launch/find_project.h"
#include "launch/quit.h"
#include "launch/start.h"
#include "launch/turn.h"
#include "window/window.h"

#include <inttypes.h>
#include <stdlib.h>

struct launch_options {
    const char *path;
    bool restart;
    bool quit;
    bool delete_recovery;
    const char *platform;
    int64_t max_depth;
    uint64_t timeout_ms;
    bool batchmode;
    struct option_list unity;
};

/* Opens a project in the Editor it wants, and waits until that is ready. */
static int launch_run(struct cli *cli, const void *options);

const struct command launch_command = {
    .name = "launch",
    .summary = "open the project in Unity and wait until the Editor is ready",
    .description =
        "Without a path it takes the nearest project from the current folder up, else the only "
        "one below it. The Editor is the version that the project names, from where the Unity Hub "
        "installs it, or what UNITY_EDITOR_PATH names. It goes on when uloop ends. An Editor that "
        "has the project open already is brought to the front instead.",
    .group = GROUP_PROJECT,
    .needs = NEEDS_NOTHING, /* it looks for the project in its own way */
    .options =
        (const struct option[]){
            OPTION_OPERAND(launch_options, path, "path", "the project, or a folder above it"),
            OPTION_REST(launch_options, unity, "unity-arguments",
                        "passed to the Editor as they are"),
            OPTION_FLAG(launch_options, restart, "restart", 'r',
                        "quit the Editor first if it is running"),
            OPTION_FLAG(launch_options, quit, "quit", 'q',
                        "quit the Editor, by force after 10 s, and start none"),
            OPTION_FLAG(launch_options, delete_recovery, "delete-recovery", 'd',
                        "delete Assets/_Recovery, the scenes Unity saved in a crash, first"),
            OPTION_STRING(launch_options, platform, "platform", 'p', "target",
                          "the build target to open it for, such as Android (-buildTarget)"),
            OPTION_INTEGER(launch_options, max_depth, "max-depth", '\0', "3",
                           "how many folders deep to look for a project; -1 for any depth"),
            OPTION_SECONDS(launch_options, timeout_ms, "timeout", 't', "180",
                           "give up waiting after so many seconds; the Editor goes on"),
            OPTION_FLAG(launch_options, batchmode, "batchmode", '\0',
                        "start the Editor without windows"),
            OPTION_END,
        },
    .options_size = sizeof(struct launch_options),
    .run = launch_run,
};

static bool check_options(const struct cli *cli, const struct launch_options *launch,
                          struct error *error)
{
    if (launch->quit && launch->restart)
        return error_set(error, E_INVALID_ARGUMENT, "--quit and --restart exclude each other.");
    if (launch->path && cli->common.project_path)
        return error_set(error, E_INVALID_ARGUMENT,
                         "The project is named twice, by --project-path and by <path>.");
    if (launch->max_depth < -1)
        return error_set(error, E_INVALID_ARGUMENT,
                         "--max-depth takes a number of folders, or -1 for any depth.");
    return start_check_extra(launch->unity.items, launch->unity.count, error);
}

/* What --project-path names must be a project itself; a path may be a folder above one. */
static bool open_project(struct cli *cli, const struct launch_options *launch, struct error *error)
{
    if (cli->common.project_path)
        return cli_open_project(cli, error);
    return find_project(launch->path, launch->max_depth, &cli->project, error);
}

/* Prints the result; `members` is more of it, "" or beginning with a comma. */
static int print_result(struct cli *cli, const char *message, int64_t pid, const char *members)
{
    struct buffer json = {0};
    buffer_append_string(&json, "{\"Success\":true,\"Message\":");
    json_quote(&json, message);
    buffer_append_string(&json, ",\"ProjectRoot\":");
    json_quote(&json, cli->project.root);
    if (pid > 0)
        buffer_append_format(&json, ",\"Pid\":%" PRId64, pid);
    buffer_append_format(&json, "%s}", members);
    int exit_code = output_result(cli, buffer_slice(&json));
    buffer_clear(&json);
    return exit_code;
}

/* Whoever has it open; an owner that no look finds answers on the endpoint. */
static struct owner find_user(struct wait *wait, bool *answers)
{
    wait_look(wait);
    struct owner owner = owner_find_user(wait->project->root, &wait->state);
    *answers = false;
    if (owner.kind != OWNER_ALIVE) {
        wait_probe(wait, clock_after(clock_now_ms(), WAIT_ANSWER_MS));
        *answers = wait->seen.endpoint == PREFLIGHT_ENDPOINT_ANSWERS;
    }
    return owner;
}

static int tell_running(struct cli *cli, int64_t pid)
{
    struct error error = {0};
    bool focused = window_focus(pid, &error);
    char *message = memory_format("The project is open already, in process %" PRId64 "%s%s", pid,
                                  focused ? ", whose window is now in front."
                                          : ". Its window stays where it is: ",
                                  focused ? "" : error.message);
    int exit_code =
        print_result(cli, message, pid, focused ? ",\"Focused\":true" : ",\"Focused\":false");
    free(message);
    error_clear(&error);
    return exit_code;
}

/* The one who writes its pid into the state is uloop's own host. It is no Editor, and has a command
 * of its own that ends it. */
static bool is_host(const struct owner *owner)
{
    return owner->kind == OWNER_ALIVE && owner->source == OWNER_FROM_STATE;
}

static int tell_host(struct cli *cli, const struct launch_options *launch, int64_t pid)
{
    struct error error = {0};
    if (launch->quit || launch->restart) {
        error_set(&error, E_PROJECT_IN_USE,
                  "The project is served by a host of uloop, process %" PRId64
                  ", and not by an Editor; it was not ended.",
                  pid);
        error_set_next(&error, "Run `uloop serve --stop` to end the host.");
        return cli_fail(cli, &error);
    }
    char *message = memory_format("No Editor was started: a host of uloop serves the project, in "
                                  "process %" PRId64 ". `uloop serve --stop` ends it.",
                                  pid);
    int exit_code = print_result(cli, message, pid, ",\"Focused\":false");
    free(message);
    return exit_code;
}

static int quit_editor(struct waiting *waiting, const struct owner *owner, bool answers)
{
    struct error error = {0};
    bool killed;
    if (owner->kind != OWNER_ALIVE && !answers)
        return print_result(waiting->cli, "No Unity Editor has the project open.", 0, "");
    if (owner->kind != OWNER_ALIVE)
        error_set(&error, E_PROJECT_IN_USE,
                  "A server answers for the project, but its process cannot be found.");
    else if (quit_owner(&waiting->wait, owner, &killed, &error))
        return print_result(waiting->cli,
                            killed ? "The Editor did not quit within 10 s and was killed."
                                   : "The Editor has quit.",
                            owner->pid, killed ? ",\"Killed\":true" : ",\"Killed\":false");
    return cli_fail(waiting->cli, &error);
}

/* Sees to it that nobody has the project open and nothing of an earlier Editor is in the way. */
static bool vacate(struct wait *wait, const struct launch_options *launch,
                   const struct owner *owner, bool answers, struct error *error)
{
    bool killed;
    const char *root = wait->project->root;
    if (answers)
        return error_set(error, E_PROJECT_IN_USE,
                         "A server answers for the project already, but its process cannot be "
                         "found.");
    if (owner->kind == OWNER_UNKNOWN && clean_up_finds_lock(root)) {
        error_set(error, E_PROJECT_IN_USE,
                  "An Editor may have the project open: there is a lock file, Temp/UnityLockfile, "
                  "and the system hides whose it is.");
        error_set_next(error, "If no Editor has the project open, delete the lock file.");
        return false;
    }
    if (owner->kind == OWNER_ALIVE && !quit_owner(wait, owner, &killed, error))
        return false;
    return clean_up_after_crash(wait, error) &&
           (!launch->delete_recovery || clean_up_recovered_scenes(root, error));
}

static int tell_ready(struct waiting *waiting, const struct editor_install *install,
                      const struct started_editor *editor)
{
    struct wait *wait = &waiting->wait;
    struct buffer members = {0};
    /* What was started may be a launcher, and the Editor itself another process. */
    struct owner owner = owner_find_user(wait->project->root, &wait->state);
    int64_t pid = owner.kind == OWNER_ALIVE ? owner.pid : editor->child.pid;
    buffer_append_string(&members, ",\"Editor\":");
    json_quote(&members, install->program);
    if (editor->log.path) {
        buffer_append_string(&members, ",\"Log\":");
        json_quote(&members, editor->log.path);
    }
    char *message = memory_format("The Editor is ready, in process %" PRId64 ".", pid);
    int exit_code = print_result(waiting->cli, message, pid, members.data);
    free(message);
    buffer_clear(&members);
    return exit_code;
}

/* One `uloop launch`, from the first look to the end. */
struct launch {
    struct waiting waiting;
    const struct launch_options *options;
    struct editor_install install;
    int64_t met; /* the Editor that it met when it began; 0 for none */
    struct launch_turn turn;
    struct started_editor editor;
};

/* Each wait has the whole time: behind another launch, and for the Editor that was started. */
static uint64_t deadline_of(const struct launch *launch)
{
    return clock_after(clock_now_ms(), launch->options->timeout_ms);
}

static int start_and_wait(struct launch *launch)
{
    struct error error = {0};
    struct wait *wait = &launch->waiting.wait;
    const struct launch_options *options = launch->options;
    const struct start_options start = {
        .program = launch->install.program,
        .platform = options->platform,
        .batchmode = options->batchmode,
        .extra = options->unity.items,
        .extra_count = options->unity.count,
    };
    uint64_t deadline_ms = deadline_of(launch);
    if (!start_editor(wait, &start, &launch->editor, &error))
        return cli_fail(launch->waiting.cli, &error);
    turn_end_when_visible(&launch->turn);
    return start_await_ready(wait, &launch->editor, deadline_ms, &error)
               ? tell_ready(&launch->waiting, &launch->install, &launch->editor)
               : cli_fail(launch->waiting.cli, &error);
}

/* Says so where the project need not be opened, or must not be; returns the exit code, and -1 where
 * it is to be opened. */
static int tell_open(struct launch *launch, const struct owner *owner, bool answers)
{
    struct cli *cli = launch->waiting.cli;
    if (is_host(owner))
        return tell_host(cli, launch->options, owner->pid);
    if (launch->options->quit)
        return quit_editor(&launch->waiting, owner, answers);
    /* To restart is to end the one that it met, not one that another launch started since. */
    if (owner->kind == OWNER_ALIVE && !(launch->options->restart && owner->pid == launch->met))
        return tell_running(cli, owner->pid);
    return -1;
}

/* With the turn: looks again, for another may have had it meanwhile. */
static int open_in_turn(struct launch *launch)
{
    struct error error = {0};
    struct wait *wait = &launch->waiting.wait;
    bool answers;
    struct owner owner = find_user(wait, &answers);
    int exit_code = tell_open(launch, &owner, answers);
    if (exit_code >= 0)
        return exit_code;
    return vacate(wait, launch->options, &owner, answers, &error)
               ? start_and_wait(launch)
               : cli_fail(launch->waiting.cli, &error);
}

static int launch_project(struct launch *launch)
{
    struct error error = {0};
    struct wait *wait = &launch->waiting.wait;
    bool answers;
    struct owner owner = find_user(wait, &answers);
    launch->met = owner.kind == OWNER_ALIVE ? owner.pid : 0;
    int exit_code = tell_open(launch, &owner, answers);
    if (exit_code >= 0)
        return exit_code;
    /* First of all: a running Editor is not quit for one that cannot be started. */
    if (!editor_install_find(wait->project->root, &launch->install, &error))
        return cli_fail(launch->waiting.cli, &error);
    exit_code = turn_take(&launch->turn, wait, deadline_of(launch), &error)
                    ? open_in_turn(launch)
                    : cli_fail(launch->waiting.cli, &error);
    turn_end(&launch->turn);
    editor_install_clear(&launch->install);
    return exit_code;
}

static int launch_run(struct cli *cli, const void *options)
{
    struct launch launch = {.options = options};
    struct error error = {0};
    if (!check_options(cli, launch.options, &error) || !open_project(cli, launch.options, &error) ||
        !waiting_open(&launch.waiting, cli, &error))
        return cli_fail(cli, &error);
    int exit_code = launch_project(&launch);
    waiting_close(&launch.waiting);
    start_clear(&launch.editor);
    return exit_code;
}
