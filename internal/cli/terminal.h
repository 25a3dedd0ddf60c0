#ifndef ULOOP_CLI_TERMINAL_H
#define ULOOP_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What differs between systems about the streams that a program is started with. */

/* How wide one counts that does not say it. */
#define TERMINAL_USUAL_COLUMNS ((size_t)80)

/* Is the stream a terminal that can go back to the start of a line? */
bool terminal_is(FILE *stream);

/* The stream's width in columns; 80 when it is no terminal or does not say. */
size_t terminal_columns(FILE *stream);

#endif
