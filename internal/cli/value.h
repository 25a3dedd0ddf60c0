#ifndef ULOOP_CLI_VALUE_H
#define ULOOP_CLI_VALUE_H

#include "base/error.h"
#include "cli/option.h"

#include <stdbool.h>

/*
 * Turns the text typed for an option into its value. `label` is what errors call the option
 * ("--count"); every error is E_INVALID_ARGUMENT.
 */

/* Is the text a number by JSON's grammar, so that a '-' in front does not make it an option? */
bool value_is_number(const char *text);

/* Stores the value in the set: a member of params, or a place in the options. */
bool value_store(const struct option_set *set, const struct option *option, const char *label,
                 const char *text, struct error *error);

/* The same for an option without a value: a flag or a switch. */
void value_store_flag(const struct option_set *set, const struct option *option, bool on);

/* Appends the text to the option's list as it is. */
void value_append(const struct option_set *set, const struct option *option, const char *text);

#endif
