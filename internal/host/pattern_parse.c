/* Reads an expression: by recursive descent, writing the program as it goes. */

#include "base/memory.h"
#include "host/pattern_program.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_DEPTH = 50,   /* of groups in groups */
    MOST_REPEAT = 1000 /* in {n,m} */
};

#define LAST_CHARACTER 0x10FFFFU

struct parser {
    const char *at;
    struct pattern *made;
    const char *fault;
    int depth;
};

static bool refuse(struct parser *parser, const char *fault)
{
    if (!parser->fault)
        parser->fault = fault;
    return false;
}

static bool take(struct parser *parser, const char *expected)
{
    size_t length = strlen(expected);
    if (strncmp(parser->at, expected, length) != 0)
        return false;
    parser->at += length;
    return true;
}

/* Makes room for an instruction at a place, moving what stands there and behind. */
static bool insert(struct parser *parser, int place, struct pattern_instruction instruction)
{
    struct pattern *made = parser->made;
    if (made->length == PATTERN_MOST_INSTRUCTIONS)
        return refuse(parser, "it is too large, with what its repetitions stand for");
    memmove(&made->program[place + 1], &made->program[place],
            (size_t)(made->length - place) * sizeof(*made->program));
    made->program[place] = instruction;
    made->length++;
    return true;
}

static bool append(struct parser *parser, enum pattern_operation operation, int first, int second)
{
    return insert(
        parser, parser->made->length,
        (struct pattern_instruction){.operation = operation, .first = first, .second = second});
}

static void add_range(struct pattern *made, uint32_t first, uint32_t last)
{
    if (made->range_count == made->range_capacity) {
        made->range_capacity = made->range_capacity ? 2 * made->range_capacity : 16;
        made->ranges = memory_resize(made->ranges, made->range_capacity * sizeof(*made->ranges));
    }
    made->ranges[made->range_count++] = (struct pattern_range){.first = first, .last = last};
}

/* The set of all ranges added since there were `before`. */
static bool append_set(struct parser *parser, enum pattern_operation operation, size_t before)
{
    return append(parser, operation, (int)before, (int)(parser->made->range_count - before));
}

static bool append_character(struct parser *parser, uint32_t character)
{
    size_t before = parser->made->range_count;
    add_range(parser->made, character, character);
    return append_set(parser, PATTERN_SET, before);
}

/* --- Classes and escapes --- */

struct class
{
    char letter; /* behind a backslash; the capital stands for all others */
    struct pattern_range ranges[5];
    size_t count;
};

/* In the order of their code points. */
static const struct class CLASSES[] = {
    {'d', {{'0', '9'}}, 1},
    {'s', {{'\t', '\r'}, {' ', ' '}}, 2},
    {'w', {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0x80, LAST_CHARACTER}}, 5},
};

static void add_class(struct pattern *made, const struct class *class, bool all_others)
{
    uint32_t from = 0;
    for (size_t at = 0; at < class->count; at++) {
        if (!all_others)
            add_range(made, class->ranges[at].first, class->ranges[at].last);
        else if (class->ranges[at].first > from)
            add_range(made, from, class->ranges[at].first - 1);
        from = class->ranges[at].last + 1;
    }
    if (all_others && from <= LAST_CHARACTER)
        add_range(made, from, LAST_CHARACTER);
}

/* Takes the letter of a class behind a backslash and adds its ranges; false when it is none. */
static bool take_class(struct parser *parser)
{
    for (size_t at = 0; at < sizeof(CLASSES) / sizeof(CLASSES[0]); at++) {
        bool capital = *parser->at == CLASSES[at].letter - 'a' + 'A';
        if (*parser->at == CLASSES[at].letter || capital) {
            add_class(parser->made, &CLASSES[at], capital);
            parser->at++;
            return true;
        }
    }
    return false;
}

static int hex_digit(char byte)
{
    static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = byte ? strchr(DIGITS, byte) : NULL;
    return found ? (int)(found - DIGITS) % 16 : -1;
}

static bool take_hex(struct parser *parser, int digits, uint32_t *character)
{
    *character = 0;
    for (; digits > 0; digits--) {
        int digit = hex_digit(*parser->at);
        if (digit < 0)
            return refuse(parser, "hexadecimal digits are missing behind \\x or \\u");
        *character = *character * 16 + (uint32_t)digit;
        parser->at++;
    }
    return true;
}

