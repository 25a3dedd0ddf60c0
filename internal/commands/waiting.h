#ifndef ULOOP_COMMANDS_WAITING_H
#define ULOOP_COMMANDS_WAITING_H

#include "cli/cli.h"
#include "readiness/wait.h"

#include <stdbool.h>

/* A wait for the command's project that shows the spinner while it lasts, unless it is over in a
 * moment. Not to be moved once it is open. */
struct waiting {
    struct wait wait;
    struct cli *cli;
    uint64_t start_ms;
    uv_timer_t timer; /* of the wait's loop, which closes it */
    char *phase;      /* what is waited for, as last told; NULL before */
    bool is_long;     /* it has lasted long enough for the spinner */
};

/* Opens the project and the wait. Fails with E_PROJECT_NOT_FOUND or E_SYSTEM; there is nothing to
 * close then. */
bool waiting_open(struct waiting *waiting, struct cli *cli, struct error *error);

/* Closes the wait and takes the spinner away. */
void waiting_close(struct waiting *waiting);

#endif
