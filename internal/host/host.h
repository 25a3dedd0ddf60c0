#ifndef ULOOP_HOST_HOST_H
#define ULOOP_HOST_HOST_H

#include "base/error.h"
#include "base/log.h"
#include "host/compiler.h"
#include "project/project.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The server half: what the Editor does for a project, without an Editor. */

#define HOST_COMPILE_TIMEOUT_MS ((uint64_t)600000)
#define HOST_HEARTBEAT_MS       ((uint64_t)10000)

/* How often a server that was ready once tries to be so again, after the first try. */
#define HOST_RECOVERY_TRIES ((size_t)3)

struct host_recovery {
    uint64_t pause_ms[HOST_RECOVERY_TRIES]; /* before each of these */
    uint64_t look_ms; /* between looks at whether the endpoint is in its place, beside events */
};

/* How to serve. Everything is borrowed while host_run() runs. */
struct host_options {
    const struct project *project;
    char *const *references; /* canonical paths of libraries that every assembly refers to */
    size_t reference_count;
    struct compiler_choice compiler;
    uint64_t compile_timeout_ms;
    int generation;         /* of the contract that is spoken: 1, 2 or 3 */
    uint64_t heartbeat_ms;  /* how often a client hears from a tool that runs; generation 3 */
    const char *listen;     /* "tcp:127.0.0.1:0", to be reached there too; NULL for not */
    const char *token_file; /* where its token is put; NULL for TOKEN_FILE in the project */
    FILE *out; /* told, once and flushed: "uloop serve: ready on <endpoint>[ and <TCP address>] for
                  <root>" */
    struct log *log;
    const struct host_recovery *recovery; /* NULL: pauses of 5, 15 and 30 s, a look every 30 s */
};

/*
 * Serves a project in the foreground until SIGINT, SIGTERM or SIGHUP: then the state says `stopped`
 * and the socket is gone. False when it could not start or go on: E_PROJECT_IN_USE (another process
 * has the project: nothing was changed), E_ENDPOINT_FOREIGN, E_NOT_ANSWERING or E_SYSTEM.
 */
bool host_run(const struct host_options *options, struct error *error);

#endif
