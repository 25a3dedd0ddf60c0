#ifndef ULOOP_HOST_METHOD_DETAILS_H
#define ULOOP_HOST_METHOD_DETAILS_H

#include "host/methods.h"

/* The methods by which a server says what it is and what it can do. Contract: "Internal commands"
 * in docs/protocol.md. */
extern const struct method method_get_version;
extern const struct method method_get_tool_details;

/* Every method; ends with NULL. */
const struct method *const *methods_all(void);

#endif
