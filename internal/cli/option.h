#ifndef ULOOP_CLI_OPTION_H
#define ULOOP_CLI_OPTION_H

#include "base/error.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Options are data, from which parsing, usage, help and completion follow: tables for the commands
 * that are built in, arrays made from a parameter schema for tools (cli/tool_usage.h).
 *
 * What can be typed: --name value, --name=value, -n value, -n=value. A value that starts with '-'
 * counts as the next option unless it is a number. Of an option given twice the last counts; a list
 * or array grows. Rules: "Command line" in docs/protocol.md. A tool's text may also stand in a file
 * or on standard input (cli/text_source.h).
 */
enum option_type {
    OPTION_TYPE_FLAG,    /* no value: given or not */
    OPTION_TYPE_SWITCH,  /* no value: --name for true, --no-name for false */
    OPTION_TYPE_STRING,  /* any text, or one of `choices` */
    OPTION_TYPE_SECONDS, /* a decimal number above 0; kept as milliseconds */
    OPTION_TYPE_LIST,    /* text; may be given several times */
    OPTION_TYPE_INTEGER, /* -?digits, within 64 bits */
    OPTION_TYPE_NUMBER,  /* a finite JSON number */
    OPTION_TYPE_ARRAY,   /* a,b,c or a JSON array */
    OPTION_TYPE_OBJECT,  /* a JSON object */
    OPTION_TYPE_ANY,     /* JSON where the text is JSON, else a string */
};

/* No value on a command line is longer: the Editor takes no message above 1 MiB. */
#define OPTION_MOST_BYTES ((size_t)1024 * 1024)

struct option {
    const char *name; /* without its dashes; NULL ends a table */
    char short_name;  /* '\0' for none */
    bool operand;     /* stands without a name: the table's operands are filled in their order,
                         and one that is a list takes everything behind "--" as it is */
    bool required;
    enum option_type type;
    enum option_type item_type; /* of an array's elements: STRING, INTEGER or NUMBER */
    const char *value_name;     /* what help calls the value; NULL for the type's own word */
    const char *default_text;   /* as it would be typed; NULL for none */
    const char *const *choices; /* the only values allowed, then NULL; NULL when any will do */
    const char *help;           /* lower case, without a stop */
    const char *property;       /* a tool's: the member of params that takes the value */
    size_t offset;              /* else: the place in the command's options */
};

/* The value of an OPTION_LIST, in the order given. */
struct option_list {
    const char **items; /* NULL when it was not given */
    size_t count;
};

/* The place of a member whose address must be of the type `pointer`, or it does not compile. (A
 * type cannot stand in brackets.) */
#define OPTION_PLACE(tag, member, pointer)                                                         \
    _Generic(&((struct tag *)0)->member, pointer : offsetof(struct tag, member)) /* NOLINT */

/* A row of a command's table; the member of `struct tag` is named in the comment. */
#define OPTION_FLAG(tag, member, long_name, letter, text) /* bool */                               \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_FLAG, .help = (text),     \
        .offset = OPTION_PLACE(tag, member, bool *)                                                \
    }
#define OPTION_SWITCH(tag, member, long_name, letter, preset, text) /* bool */                     \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_SWITCH,                   \
        .default_text = (preset), .help = (text), .offset = OPTION_PLACE(tag, member, bool *)      \
    }
#define OPTION_STRING(tag, member, long_name, letter, value, text) /* const char * */              \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_STRING,                   \
        .value_name = (value), .help = (text), .offset = OPTION_PLACE(tag, member, const char **)  \
    }
#define OPTION_CHOICE(tag, member, long_name, letter, words, preset, text) /* const char * */      \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_STRING,                   \
        .choices = (words), .default_text = (preset), .help = (text),                              \
        .offset = OPTION_PLACE(tag, member, const char **)                                         \
    }
#define OPTION_SECONDS(tag, member, long_name, letter, preset, text) /* uint64_t, milliseconds */  \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_SECONDS,                  \
        .default_text = (preset), .help = (text), .offset = OPTION_PLACE(tag, member, uint64_t *)  \
    }
#define OPTION_LIST(tag, member, long_name, letter, value, text) /* struct option_list */          \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_LIST,                     \
        .value_name = (value), .help = (text),                                                     \
        .offset = OPTION_PLACE(tag, member, struct option_list *)                                  \
    }
#define OPTION_INTEGER(tag, member, long_name, letter, preset, text) /* int64_t */                 \
    {                                                                                              \
        .name = (long_name), .short_name = (letter), .type = OPTION_TYPE_INTEGER,                  \
        .default_text = (preset), .help = (text), .offset = OPTION_PLACE(tag, member, int64_t *)   \
    }
#define OPTION_REST(tag, member, long_name, text) /* struct option_list, what stands behind -- */  \
    {                                                                                              \
        .name = (long_name), .operand = true, .type = OPTION_TYPE_LIST, .help = (text),            \
        .offset = OPTION_PLACE(tag, member, struct option_list *)                                  \
    }
#define OPTION_OPERAND(tag, member, long_name, text) /* const char * */                            \
    {                                                                                              \
        .name = (long_name), .operand = true, .type = OPTION_TYPE_STRING, .help = (text),          \
        .offset = OPTION_PLACE(tag, member, const char **)                                         \
    }
#define OPTION_END                                                                                 \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* A table and where its values go. Where tables share a name the first one counts. */
struct option_set {
    const struct option *options; /* ends with OPTION_END */
    void *values;                 /* what the offsets of built-in options point into */
    cJSON *params;                /* the object that a tool's values become members of */
};

/* Zero-filled memory for `size` bytes of values, with the table's defaults set. */
void *option_values_new(const struct option *options, size_t size);
void option_values_free(const struct option *options, void *values);

/*
 * Reads arguments into the sets. Texts stored are borrowed from `arguments`. An error's message
 * names the option; E_INVALID_ARGUMENT is the only code.
 *
 * taken: where not NULL, reading stops at the first argument that is no option, and *taken becomes
 * its index, or `count` when there is none.
 */
bool option_parse(const struct option_set *sets, size_t set_count, char *const *arguments,
                  size_t count, size_t *taken, struct error *error);

/* Is it the row that takes everything behind "--"? */
bool option_is_rest(const struct option *option);

/* Has the table an option that is typed so, a switch with "no-" in front of its name included? */
bool option_exists(const struct option *options, const char *name);

/* The form of a switch that changes its default: "no-" or "". */
const char *option_prefix(const struct option *option);

#endif
