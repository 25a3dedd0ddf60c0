#include "cli/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
    LONGEST_WORD = 64,
    SHORTEST_BEGINNING = 3 /* that stands for the name it begins */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int letter(const char *word, size_t at)
{
    return tolower((unsigned char)word[at]);
}

/* Damerau and Levenshtein's distance, in the form where no letter is changed twice (optimal string
 * alignment): it needs only the last two rows. */
size_t suggest_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST_WORD + 1];
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    if (length_a > LONGEST_WORD || length_b > LONGEST_WORD)
        return SIZE_MAX;
    for (size_t j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            bool same = letter(a, i - 1) == letter(b, j - 1);
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2) &&
                letter(a, i - 2) == letter(b, j - 1))
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

bool suggest_consider(struct suggestion *suggestion, const char *candidate)
{
    size_t length = strlen(suggestion->typed);
    size_t most = length < 6 ? 1 : length / 3;
    size_t distance = suggest_distance(suggestion->typed, candidate);
    if (length >= SHORTEST_BEGINNING && strncmp(suggestion->typed, candidate, length) == 0)
        distance = least(distance, 1);
    if (distance > most || (suggestion->best && distance >= suggestion->distance))
        return false;
    suggestion->best = candidate;
    suggestion->distance = distance;
    return true;
}
