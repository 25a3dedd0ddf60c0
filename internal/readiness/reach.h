#ifndef ULOOP_READINESS_REACH_H
#define ULOOP_READINESS_REACH_H

#include "ipc/destination.h"
#include "project/project.h"

#include <stdbool.h>

/* How a project's server is reached: where the contract has it, or where ULOOP_ENDPOINT says.
 * Rules: "Project and endpoint" and "Loopback TCP" in docs/protocol.md. */
struct reach {
    struct destination destination; /* its strings are owned by this */
    bool is_told; /* by ULOOP_ENDPOINT: the server may run where no look at processes leads */
    char *token_file;
};

/* Fails with E_INVALID_ARGUMENT when ULOOP_ENDPOINT is no address; there is nothing to close then.
 */
bool reach_open(struct reach *reach, const struct project *project, struct error *error);

/*
 * Finds address and token anew, as they are now: before every connection. False with
 * E_ENDPOINT_FOREIGN when the socket's folder is not to be trusted, E_ENDPOINT_DENIED when the
 * token cannot be read, and E_NOT_REACHABLE when there is none: its server does not run, and
 * whoever may listen there by now is not to see a request.
 */
bool reach_look(struct reach *reach, const struct project *project, struct error *error);

void reach_close(struct reach *reach);

#endif
