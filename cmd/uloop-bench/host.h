#ifndef ULOOP_BENCH_HOST_H
#define ULOOP_BENCH_HOST_H

#include "testkit/program.h"
#include "testkit/temp_project.h"

/* `uloop serve` on a copy of the sample project, nothing of which is compiled yet. */
struct host {
    struct temp_project *project;
    struct program *server;
};

/* Returns when the host is ready. */
struct host host_new(void);
void host_free(struct host *host);

/* Runs `uloop <command>` for the project, as run_ms() does. */
double host_command_ms(const struct host *host, const char *command);

#endif
