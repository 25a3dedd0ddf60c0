#ifndef ULOOP_CLI_TEXT_SOURCE_H
#define ULOOP_CLI_TEXT_SOURCE_H

#include "base/buffer.h"
#include "cli/option.h"

/*
 * Long text for a tool's option, which need not be typed: @file stands for the file's content, @-
 * for what comes on standard input, and @@ for the '@' of a text that begins with one.
 */

/* The argument that names standard input, which can be read once. */
#define TEXT_SOURCE_INPUT "@-"

/* Does the option take it? Free text for the Editor does. A word out of several, a number, JSON and
 * the texts of uloop's own commands, which are paths and names, are what was typed. */
bool text_source_serves(const struct option *option);

/*
 * The text that an argument stands for: borrowed from the argument, or from *content, which is
 * empty before and the caller's to clear. A byte order mark in front of a file is left out.
 *
 * NULL with E_INVALID_ARGUMENT, naming the option by `label`, when there is no such regular file,
 * or what it holds is empty, 1 MiB or more, no UTF-8, or has a NUL byte.
 */
const char *text_source_read(const char *label, const char *argument, struct buffer *content,
                             struct error *error);

#endif
