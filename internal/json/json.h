#ifndef ULOOP_JSON_JSON_H
#define ULOOP_JSON_JSON_H

#include "base/slice.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The few helpers over cJSON for messages and files whose values we look at ourselves. Its numbers
 * are doubles; raw bytes that must survive go through json/scan.h, and into a tree as
 * cJSON_CreateRaw(). Trees are released with cJSON_Delete().
 */

/*
 * Reads one JSON value; a leading byte order mark is skipped. Stricter than cJSON: the text must
 * pass json_check(). What does, but cannot be held in a tree, is replaced: U+FFFD stands for a
 * \u0000, at which a C string would end, and for half of a surrogate pair; the nearest double for a
 * number of more than 63 characters, of which cJSON would read the beginning. Returns NULL, with
 * what is wrong in *reason (static words; may be NULL), when it cannot be read. Any thread may
 * parse: what cJSON shares among them is the place of the last fault, for which nobody asks.
 */
cJSON *json_parse(struct slice text, const char **reason);

/* The member's string, borrowed from `object`; NULL when the member is missing or no string. Names
 * are exact. */
const char *json_string(const cJSON *object, const char *name);

/* The member, or NULL. json_get takes the exact name, of equal ones the last, as json_member()
 * does; json_get_any_case the first that differs at most by case. */
cJSON *json_get(const cJSON *object, const char *name);
cJSON *json_get_any_case(const cJSON *object, const char *name);

/* The member's value when it is a whole number that a double holds exactly (less than 2^53 either
 * way); `otherwise` for anything else and nothing. */
int64_t json_whole_number(const cJSON *object, const char *name, int64_t otherwise);

/* Adds a string member; NULL becomes JSON null. Bytes that are not UTF-8 become U+FFFD. */
void json_put_string(cJSON *object, const char *name, const char *value);

/* The value as text without white space; the caller frees. Never NULL. */
char *json_print(const cJSON *value);

#endif
