#ifndef ULOOP_HOST_PATTERN_H
#define ULOOP_HOST_PATTERN_H

#include "base/slice.h"

#include <stdint.h>

/*
 * Regular expressions from a client, who may send anything. Searching takes time and memory in
 * proportion to the text and to the expression, whatever both are, and counts its steps against a
 * limit. The system's regcomp() gives neither: 150 harmless characters keep glibc's busy for
 * minutes, and Windows has none.
 *
 * The notation is the part of .NET's that needs no going back, since Unity's own server takes
 * .NET's: literals, `.`, `[…]`, `\d \w \s` and their opposites, `^ $ \b \B \A \z`, groups, `|`,
 * `* + ? {n,m}` (greedy or lazy is the same to a search), and `(?i)` in front. There is no
 * back-reference, no look-around and no \p. Beyond ASCII everything is a word character, and case
 * counts.
 */
struct pattern;

/* No longer expression is taken, in bytes. */
#define PATTERN_MOST_BYTES ((size_t)512)

/* NULL, with *fault saying why in words (static), when the text is no such expression or is too
 * large. Release with pattern_free(). */
struct pattern *pattern_new(const char *text, const char **fault);
void pattern_free(struct pattern *pattern);

enum pattern_outcome {
    PATTERN_FOUND,
    PATTERN_NOT_FOUND,
    PATTERN_TOO_SLOW, /* *steps ran out */
};

/* Is the expression somewhere in the text? Takes what it costs from *steps; some twenty million are
 * a second's tenth. */
enum pattern_outcome pattern_find(struct pattern *pattern, struct slice text, uint64_t *steps);

#endif
