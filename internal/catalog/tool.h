#ifndef ULOOP_CATALOG_TOOL_H
#define ULOOP_CATALOG_TOOL_H

#include "base/error.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* A tool with more parameters than this is refused. */
#define TOOL_MOST_PARAMETERS 1000

/* What a parameter's values are. Names of types are compared ignoring case. */
enum tool_type {
    TOOL_ANY, /* a type that this client does not know, or none */
    TOOL_BOOLEAN,
    TOOL_INTEGER,
    TOOL_NUMBER,
    TOOL_STRING,
    TOOL_ARRAY,
    TOOL_OBJECT,
};

/* One property of a tool's parameter schema. */
struct tool_parameter {
    char *name;        /* the member of params, such as ForceRecompile */
    char *option_name; /* the option's name without its dashes, such as force-recompile */
    enum tool_type type;
    enum tool_type item_type; /* of an array's elements */
    char *description;        /* "" when there is none */
    char *default_text;       /* as it would be typed; NULL when there is none */
    char **choices;           /* the values of `enum`, then NULL; NULL when any value will do */
    bool required;
};

/* A tool as its schema describes it. Release with tool_clear(). */
struct tool {
    char *name;
    char *description; /* "" when there is none */
    struct tool_parameter *parameters;
    size_t parameter_count;
};

/*
 * Reads a tool's definition in either shape of "Internal commands" in docs/protocol.md (keys in
 * either case). source: what errors call the place that the definition comes from.
 *
 * Fails with E_CATALOG_BROKEN when the schema is not of that shape, when a parameter's name cannot
 * be an option's, or when two parameters have the same option name, which then could not say which
 * of them it means.
 */
bool tool_read(const cJSON *definition, const char *source, struct tool *tool, struct error *error);

void tool_clear(struct tool *tool);

/* Can the text be typed as a command or behind "--": no white space, no '=', no dash in front, and
 * nothing that a terminal would act on? */
bool tool_is_word(const char *text);

/* The option name of a property: "ForceRecompile" gives "force-recompile". The caller frees. Rule:
 * "Command line" in docs/protocol.md. */
char *tool_option_name(const char *property);

#endif
