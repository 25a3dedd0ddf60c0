#ifndef ULOOP_HOST_METHODS_H
#define ULOOP_HOST_METHODS_H

#include "base/buffer.h"
#include "host/console.h"
#include "host/request.h"
#include "project/project.h"

#include <cJSON.h>
#include <stdbool.h>

struct compile_status;

/* What the methods that answer at once work on; borrowed. */
struct service {
    const struct project *project;
    struct console *console;
    const struct compile_status *compile;
};

enum parameter_type {
    PARAMETER_BOOLEAN,
    PARAMETER_INTEGER,
    PARAMETER_STRING,
};

struct parameter {
    const char *name;
    enum parameter_type type;
    const char *description;
    const char *standard;       /* the default, as JSON text; NULL for none */
    const char *const *allowed; /* the values that a string may have; NULL for any */
};

enum method_kind {
    METHOD_INTERNAL, /* always answered, and not listed as a tool */
    METHOD_TOOL,     /* one at a time */
};

/* One thing that a client can call. */
struct method {
    const char *name;
    const char *description;
    enum method_kind kind;
    const struct parameter *parameters; /* the last one has no name; NULL for none */

    /* Appends the result, or returns false with *fault set. NULL for `compile`, whose answer takes
     * its time. `params` has passed method_check(). */
    bool (*answer)(struct service *service, const cJSON *params, struct buffer *result,
                   struct rpc_fault *fault);
};

/* NULL with *fault set when there is none by that name. */
const struct method *method_find(const char *name, struct rpc_fault *fault);

/* Are the parameters of the types that the method takes? Others than it knows are passed over. */
bool method_check(const struct method *method, const cJSON *params, struct rpc_fault *fault);

/* A parameter's value, found by its name in any case. */
bool params_flag(const cJSON *params, const char *name);
const char *params_text(const cJSON *params, const char *name); /* NULL when missing; borrowed */

/* The method whose answer takes its time. */
extern const struct method method_compile;

#endif
