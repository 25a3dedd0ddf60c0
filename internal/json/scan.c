#include "json/scan.h"

#include "json/utf8.h"

#include <string.h>

/* A place in the text, and what was found wrong before it; NULL while nothing was. */
struct scanner {
    struct slice text;
    size_t at;
    const char *fault;
};

static bool scan_value(struct scanner *s, size_t depth);

static int peek(const struct scanner *s)
{
    return s->at < s->text.length ? (unsigned char)s->text.data[s->at] : -1;
}

static bool fail(struct scanner *s, const char *fault)
{
    s->fault = fault;
    return false;
}

static bool is_space(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_hex_digit(int byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static void skip_space(struct scanner *s)
{
    while (is_space(peek(s)))
        s->at++;
}

static bool expect(struct scanner *s, const char *word)
{
    size_t length = strlen(word);
    if (s->text.length - s->at < length || memcmp(s->text.data + s->at, word, length) != 0)
        return fail(s, "not a JSON value");
    s->at += length;
    return true;
}

static bool skip_digits(struct scanner *s)
{
    if (!is_digit(peek(s)))
        return fail(s, "a number without digits");
    while (is_digit(peek(s)))
        s->at++;
    return true;
}

static bool scan_number(struct scanner *s)
{
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0')
        s->at++;
    else if (!skip_digits(s))
        return false;
    if (peek(s) == '.') {
        s->at++;
        if (!skip_digits(s))
            return false;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        return skip_digits(s);
    }
    return true;
}

static bool scan_escape(struct scanner *s)
{
    s->at++;
    int kind = peek(s);
    if (kind < 0 || !strchr("\"\\/bfnrtu", kind) || kind == '\0')
        return fail(s, "an unknown escape in a string");
    s->at++;
    for (int i = 0; kind == 'u' && i < 4; i++, s->at++) {
        if (!is_hex_digit(peek(s)))
            return fail(s, "a \\u escape without four hex digits");
    }
    return true;
}

/* What nearly all of a string is: bytes that mean themselves. */
static void skip_plain(struct scanner *s)
{
    const unsigned char *bytes = (const unsigned char *)s->text.data;
    size_t at = s->at;
    while (at < s->text.length && bytes[at] >= 0x20 && bytes[at] < 0x80 && bytes[at] != '"' &&
           bytes[at] != '\\')
        at++;
    s->at = at;
}

static bool scan_string(struct scanner *s)
{
    s->at++;
    for (;;) {
        skip_plain(s);
        int byte = peek(s);
        if (byte < 0)
            return fail(s, "a string without an end");
        if (byte < 0x20)
            return fail(s, "a control character in a string");
        if (byte == '"') {
            s->at++;
            return true;
        }
        if (byte == '\\') {
            if (!scan_escape(s))
                return false;
            continue;
        }
        size_t length =
            utf8_length((const unsigned char *)s->text.data + s->at, s->text.length - s->at);
        if (length == 0)
            return fail(s, "invalid UTF-8");
        s->at += length;
    }
}

/* Behind an element: true at a comma, false at the end of the container or on a fault. */
static bool scan_separator(struct scanner *s, char close)
{
    skip_space(s);
    int byte = peek(s);
    if (byte != ',' && byte != close)
        return fail(s, "a comma or closing bracket is missing");
    s->at++;
    return byte == ',';
}

static bool scan_array(struct scanner *s, size_t depth)
{
    s->at++;
    skip_space(s);
    if (peek(s) == ']') {
        s->at++;
        return true;
    }
    do {
        if (!scan_value(s, depth + 1))
            return false;
    } while (scan_separator(s, ']'));
    return !s->fault;
}

static bool scan_name(struct scanner *s)
{
    skip_space(s);
    if (peek(s) != '"')
        return fail(s, "an object's member without a name");
    if (!scan_string(s))
        return false;
    skip_space(s);
    if (peek(s) != ':')
        return fail(s, "a colon is missing behind a member's name");
    s->at++;
    return true;
}

static bool scan_object(struct scanner *s, size_t depth)
{
    s->at++;
    skip_space(s);
    if (peek(s) == '}') {
        s->at++;
        return true;
    }
    do {
        if (!scan_name(s) || !scan_value(s, depth + 1))
            return false;
    } while (scan_separator(s, '}'));
    return !s->fault;
}

static bool scan_value(struct scanner *s, size_t depth)
{
    skip_space(s);
    int byte = peek(s);
    if ((byte == '{' || byte == '[') && depth >= JSON_MOST_DEPTH)
        return fail(s, "nested too deep");
    switch (byte) {
    case '{':
        return scan_object(s, depth);
    case '[':
        return scan_array(s, depth);
    case '"':
        return scan_string(s);
    case 't':
        return expect(s, "true");
    case 'f':
        return expect(s, "false");
    case 'n':
        return expect(s, "null");
    case -1:
        return fail(s, "the text ends too early");
    default:
        return byte == '-' || is_digit(byte) ? scan_number(s) : fail(s, "not a JSON value");
    }
}

const char *json_check(struct slice text, size_t *offset)
{
    struct scanner s = {.text = text};
    if (scan_value(&s, 0)) {
        skip_space(&s);
        if (s.at < text.length)
            s.fault = "something stands behind the value";
    }
    if (offset)
        *offset = s.at;
    return s.fault;
}

static bool is_named(struct slice object, size_t start, const char *name)
{
    size_t length = strlen(name);
    return object.length - start > length && memcmp(object.data + start, name, length) == 0 &&
           object.data[start + length] == '"';
}

void json_members(struct slice object, const char *const *names, struct slice *found, size_t count)
{
    struct scanner s = {.text = object};
    for (size_t name = 0; name < count; name++)
        found[name] = (struct slice){0};
    if (!json_is_object(object))
        return;
    skip_space(&s);
    s.at++;
    skip_space(&s);
    if (peek(&s) == '}')
        return;
    do {
        skip_space(&s);
        size_t start = s.at + 1;
        if (!scan_name(&s))
            break;
        skip_space(&s);
        size_t value = s.at;
        if (!scan_value(&s, 0))
            break;
        for (size_t name = 0; name < count; name++) {
            if (is_named(object, start, names[name]))
                found[name] = (struct slice){.data = object.data + value, .length = s.at - value};
        }
    } while (scan_separator(&s, '}'));
}

struct slice json_member(struct slice object, const char *name)
{
    struct slice found;
    json_members(object, &name, &found, 1);
    return found;
}

bool json_is_object(struct slice value)
{
    struct scanner s = {.text = value};
    skip_space(&s);
    return peek(&s) == '{';
}

struct slice json_skip_bom(struct slice text)
{
    if (text.length >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        return (struct slice){.data = text.data + 3, .length = text.length - 3};
    return text;
}