/* Takes one character, which behind a backslash may have another meaning. */
static bool take_escaped(struct parser *parser, uint32_t *character)
{
    static const char LETTERS[] = "aefnrtv", MEANT[] = "\a\x1b\f\n\r\t\v";
    char letter = *parser->at;
    const char *known = letter ? strchr(LETTERS, letter) : NULL;
    if (!letter)
        return refuse(parser, "it ends with a backslash");
    if (letter >= '0' && letter <= '9')
        return refuse(parser, "back-references are not supported");
    if (letter == 'x' || letter == 'u') {
        parser->at++;
        return take_hex(parser, letter == 'x' ? 2 : 4, character);
    }
    if (known) {
        *character = (uint32_t)MEANT[known - LETTERS];
    } else if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) {
        return refuse(parser, "this letter has no meaning behind a backslash");
    } else {
        parser->at += pattern_character(parser->at, strlen(parser->at), character);
        return true;
    }
    parser->at++;
    return true;
}

static bool parse_escape(struct parser *parser)
{
    static const struct {
        char letter;
        enum pattern_operation operation;
    } ASSERTIONS[] = {{'b', PATTERN_BOUNDARY},
                      {'B', PATTERN_NO_BOUNDARY},
                      {'A', PATTERN_START},
                      {'z', PATTERN_END},
                      {'Z', PATTERN_LINE_END}};
    uint32_t character;
    size_t before = parser->made->range_count;
    for (size_t at = 0; at < sizeof(ASSERTIONS) / sizeof(ASSERTIONS[0]); at++) {
        if (*parser->at == ASSERTIONS[at].letter) {
            parser->at++;
            return append(parser, ASSERTIONS[at].operation, 0, 0);
        }
    }
    if (take_class(parser))
        return append_set(parser, PATTERN_SET, before);
    return take_escaped(parser, &character) && append_character(parser, character);
}

/* Takes an end of a range between brackets. */
static bool take_end(struct parser *parser, uint32_t *character)
{
    if (take(parser, "\\b")) {
        *character = '\b';
        return true;
    }
    if (take(parser, "\\"))
        return take_escaped(parser, character);
    parser->at += pattern_character(parser->at, strlen(parser->at), character);
    return true;
}

/* Takes a character, a range or a class between brackets. */
static bool take_member(struct parser *parser)
{
    uint32_t first, last;
    if (parser->at[0] == '\\') {
        parser->at++;
        if (take_class(parser))
            return true;
        parser->at--;
    }
    if (parser->at[0] == '-' && parser->at[1] == '[')
        return refuse(parser, "taking a set away from another is not supported");
    if (!take_end(parser, &first))
        return false;
    last = first;
    if (parser->at[0] == '-' && parser->at[1] != ']' && parser->at[1] != '\0') {
        parser->at++;
        if (!take_end(parser, &last))
            return false;
    }
    if (last < first)
        return refuse(parser, "a range between brackets runs backwards");
    add_range(parser->made, first, last);
    return true;
}

static bool parse_brackets(struct parser *parser)
{
    enum pattern_operation operation = take(parser, "^") ? PATTERN_OTHER_THAN : PATTERN_SET;
    size_t before = parser->made->range_count;
    do { /* a bracket that comes first is a member */
        if (*parser->at == '\0')
            return refuse(parser, "a ']' is missing");
        if (!take_member(parser))
            return false;
    } while (*parser->at != ']');
    parser->at++;
    return append_set(parser, operation, before);
}

/* --- Groups, repetition, alternatives --- */

static bool parse_alternatives(struct parser *parser);

static bool take_group_kind(struct parser *parser)
{
    if (take(parser, "?:") || !take(parser, "?"))
        return true;
    if (!take(parser, "<") || *parser->at == '=' || *parser->at == '!')
        return refuse(parser, "look-around and options inside of it are not supported");
    parser->at += strcspn(parser->at, ">()");
    return take(parser, ">") || refuse(parser, "the name of a group does not end");
}

static bool parse_group(struct parser *parser)
{
    if (++parser->depth > MOST_DEPTH)
        return refuse(parser, "too many groups are in one another");
    if (!take_group_kind(parser) || !parse_alternatives(parser))
        return false;
    parser->depth--;
    return take(parser, ")") || refuse(parser, "a ')' is missing");
}

static bool parse_atom(struct parser *parser)
{
    uint32_t character;
    if (take(parser, "("))
        return parse_group(parser);
    if (take(parser, "["))
        return parse_brackets(parser);
    if (take(parser, "\\"))
        return parse_escape(parser);
    if (take(parser, "^"))
        return append(parser, PATTERN_START, 0, 0);
    if (take(parser, "$"))
        return append(parser, PATTERN_LINE_END, 0, 0);
    if (strchr("*+?", *parser->at))
        return refuse(parser, "there is nothing to repeat before a '*', '+' or '?'");
    if (take(parser, ".")) {
        size_t before = parser->made->range_count;
        add_range(parser->made, '\n', '\n');
        return append_set(parser, PATTERN_OTHER_THAN, before);
    }
    parser->at += pattern_character(parser->at, strlen(parser->at), &character);
    return append_character(parser, character);
}

