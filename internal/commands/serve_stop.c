#include "commands/serve_stop.h"

#include "base/clock.h"
#include "cli/output.h"
#include "commands/waiting.h"
#include "process/process_end.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char NONE[] = "there is no host for";

/* One life of a host's process. */
struct life {
    int64_t pid; /* 0 for none */
    char *token; /* process_start_token(); NULL when it is not known */
};

/* Is it over? One that cannot be looked at is not. */
static bool is_over(const struct life *host)
{
    if (process_look(host->pid) == PROCESS_GONE)
        return true;
    char *token = process_start_token(host->pid);
    bool over = token && host->token && strcmp(token, host->token) != 0;
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
static bool await_end(struct waiting *waiting, const struct life *host, uint64_t timeout_ms,
                      struct error *error)
{
    uint64_t deadline = clock_after(clock_now_ms(), timeout_ms);
    watch_owner(&waiting->wait.watch, host->pid); /* its exit is an event */
    while (!is_over(host)) {
        if (clock_now_ms() >= deadline) {
            error_set(error, E_READY_TIMEOUT,
                      "The host (process %" PRId64 ") was asked to stop and did not within %g s.",
                      host->pid, (double)timeout_ms / 1000);
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
    return true;
}

/* Whoever killed it may have been quicker than we: it is stopped all the same. */
static const char *how_it_ended(const struct server_state *state, const struct life *host)
{
    bool is_left =
        state->owner_pid == host->pid && (state->kind == STATE_READY || state->kind == STATE_BUSY);
    return is_left ? "ended by force, with its state left (`uloop fix` removes it), for"
                   : "stopped for";
}

/* Asks the host to stop. The exit code; -1 with *error set. */
static int stop_host(struct cli *cli, struct waiting *waiting, const struct life *host,
                     uint64_t timeout_ms, struct error *error)
{
    if (is_over(host))
        return is_an_editors(cli, error) ? -1 : print(cli, NONE);
    if (!host->token) {
        error_set(error, E_SYSTEM,
                  "The state file names process %" PRId64
                  " as the project's host, but nothing proves it; it was not ended.",
                  host->pid);
        return -1;
    }
    int status = process_end(host->pid, host->token, PROCESS_ASK);
    if (status == UV_ESRCH && is_over(host))
        return is_an_editors(cli, error) ? -1 : print(cli, NONE);
    if (status != 0) {
        error_set(error, E_SYSTEM, "Cannot ask process %" PRId64 " to stop: %s.", host->pid,
                  uv_strerror(status));
        return -1;
    }
    if (!await_end(waiting, host, timeout_ms, error))
        return -1;
    return print(cli, how_it_ended(&waiting->wait.state, host));
}

/* Reads the state, again while it does not parse but may be half-written. */
static bool read_state(struct wait *wait, struct error *error)
{
    do {
        wait_look(wait);
        if (!wait_is_reading_again(wait))
            return true;
    } while (wait_sleep(wait, clock_after(clock_now_ms(), STATE_READ_PAUSE_MS), error));
    return false;
}

/* Which process to ask: who holds the project's lock is sure; without, the state names one. */
static bool find_host(struct wait *wait, int64_t holder, struct life *host, struct error *error)
{
    if (!read_state(wait, error))
        return false;
    if (holder > 0) {
        *host = (struct life){.pid = holder, .token = process_start_token(holder)};
    } else if (wait->state.kind == STATE_UNREADABLE) {
        wait_describe_failure(wait, E_STATE_UNREADABLE, error);
        return false;
    } else {
        *host = (struct life){.pid = wait->state.owner_pid,
                              .token = memory_copy_string(wait->state.owner_started_at)};
    }
    return true;
}

int serve_stop(struct cli *cli, int64_t holder, uint64_t timeout_ms)
{
    struct error error = {0};
    struct waiting waiting;
    struct life host = {0};
    int exit_code = -1;
    if (!waiting_open(&waiting, cli, &error))
        return cli_fail(cli, &error);
    if (find_host(&waiting.wait, holder, &host, &error)) {
        if (host.pid > 0)
            exit_code = stop_host(cli, &waiting, &host, timeout_ms, &error);
        else if (!is_an_editors(cli, &error))
            exit_code = print(cli, NONE);
    }
    free(host.token);
    waiting_close(&waiting);
    return exit_code < 0 ? cli_fail(cli, &error) : exit_code;
}
