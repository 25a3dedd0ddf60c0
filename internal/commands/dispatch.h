#ifndef ULOOP_COMMANDS_DISPATCH_H
#define ULOOP_COMMANDS_DISPATCH_H

#include "base/slice.h"
#include "commands/waiting.h"

#include <stdbool.h>
#include <stdint.h>

/* One request to the Editor. */
struct dispatch {
    const char *method;      /* what the Editor is asked */
    const char *params_json; /* an object, as JSON text; sent byte for byte */
    bool read_only;          /* may be sent again when the connection drops */
    uint64_t timeout_ms;     /* 0: the default */
};

/* The answer to one. Not to be moved while it is open. */
struct answer {
    struct waiting waiting;
    struct client *client;
    struct slice result; /* raw, an object; borrowed from the client */
};

/* Sends the request when the Editor is ready, and awaits its answer. False with *error when there
 * is none; there is nothing to close then. */
bool answer_open(struct answer *answer, struct cli *cli, const struct dispatch *request,
                 struct error *error);
void answer_close(struct answer *answer);

/*
 * Sends the request when the Editor is ready, prints its result, and returns the exit code. Errors
 * are told on standard error before it returns.
 */
int command_dispatch(struct cli *cli, const struct dispatch *request);

#endif
