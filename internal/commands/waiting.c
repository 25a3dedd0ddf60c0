#include "commands/waiting.h"

#include "base/clock.h"

static void show(void *context, const char *phase)
{
    struct waiting *waiting = context;
    spinner_show(&waiting->cli->spinner, phase, clock_now_ms() - waiting->start_ms);
}

bool waiting_open(struct waiting *waiting, struct cli *cli, struct error *error)
{
    if (!cli_open_project(cli, error) ||
        !wait_open(&waiting->wait, &cli->project, &cli->log, error))
        return false;
    waiting->cli = cli;
    waiting->start_ms = clock_now_ms();
    waiting->wait.listener = (struct wait_listener){.waiting = show, .context = waiting};
    return true;
}

void waiting_close(struct waiting *waiting)
{
    wait_close(&waiting->wait);
    spinner_clear(&waiting->cli->spinner);
}
