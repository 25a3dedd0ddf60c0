#include "cli/text.h"

#include "json/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    EXCERPT_BYTES = 80,
    NARROWEST = 8,    /* columns that a line of words is given however narrow the terminal is */
    NARROW = 60,      /* on fewer columns than these explanations have lines of their own... */
    NARROW_INDENT = 8 /* ...that begin here */
};

/* One character: its bytes and columns; a byte that is not UTF-8 stands alone. */
struct character {
    size_t length;
    size_t columns;
    bool blank; /* white space, or a control character */
};

static uint32_t code_point(const unsigned char *at, size_t length)
{
    if (length == 1)
        return at[0];
    uint32_t code = at[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (at[i] & 0x3FU);
    return code;
}

static bool is_wide(uint32_t code)
{
    return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
           (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
           (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) ||
           (code >= 0x20000 && code <= 0x3FFFD);
}

static struct character character_at(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t length = utf8_length(at, strnlen(text, 4));
    if (length == 0)
        return (struct character){.length = 1, .columns = 1, .blank = true};
    uint32_t code = code_point(at, length);
    return (struct character){
        .length = length,
        .columns = is_wide(code) ? 2 : 1,
        .blank = code <= ' ' || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029,
    };
}

size_t text_columns(const char *text)
{
    size_t columns = 0;
    while (*text) {
        struct character next = character_at(text);
        columns += next.columns;
        text += next.length;
    }
    return columns;
}

static const char *skip_blanks(const char *text)
{
    while (*text) {
        struct character next = character_at(text);
        if (!next.blank)
            break;
        text += next.length;
    }
    return text;
}

/* The bytes of the word at `text` that fit into `most` columns, at least one character; their
 * columns in *columns. */
static size_t word_part(const char *text, size_t most, size_t *columns)
{
    size_t length = 0;
    *columns = 0;
    while (text[length]) {
        struct character next = character_at(text + length);
        if (next.blank || (*columns > 0 && *columns + next.columns > most))
            break;
        length += next.length;
        *columns += next.columns;
    }
    return length;
}

static void indent_to(struct buffer *out, size_t column)
{
    for (size_t i = 0; i < column; i++)
        buffer_append_char(out, ' ');
}

void text_wrap(struct buffer *out, const char *text, size_t column, size_t indent, size_t width)
{
    size_t line = width > indent + NARROWEST ? width - indent : NARROWEST;
    size_t at = column > indent ? column : indent;
    bool first_in_line = true;
    text = skip_blanks(text);
    if (*text)
        indent_to(out, at - column);
    for (; *text; text = skip_blanks(text)) {
        size_t columns;
        size_t length = word_part(text, line, &columns);
        if (!first_in_line && at + 1 + columns > indent + line) {
            buffer_append_char(out, '\n');
            indent_to(out, indent);
            at = indent;
            first_in_line = true;
        }
        if (!first_in_line)
            buffer_append_char(out, ' ');
        buffer_append(out, text, length);
        at += columns + (first_in_line ? 0 : 1);
        first_in_line = false;
        text += length;
    }
    buffer_append_char(out, '\n');
}

void text_explain(struct buffer *out, const char *text, size_t taken, size_t left, size_t width)
{
    size_t indent = width < NARROW ? NARROW_INDENT : left;
    if (taken + 2 > indent) {
        buffer_append_char(out, '\n');
        taken = 0;
    }
    text_wrap(out, text, taken, indent, width);
}

char *text_excerpt(const char *text)
{
    struct buffer excerpt = {0};
    size_t length = strnlen(text, EXCERPT_BYTES + 1);
    size_t kept = length > EXCERPT_BYTES ? EXCERPT_BYTES : length;
    /* Never cut inside a character: its continuation bytes go with the byte before them. */
    while (kept < length && kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80)
        kept--;
    buffer_append(&excerpt, text, kept);
    if (kept < length)
        buffer_append_string(&excerpt, "\xE2\x80\xA6");
    return buffer_take(&excerpt);
}
