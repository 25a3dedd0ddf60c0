#include "window/window.h"

#include "base/loop.h"
#include "base/memory.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

/*
 * AppKit is asked by a helper process: linked into uloop it would be loaded at every start. This
 * way needs no permission of the user's, as System Events does.
 */

enum {
    FOCUSED = 0,
    NO_APPLICATION = 3,
};

struct helper {
    uv_process_t process;
    uv_timer_t timer;
    int64_t exit_code;
};

static void helper_ended(uv_process_t *process, int64_t exit_code, int signal)
{
    struct helper *helper = process->data;
    helper->exit_code = signal == 0 ? exit_code : -1;
    uv_close((uv_handle_t *)&helper->timer, NULL);
    uv_close((uv_handle_t *)process, NULL);
}

static void on_timeout(uv_timer_t *timer)
{
    struct helper *helper = timer->data;
    (void)uv_process_kill(&helper->process, SIGKILL);
}

/* Runs the script; its exit code, or a libuv error. */
static int64_t run_script(char *script)
{
    char *arguments[] = {"/usr/bin/osascript", "-l", "JavaScript", "-e", script, NULL};
    const uv_process_options_t options = {
        .exit_cb = helper_ended, .file = arguments[0], .args = arguments};
    struct helper helper = {.exit_code = -1};
    uv_loop_t loop;
    int status = loop_open(&loop);
    if (status < 0)
        return status;
    helper.process.data = &helper;
    helper.timer.data = &helper;
    (void)uv_timer_init(&loop, &helper.timer);
    status = uv_spawn(&loop, &helper.process, &options);
    if (status == 0) {
        (void)uv_timer_start(&helper.timer, on_timeout, WINDOW_LIMIT_MS, 0);
    } else {
        uv_close((uv_handle_t *)&helper.timer, NULL);
        uv_close((uv_handle_t *)&helper.process, NULL);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    return status < 0 ? status : helper.exit_code;
}

bool window_focus(int64_t pid, struct error *error)
{
    /* 1 | 2: all its windows, also when another application is at work. */
    char *script = memory_format(
        "ObjC.import('AppKit'); ObjC.import('stdlib');"
        "var app = $.NSRunningApplication.runningApplicationWithProcessIdentifier(%" PRId64 ");"
        "$.exit(app.isNil() ? %d : app.activateWithOptions(1 | 2) ? %d : 1);",
        pid, NO_APPLICATION, FOCUSED);
    int64_t outcome = run_script(script);
    free(script);
    if (outcome == FOCUSED)
        return true;
    if (outcome == NO_APPLICATION)
        return error_set(error, E_SYSTEM, "Process %" PRId64 " has no window.", pid);
    return error_set(error, E_SYSTEM, "macOS did not bring process %" PRId64 " to the front.", pid);
}
