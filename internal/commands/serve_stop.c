#include "commands/serve_stop.h"

#include "base/clock.h"
#include "cli/output.h"
#include "commands/waiting.h"
#include "process/process_end.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char NONE[] = "there is no host for";

/* Is that life of the host over? One that cannot be looked at is not. */
static bool is_over(const struct server_state *host)
{
    if (process_look(host->owner_pid) == PROCESS_GONE)
        return true;
    char *token = process_start_token(host->owner_pid);
    bool over = token && strcmp(token, host->owner_started_at) != 0;
    free(token);
    return over;
}

/* Is the project somebody's who is no host? */
static bool is_an_editors(struct cli *cli, struct error *error)
{
    struct server_state unsaid = {0};
    struct owner owner = owner_find_user(cli->project.root, &unsaid);
    if (owner.kind != OWNER_ALIVE)
        return false;
    error_set(error, E_PROJECT_IN_USE,
              "The project %s is in use by process %" PRId64
              " (known from %s), which is no host of uloop.",
              cli->project.root, owner.pid, owner_source_name(owner.source));
    error_set_next(error, "Quit the Editor, or leave it: it serves the project.");
    return true;
}

static int print(struct cli *cli, const char *what)
{
    char *text = memory_format("uloop serve: %s %s\n", what, cli->project.root);
    spinner_clear(&cli->spinner);
    int exit_code = output_text(cli, slice_of(text));
    free(text);
    return exit_code;
}

/* Waits until the host that was asked to has ended. */
static bool await_end(struct waiting *waiting, const struct server_state *host, uint64_t timeout_ms,
                      struct error *error)
{
    uint64_t deadline = clock_after(clock_now_ms(), timeout_ms);
    watch_owner(&waiting->wait.watch, host->owner_pid); /* its exit is an event */
    while (!is_over(host)) {
        if (clock_now_ms() >= deadline) {
            error_set(error, E_READY_TIMEOUT,
                      "The host (process %" PRId64 ") was asked to stop and did not within %g s.",
                      host->owner_pid, (double)timeout_ms / 1000);
            error_set_next(error, "Look into its log; end it by force, then run `uloop fix`.");
            return false;
        }
        /* What changed before the watch stood was not reported: look once more first. */
        if (watch_arm(&waiting->wait.watch))
            continue;
        waiting->wait.listener.waiting(waiting->wait.listener.context, "the host's end");
        if (!wait_sleep(&waiting->wait, deadline, error))
            return false;
    }
    wait_look(&waiting->wait);
    const struct server_state *state = &waiting->wait.state;
    if (state->kind == STATE_STOPPED || state->owner_pid != host->owner_pid)
        return true;
    error_set(error, E_SYSTEM,
              "The host (process %" PRId64 ") has ended, but its state still says %s.",
              host->owner_pid, state->phase);
    error_set_next(error, "Run `uloop fix` to remove the state.");
    return false;
}

/* Asks the host that the state names. The exit code; -1 with *error set. */
static int stop_host(struct cli *cli, struct waiting *waiting, const struct server_state *host,
                     uint64_t timeout_ms, struct error *error)
{
    if (!host->owner_started_at) {
        error_set(error, E_SYSTEM,
                  "The state file names process %" PRId64
                  " as the project's host, but nothing proves it; it was not ended.",
                  host->owner_pid);
        return -1;
    }
    int status = is_over(host) ? UV_ESRCH
                               : process_end(host->owner_pid, host->owner_started_at, PROCESS_ASK);
    if (status == UV_ESRCH && is_over(host))
        return is_an_editors(cli, error) ? -1 : print(cli, NONE);
    if (status != 0) {
        error_set(error, E_SYSTEM, "Cannot ask process %" PRId64 " to stop: %s.", host->owner_pid,
                  uv_strerror(status));
        return -1;
    }
    if (!await_end(waiting, host, timeout_ms, error))
        return -1;
    return print(cli, "stopped for");
}

int serve_stop(struct cli *cli, uint64_t timeout_ms)
{
    struct error error = {0};
    struct waiting waiting;
    struct server_state host = {0};
    int exit_code = -1;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    do { /* until it can be read, or is known to be unreadable */
        wait_look(&waiting.wait);
        if (!wait_is_reading_again(&waiting.wait))
            break;
    } while (wait_sleep(&waiting.wait, clock_after(clock_now_ms(), STATE_READ_PAUSE_MS), &error));
    state_copy(&host, &waiting.wait.state);
    if (error.code == E_NONE && host.kind == STATE_UNREADABLE)
        wait_describe_failure(&waiting.wait, E_STATE_UNREADABLE, &error);
    else if (error.code == E_NONE && host.owner_pid > 0)
        exit_code = stop_host(cli, &waiting, &host, timeout_ms, &error);
    else if (error.code == E_NONE && !is_an_editors(cli, &error))
        exit_code = print(cli, NONE);
    state_clear(&host);
    waiting_close(&waiting);
    return exit_code < 0 ? cli_fail(cli, &error) : exit_code;
}
