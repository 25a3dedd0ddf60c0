#ifndef ULOOP_JSON_SCAN_H
#define ULOOP_JSON_SCAN_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * JSON as bytes. What a tool answers must reach the user as the server sent it (a 20-digit
 * integer, 1.50, 1e400, key order, escapes), so it is checked, cut out and re-indented here, and
 * never parsed into numbers and printed again.
 */

/* Nesting deeper than this is refused: no tool answers so, and it bounds the stack and the
 * indentation. */
#define JSON_MOST_DEPTH 128

/*
 * Checks that `text` is exactly one JSON value (RFC 8259) in valid UTF-8, nested at most
 * JSON_MOST_DEPTH deep. Returns NULL when it is; else what is wrong, in static words, with the
 * place in *offset (bytes, may be NULL).
 */
const char *json_check(struct slice text, size_t *offset);

/*
 * The raw value of an object's member; of equal names the last counts. data is NULL when there is
 * none. `object` must have passed json_check(). Borrowed from `object`.
 */
struct slice json_member(struct slice object, const char *name);

/* The same of several members, found in one pass: found[n] is the value of names[n]. */
void json_members(struct slice object, const char *const *names, struct slice *found, size_t count);

/* Does the checked value begin an object? */
bool json_is_object(struct slice value);

/* `text` without a leading UTF-8 byte order mark. */
struct slice json_skip_bom(struct slice text);

#endif
