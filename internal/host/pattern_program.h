#ifndef ULOOP_HOST_PATTERN_PROGRAM_H
#define ULOOP_HOST_PATTERN_PROGRAM_H

#include "host/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What pattern_parse.c makes of an expression and pattern.c runs. */

enum pattern_operation {
    PATTERN_SET,         /* takes one character of ranges[first] to ranges[first + count - 1] */
    PATTERN_OTHER_THAN,  /* takes one character of none of them */
    PATTERN_SPLIT,       /* goes on at both places */
    PATTERN_JUMP,        /* goes on at the first */
    PATTERN_START,       /* these go on where they hold: at the text's beginning, */
    PATTERN_END,         /* at its end, */
    PATTERN_LINE_END,    /* at its end, or at a line break there, */
    PATTERN_BOUNDARY,    /* where a word begins or ends, */
    PATTERN_NO_BOUNDARY, /* and where not */
    PATTERN_MATCH,
};

/* Places are relative to the instruction's own, so that a piece of a program can be copied. */
struct pattern_instruction {
    enum pattern_operation operation;
    int first, second; /* places, or of a set the first range and their count */
};

struct pattern_range {
    uint32_t first, last; /* code points */
};

#define PATTERN_MOST_INSTRUCTIONS 2000

struct pattern {
    struct pattern_instruction program[PATTERN_MOST_INSTRUCTIONS];
    int length;
    struct pattern_range *ranges;
    size_t range_count, range_capacity;
    bool ignores_case;

    /* For the search: who was added last at which turn, and who is next. */
    uint64_t turn, added[PATTERN_MOST_INSTRUCTIONS];
    int now[PATTERN_MOST_INSTRUCTIONS], next[PATTERN_MOST_INSTRUCTIONS];
    int stack[2 * PATTERN_MOST_INSTRUCTIONS];
};

/* Reads a character of UTF-8 in front of the text, of `left` bytes; a byte that is none counts for
 * itself. Returns how many bytes it has. */
size_t pattern_character(const char *text, size_t left, uint32_t *character);

/* Fills program and ranges; false with *fault. */
bool pattern_parse(struct pattern *pattern, const char *text, const char **fault);

#endif
