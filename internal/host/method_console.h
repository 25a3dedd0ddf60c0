#ifndef ULOOP_HOST_METHOD_CONSOLE_H
#define ULOOP_HOST_METHOD_CONSOLE_H

#include "host/methods.h"

/* The tools that show and empty the console. */
extern const struct method method_get_logs;
extern const struct method method_clear_console;

#endif
