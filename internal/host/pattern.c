/* Runs an expression over a text: all ways to read it side by side, one character after the other.
 * No way is taken twice at one place, so none is ever gone back to. */

#include "host/pattern.h"

#include "base/memory.h"
#include "host/pattern_program.h"
#include "json/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct pattern *pattern_new(const char *text, const char **fault)
{
    struct pattern *pattern = memory_new(sizeof(*pattern));
    if (pattern_parse(pattern, text, fault))
        return pattern;
    pattern_free(pattern);
    return NULL;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern)
        free(pattern->ranges);
    free(pattern);
}

size_t pattern_character(const char *text, size_t left, uint32_t *character)
{
    static const unsigned char LEAD_BITS[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = utf8_length(bytes, left);
    *character = bytes[0] & (length > 0 ? LEAD_BITS[length] : 0xFF);
    for (size_t at = 1; at < length; at++)
        *character = (*character << 6) | (bytes[at] & 0x3F);
    return length > 0 ? length : 1;
}

/* A place in the text. */
struct place {
    struct slice text;
    size_t at;
};

static bool is_word(const struct place *place, size_t at)
{
    unsigned char byte = at < place->text.length ? (unsigned char)place->text.data[at] : ' ';
    return byte >= 0x80 || byte == '_' || isalnum(byte);
}

static bool is_boundary(const struct place *place)
{
    bool before = place->at > 0 && is_word(place, place->at - 1);
    return before != is_word(place, place->at);
}

static bool holds(enum pattern_operation operation, const struct place *place)
{
    size_t left = place->text.length - place->at;
    switch (operation) {
    case PATTERN_START:
        return place->at == 0;
    case PATTERN_END:
        return left == 0;
    case PATTERN_LINE_END:
        return left == 0 || (left == 1 && place->text.data[place->at] == '\n');
    case PATTERN_BOUNDARY:
        return is_boundary(place);
    case PATTERN_NO_BOUNDARY:
        return !is_boundary(place);
    default:
        return false;
    }
}

/* Adds what can take the next character from `start` on to the list. True when the expression ends
 * here. */
static bool add(struct pattern *pattern, int start, const struct place *place, int *list,
                int *count, uint64_t *steps)
{
    int waiting = 0;
    pattern->stack[waiting++] = start;
    while (waiting > 0) {
        int at = pattern->stack[--waiting];
        const struct pattern_instruction *instruction = &pattern->program[at];
        if (pattern->added[at] == pattern->turn)
            continue;
        pattern->added[at] = pattern->turn;
        *steps -= *steps > 0;
        switch (instruction->operation) {
        case PATTERN_MATCH:
            return true;
        case PATTERN_SET:
        case PATTERN_OTHER_THAN:
            list[(*count)++] = at;
            break;
        case PATTERN_SPLIT:
            pattern->stack[waiting++] = at + instruction->second;
            pattern->stack[waiting++] = at + instruction->first;
            break;
        case PATTERN_JUMP:
            pattern->stack[waiting++] = at + instruction->first;
            break;
        default:
            if (holds(instruction->operation, place))
                pattern->stack[waiting++] = at + 1;
            break;
        }
    }
    return false;
}

static uint32_t other_case(uint32_t character)
{
    bool is_letter = character < 0x80 && isalpha((int)character);
    return is_letter ? character ^ 0x20 : character;
}

static bool takes(const struct pattern *pattern, const struct pattern_instruction *instruction,
                  uint32_t character)
{
    uint32_t other = pattern->ignores_case ? other_case(character) : character;
    bool within = false;
    for (int at = 0; at < instruction->second && !within; at++) {
        const struct pattern_range *range = &pattern->ranges[instruction->first + at];
        within = (range->first <= character && character <= range->last) ||
                 (range->first <= other && other <= range->last);
    }
    return within == (instruction->operation == PATTERN_SET);
}

/* Takes one character. True when the expression ends behind it. */
static bool step(struct pattern *pattern, uint32_t character, const struct place *behind, int count,
                 int *next_count, uint64_t *steps)
{
    pattern->turn++;
    *next_count = 0;
    for (int at = 0; at < count; at++) {
        const struct pattern_instruction *instruction = &pattern->program[pattern->now[at]];
        uint64_t cost = 1 + (uint64_t)instruction->second;
        *steps -= *steps > cost ? cost : *steps;
        if (takes(pattern, instruction, character) &&
            add(pattern, pattern->now[at] + 1, behind, pattern->next, next_count, steps))
            return true;
    }
    memcpy(pattern->now, pattern->next, (size_t)*next_count * sizeof(*pattern->now));
    return false;
}

enum pattern_outcome pattern_find(struct pattern *pattern, struct slice text, uint64_t *steps)
{
    struct place place = {.text = text};
    int count = 0;
    pattern->turn++;
    for (;;) {
        uint32_t character;
        if (add(pattern, 0, &place, pattern->now, &count, steps))
            return PATTERN_FOUND;
        if (*steps == 0)
            return PATTERN_TOO_SLOW;
        if (place.at == text.length)
            return PATTERN_NOT_FOUND;
        place.at += pattern_character(text.data + place.at, text.length - place.at, &character);
        if (step(pattern, character, &place, count, &count, steps))
            return PATTERN_FOUND;
    }
}
