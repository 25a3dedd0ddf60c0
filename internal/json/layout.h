#ifndef ULOOP_JSON_LAYOUT_H
#define ULOOP_JSON_LAYOUT_H

#include "base/buffer.h"
#include "base/slice.h"

#include <stdbool.h>

/* Takes the next piece of output; false stops. */
typedef bool (*json_writer)(void *context, const char *bytes, size_t length);

/*
 * Writes a checked value indented by two spaces, or without any white space when `compact`. Every
 * token stays byte for byte as it was. False when the writer said so.
 */
bool json_layout(struct slice value, bool compact, json_writer write, void *context);

/* The same, appended to a buffer. */
void json_layout_to_buffer(struct slice value, bool compact, struct buffer *out);

/* Appends `text` as a JSON string in quotes. Bytes that are not UTF-8 become U+FFFD, so that the
 * result is JSON. */
void json_quote(struct buffer *out, const char *text);

#endif
