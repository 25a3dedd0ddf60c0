#include "launch/start.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/path.h"
#include "process/editor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    OWN_ARGUMENTS =
        6, /* the program, -projectPath and -buildTarget with their values, -batchmode */
    STATUS_WAIT_MS = 1000 /* for the exit status of a process that is known to have ended */
};

bool start_check_extra(const char *const *extra, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!editor_is_option(extra[i], "projectPath"))
            continue;
        return error_set(error, E_INVALID_ARGUMENT,
                         "-projectPath is given by uloop itself: name the project as "
                         "`uloop launch <path>`.");
    }
    return true;
}

/* Borrows its strings; the caller frees the array. */
static const char **make_arguments(const char *project_root, const struct start_options *options)
{
    size_t count = 0;
    const char **arguments =
        memory_new((OWN_ARGUMENTS + options->extra_count + 1) * sizeof(*arguments));
    arguments[count++] = options->program;
    arguments[count++] = "-projectPath";
    arguments[count++] = project_root;
    if (options->platform) {
        arguments[count++] = "-buildTarget";
        arguments[count++] = options->platform;
    }
    if (options->batchmode)
        arguments[count++] = "-batchmode";
    for (size_t i = 0; i < options->extra_count; i++)
        arguments[count++] = options->extra[i];
    return arguments;
}

bool start_editor(struct wait *wait, const struct start_options *options,
                  struct started_editor *editor, struct error *error)
{
    const char *root = wait->project->root;
    editor_log_look(&editor->log, root, options->extra, options->extra_count);
    const char **arguments = make_arguments(root, options);
    int status = process_start_detached(&editor->child, &wait->watch.loop, (char *const *)arguments,
                                        root, watch_wake, &wait->watch);
    free(arguments);
    if (status != 0) {
        error_set(error, E_EDITOR_NOT_FOUND, "Cannot start %s: %s.", options->program,
                  uv_strerror(status));
        start_clear(editor);
        return false;
    }
    log_debug(wait->log, "started process %" PRId64 ": %s", editor->child.pid, options->program);
    wait->patient = true;
    wait->started_pid = editor->child.pid;
    return true;
}

/* Has the process ended? Its exit status comes by another event than the end itself, and perhaps a
 * moment later. */
static bool has_ended(struct wait *wait, struct started_editor *editor)
{
    uint64_t until = clock_after(clock_now_ms(), STATUS_WAIT_MS);
    if (!editor->child.ended && process_look(editor->child.pid) != PROCESS_GONE)
        return false;
    while (!editor->child.ended && !wait->watch.interrupted && clock_now_ms() < until)
        watch_next(&wait->watch, until);
    return true;
}

/* What became of it, and where that can be read. */
static void add_log(const struct started_editor *editor, struct error *error)
{
    struct buffer lines = {0};
    if (editor->log.path && path_exists(editor->log.path))
        error_add_detail(error, "log", editor->log.path);
    if (editor_log_append_tail(&editor->log, &lines))
        error_add_detail_json(error, "logTail", lines.data);
    buffer_clear(&lines);
}

static void add_number(struct error *error, const char *key, int64_t number)
{
    char *text = memory_format("%" PRId64, number);
    error_add_detail_json(error, key, text);
    free(text);
}

static void describe_end(const struct started_editor *editor, struct error *error)
{
    const struct process_child *child = &editor->child;
    char *how = NULL;
    if (!child->ended)
        how = memory_copy_string("ended");
    else if (child->signal != 0)
        how = memory_format("was ended by signal %d", child->signal);
    else
        how = memory_format("ended with exit code %" PRId64, child->exit_code);
    error_clear(error);
    error_set(error, E_EDITOR_EXITED,
              "The Unity Editor (process %" PRId64 ") %s before it was ready.", child->pid, how);
    add_number(error, "pid", child->pid);
    if (child->ended && child->signal != 0)
        add_number(error, "signal", child->signal);
    else if (child->ended)
        add_number(error, "exitCode", child->exit_code);
    add_log(editor, error);
    free(how);
}

/* A living Editor goes on whatever became of the wait for it. */
static void add_survivor(const struct started_editor *editor, struct error *error)
{
    if (error->code == E_READY_TIMEOUT)
        error_set_next(error,
                       "The Editor goes on starting as process %" PRId64
                       ": run `uloop wait`, or look into its log.",
                       editor->child.pid);
    add_number(error, "pid", editor->child.pid);
    error_add_detail(error, "log", editor->log.path);
}

bool start_await_ready(struct wait *wait, struct started_editor *editor, uint64_t deadline_ms,
                       struct error *error)
{
    while (!wait_for(wait, WAIT_FOR_READY, deadline_ms, error)) {
        bool ended = has_ended(wait, editor);
        /* One that starts up may listen long before its main thread has time to answer. */
        if (!ended && error->code == E_NOT_ANSWERING && clock_now_ms() < deadline_ms) {
            error_clear(error);
            continue;
        }
        if (!ended)
            add_survivor(editor, error);
        else if (error->code != E_INTERRUPTED && error->code != E_STATE_FAILED)
            describe_end(editor, error);
        return false;
    }
    return true;
}

void start_clear(struct started_editor *editor)
{
    editor_log_clear(&editor->log);
}