struct repetition {
    int least;
    int most; /* -1 for any number */
};

/* The number, or -1; no digits give `otherwise`. */
static int take_number(const char **at, int otherwise)
{
    int number = 0;
    if (**at < '0' || **at > '9')
        return otherwise;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        number = number > MOST_REPEAT ? number : number * 10 + (**at - '0');
    return number;
}

/* Takes {n}, {n,} or {n,m}; any other brace stands for itself. */
static bool take_braces(struct parser *parser, struct repetition *repetition)
{
    const char *at = parser->at + 1;
    if (*parser->at != '{')
        return false;
    repetition->least = repetition->most = take_number(&at, -1);
    if (repetition->least < 0)
        return false;
    if (*at == ',') {
        at++;
        repetition->most = take_number(&at, -1);
    }
    if (*at != '}')
        return false;
    parser->at = at + 1;
    return true;
}

static bool take_repetition(struct parser *parser, struct repetition *repetition)
{
    if (take(parser, "*"))
        *repetition = (struct repetition){0, -1};
    else if (take(parser, "+"))
        *repetition = (struct repetition){1, -1};
    else if (take(parser, "?"))
        *repetition = (struct repetition){0, 1};
    else if (!take_braces(parser, repetition))
        return false;
    (void)take(parser, "?"); /* lazy */
    return true;
}

static bool append_copy(struct parser *parser, const struct pattern_instruction *piece, int length)
{
    for (int at = 0; at < length; at++) {
        if (!insert(parser, parser->made->length, piece[at]))
            return false;
    }
    return true;
}

/* Replaces the piece at the program's end by so many of it. */
static bool repeat(struct parser *parser, int start, struct repetition repetition)
{
    int length = parser->made->length - start;
    bool fits = true;
    if (repetition.least > MOST_REPEAT || repetition.most > MOST_REPEAT)
        return refuse(parser, "a repetition asks for more than 1000 times");
    if (repetition.most >= 0 && repetition.most < repetition.least)
        return refuse(parser, "a repetition asks for at least more than at most");
    struct pattern_instruction *piece =
        memory_new(((size_t)length + 1) * sizeof(*piece)); /* it may be empty */
    memcpy(piece, &parser->made->program[start], (size_t)length * sizeof(*piece));
    parser->made->length = start;
    for (int at = 0; fits && at < repetition.least; at++)
        fits = append_copy(parser, piece, length);
    if (repetition.most < 0)
        fits = fits && append(parser, PATTERN_SPLIT, 1, length + 2) &&
               append_copy(parser, piece, length) && append(parser, PATTERN_JUMP, -(length + 1), 0);
    for (int at = repetition.least; fits && at < repetition.most; at++)
        fits = append(parser, PATTERN_SPLIT, 1, length + 1) && append_copy(parser, piece, length);
    free(piece);
    return fits;
}

static bool parse_sequence(struct parser *parser)
{
    while (*parser->at && *parser->at != '|' && *parser->at != ')') {
        struct repetition repetition;
        int start = parser->made->length;
        if (!parse_atom(parser))
            return false;
        if (!take_repetition(parser, &repetition))
            continue;
        if (!repeat(parser, start, repetition))
            return false;
        if (take_repetition(parser, &repetition))
            return refuse(parser, "a repetition follows on a repetition");
    }
    return true;
}

static bool parse_alternatives(struct parser *parser)
{
    int start = parser->made->length;
    if (!parse_sequence(parser))
        return false;
    if (!take(parser, "|"))
        return true;
    int length = parser->made->length - start;
    struct pattern_instruction split = {
        .operation = PATTERN_SPLIT, .first = 1, .second = length + 2};
    int jump = start + length + 1;
    if (!insert(parser, start, split) || !append(parser, PATTERN_JUMP, 0, 0) ||
        !parse_alternatives(parser))
        return false;
    parser->made->program[jump].first = parser->made->length - jump;
    return true;
}

bool pattern_parse(struct pattern *pattern, const char *text, const char **fault)
{
    struct parser parser = {.at = text, .made = pattern};
    bool parsed =
        strlen(text) <= PATTERN_MOST_BYTES || refuse(&parser, "it is longer than 512 bytes");
    if (parsed && take(&parser, "(?i)"))
        pattern->ignores_case = true;
    parsed = parsed && parse_alternatives(&parser) &&
             (*parser.at == '\0' || refuse(&parser, "a ')' has no '('")) &&
             append(&parser, PATTERN_MATCH, 0, 0);
    *fault = parser.fault;
    return parsed;
}
