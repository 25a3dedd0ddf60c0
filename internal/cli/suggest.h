#ifndef ULOOP_CLI_SUGGEST_H
#define ULOOP_CLI_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds the name that was probably meant: feed every real name to suggest_consider(), then read
 * `best`. Set `typed` and leave the rest zero.
 */
struct suggestion {
    const char *typed;
    const char *best; /* borrowed from the candidates; NULL while none is near enough */
    size_t distance;
};

/* Returns whether the candidate is the best so far. Of equally near ones the first stays. */
bool suggest_consider(struct suggestion *suggestion, const char *candidate);

/*
 * How many single-letter changes (a letter too many, too few, wrong, or two swapped) lie between
 * two words, ignoring ASCII case; SIZE_MAX for words longer than any name here.
 */
size_t suggest_distance(const char *a, const char *b);

#endif
