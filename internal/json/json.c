#include "json/json.h"

#include "base/buffer.h"
#include "json/scan.h"
#include "json/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_NUMBER = 63, /* what cJSON looks at of a number; it does not mind the rest */
    ESCAPE = 6,          /* the length of \uXXXX */
};

/* A checked text, and the same with what cJSON cannot hold replaced: empty while nothing was. */
struct rewriting {
    struct slice text;
    struct buffer rewritten;
    size_t taken; /* how much of the text is in it, replaced or not */
    bool has_failed;
};

static void replace(struct rewriting *r, size_t at, size_t length, const char *replacement)
{
    /* No replacement is longer than what it stands for. */
    r->has_failed =
        r->has_failed || (r->taken == 0 && !buffer_reserve(&r->rewritten, r->text.length));
    if (r->has_failed)
        return;
    buffer_append(&r->rewritten, r->text.data + r->taken, at - r->taken);
    buffer_append_string(&r->rewritten, replacement);
    r->taken = at + length;
}

/* The code unit that \uXXXX stands for; -1 where there is no such escape. */
static long code_unit(struct slice text, size_t at)
{
    char digits[ESCAPE - 1] = {0};
    if (text.length < ESCAPE || at > text.length - ESCAPE || text.data[at] != '\\' ||
        text.data[at + 1] != 'u')
        return -1;
    memcpy(digits, text.data + at + 2, sizeof(digits) - 1);
    return strtol(digits, NULL, 16);
}

static bool is_surrogate(long unit)
{
    return unit >= 0xD800 && unit <= 0xDFFF;
}

/* A C string would end at a NUL, and half of a surrogate pair is no character. Returns the length
 * of what was looked at. */
static size_t take_escape(struct rewriting *r, size_t at)
{
    long unit = code_unit(r->text, at);
    long next = is_surrogate(unit) ? code_unit(r->text, at + ESCAPE) : -1;
    if (unit < 0xDC00 && is_surrogate(next) && next >= 0xDC00)
        return (size_t)2 * ESCAPE;
    if (unit == 0 || is_surrogate(unit))
        replace(r, at, ESCAPE, UTF8_REPLACEMENT);
    return unit < 0 ? 2 : ESCAPE;
}

static bool is_number_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

/* A number that is too long becomes the same number, as far as a double holds it. */
static size_t take_number(struct rewriting *r, size_t at)
{
    size_t length = 0;
    while (at + length < r->text.length && is_number_byte(r->text.data[at + length]))
        length++;
    if (length <= LONGEST_NUMBER)
        return length;
    struct buffer digits = {0};
    r->has_failed = r->has_failed || !buffer_reserve(&digits, length);
    if (r->has_failed)
        return length;
    buffer_append(&digits, r->text.data + at, length);
    double value = strtod(digits.data, NULL);
    char *number = isfinite(value) ? memory_format("%.17g", value)
                                   : memory_copy_string(value < 0 ? "-1e999" : "1e999");
    replace(r, at, length, number);
    free(number);
    buffer_clear(&digits);
    return length;
}

/* Returns the text as cJSON can read it, valid until r->rewritten is released. */
static struct slice rewrite(struct rewriting *r)
{
    bool in_string = false;
    for (size_t at = 0, length = 1; at < r->text.length; at += length) {
        char byte = r->text.data[at];
        length = 1;
        if (byte == '"')
            in_string = !in_string;
        else if (byte == '\\')
            length = take_escape(r, at);
        else if (!in_string && (byte == '-' || (byte >= '0' && byte <= '9')))
            length = take_number(r, at);
    }
    if (r->taken == 0)
        return r->text;
    buffer_append(&r->rewritten, r->text.data + r->taken, r->text.length - r->taken);
    return buffer_slice(&r->rewritten);
}

cJSON *json_parse(struct slice text, const char **reason)
{
    struct rewriting rewriting = {.text = json_skip_bom(text)};
    const char *fault = json_check(rewriting.text, NULL);
    cJSON *value = NULL;
    if (!fault) {
        struct slice readable = rewrite(&rewriting);
        if (!rewriting.has_failed)
            value = cJSON_ParseWithLength(readable.data, readable.length);
        fault = value ? NULL : "there is not enough memory for it";
    }
    buffer_clear(&rewriting.rewritten);
    if (reason)
        *reason = fault;
    return value;
}

cJSON *json_get(const cJSON *object, const char *name)
{
    cJSON *found = NULL;
    cJSON *each;
    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(each, object)
    {
        if (strcmp(each->string, name) == 0)
            found = each;
    }
    return found;
}

cJSON *json_get_any_case(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItem(object, name);
}

const char *json_string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(json_get(object, name));
}

int64_t json_whole_number(const cJSON *object, const char *name, int64_t otherwise)
{
    const double most = 9007199254740991.0; /* 2^53 - 1: the next two read as the same double */
    const cJSON *member = json_get(object, name);
    if (!cJSON_IsNumber(member))
        return otherwise;
    double value = member->valuedouble;
    bool is_whole = value >= -most && value <= most && (double)(int64_t)value == value;
    return is_whole ? (int64_t)value : otherwise;
}

/* The text with U+FFFD for every byte that is not UTF-8; the caller frees. */
static char *valid_text(const char *text)
{
    struct buffer valid = {0};
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length((const unsigned char *)text, left);
        if (length > 0)
            buffer_append(&valid, text, length);
        else
            buffer_append_string(&valid, UTF8_REPLACEMENT);
        size_t taken = length ? length : 1;
        text += taken;
        left -= taken;
    }
    return buffer_take(&valid);
}

void json_put_string(cJSON *object, const char *name, const char *value)
{
    char *text = value ? valid_text(value) : NULL;
    cJSON *item = text ? cJSON_CreateString(text) : cJSON_CreateNull();
    if (!item || !cJSON_AddItemToObject(object, name, item))
        memory_exhausted();
    free(text);
}

char *json_print(const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (!text)
        memory_exhausted();
    return text;
}
