#ifndef ULOOP_COMMANDS_DISPATCH_H
#define ULOOP_COMMANDS_DISPATCH_H

#include "cli/cli.h"

#include <stdbool.h>
#include <stdint.h>

/* One request to the Editor. */
struct dispatch {
    const char *command_name; /* what the user typed */
    const char *method;       /* what the Editor is asked */
    const char *params_json;  /* an object, as JSON text; sent byte for byte */
    bool read_only;           /* may be sent again when the connection drops */
    uint64_t timeout_ms;      /* 0: the default */
};

/*
 * Sends the request when the Editor is ready, prints its result, and returns the exit code. Errors
 * are told on standard error before it returns.
 */
int command_dispatch(struct cli *cli, const struct dispatch *request);

#endif
