#ifndef ULOOP_LAUNCH_START_H
#define ULOOP_LAUNCH_START_H

#include "launch/editor_log.h"
#include "process/process_start.h"
#include "readiness/wait.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With what an Editor is started. All strings are borrowed. */
struct start_options {
    const char *program;
    const char *platform; /* -buildTarget; NULL for the project's last */
    bool batchmode;
    const char *const *extra; /* the user's own arguments, behind all others */
    size_t extra_count;
};

/* An Editor that was started. Not to be moved until the wait it was started on is closed. */
struct started_editor {
    struct process_child child;
    struct editor_log log;
};

/* Does an argument of the user's contradict what uloop itself says? Fails with
 * E_INVALID_ARGUMENT. */
bool start_check_extra(const char *const *extra, size_t count, struct error *error);

/*
 * Starts the Editor detached, on the wait's project and loop. It writes its log where Unity puts
 * it. Fails with E_EDITOR_NOT_FOUND when it cannot be started. Release with start_clear() once the
 * wait is closed.
 */
bool start_editor(struct wait *wait, const struct start_options *options,
                  struct started_editor *editor, struct error *error);

/*
 * Waits until the started Editor is ready: by the readiness decision, with its life as the only
 * limit besides the deadline. Fails with E_EDITOR_EXITED as soon as it has ended (its exit status
 * and the last lines of its log are in the details), E_READY_TIMEOUT, E_STATE_FAILED, E_INTERRUPTED
 * or what else the decision says. Whatever fails, an Editor that lives goes on.
 */
bool start_await_ready(struct wait *wait, struct started_editor *editor, uint64_t deadline_ms,
                       struct error *error);

void start_clear(struct started_editor *editor);

#endif
