#include "commands/waiting.h"

#include "base/clock.h"

#include <stdlib.h>

enum {
    SHOW_AFTER_MS = 200 /* what is done sooner needs no progress line, which would only flicker */
};

static void show_phase(struct waiting *waiting)
{
    if (waiting->is_long && waiting->phase)
        spinner_show(&waiting->cli->spinner, waiting->phase, clock_now_ms() - waiting->start_ms);
}

static void on_phase(void *context, const char *phase)
{
    struct waiting *waiting = context;
    free(waiting->phase);
    waiting->phase = memory_copy_string(phase);
    show_phase(waiting);
}

static void on_timer(uv_timer_t *timer)
{
    struct waiting *waiting = timer->data;
    waiting->is_long = true;
    log_trace(&waiting->cli->log, "time for the progress line");
    show_phase(waiting);
}

/* Where no timer can be had, the line is there at once; where nobody would see the line, nothing
 * wakes for it. */
static void start_timer(struct waiting *waiting)
{
    waiting->is_long = false;
    if (!waiting->cli->spinner.stream)
        return;
    waiting->timer.data = waiting;
    waiting->is_long = uv_timer_init(&waiting->wait.watch.loop, &waiting->timer) < 0 ||
                       uv_timer_start(&waiting->timer, on_timer, SHOW_AFTER_MS, 0) < 0;
}

bool waiting_open(struct waiting *waiting, struct cli *cli, struct error *error)
{
    if (!cli_open_project(cli, error) ||
        !wait_open(&waiting->wait, &cli->project, &cli->log, error))
        return false;
    waiting->cli = cli;
    waiting->start_ms = clock_now_ms();
    waiting->phase = NULL;
    waiting->wait.listener = (struct wait_listener){.waiting = on_phase, .context = waiting};
    start_timer(waiting);
    return true;
}

void waiting_close(struct waiting *waiting)
{
    wait_close(&waiting->wait);
    spinner_clear(&waiting->cli->spinner);
    free(waiting->phase);
}
