#include "skills/front_matter.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct slice trimmed(struct slice text)
{
    while (text.length > 0 && is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

/* Cuts the next line off *text; false when there is none. */
static bool next_line(struct slice *text, struct slice *line)
{
    if (text->length == 0)
        return false;
    const char *end = memchr(text->data, '\n', text->length);
    size_t length = end ? (size_t)(end - text->data) : text->length;
    *line = (struct slice){.data = text->data, .length = length};
    size_t taken = length + (end ? 1 : 0);
    text->data += taken;
    text->length -= taken;
    return true;
}

/* A YAML scalar that stands on the line of its key. */
static struct slice scalar(struct slice text)
{
    text = trimmed(text);
    if (text.length > 0 && (text.data[0] == '"' || text.data[0] == '\'')) {
        char quote = text.data[0];
        text.data++;
        text.length--;
        const char *end = memchr(text.data, quote, text.length);
        text.length = end ? (size_t)(end - text.data) : text.length;
        return text;
    }
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '#' && (i == 0 || is_blank(text.data[i - 1])))
            text.length = i;
    }
    return trimmed(text);
}

static void replace(char **place, struct slice value)
{
    free(*place);
    *place = value.length > 0 ? memory_copy_bytes(value.data, value.length) : NULL;
}

static void take_line(struct slice line, struct front_matter *out)
{
    const char *colon = memchr(line.data, ':', line.length);
    if (!colon || is_blank(line.data[0]))
        return; /* nested, a list, or the rest of a longer text */
    struct slice key = {.data = line.data, .length = (size_t)(colon - line.data)};
    struct slice value = {.data = colon + 1, .length = line.length - key.length - 1};
    key = trimmed(key);
    value = scalar(value);
    if (slice_equals(key, "name"))
        replace(&out->name, value);
    else if (slice_equals(key, "toolName"))
        replace(&out->tool_name, value);
    else if (slice_equals(key, "internal"))
        out->internal = slice_equals(value, "true") || slice_equals(value, "True");
}

bool skill_name_is_valid(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(name);
    return length > 0 && length <= SKILL_LONGEST_NAME && strspn(name, allowed) == length &&
           *name != '-' && *name != '_';
}

/* A NUL ends a C string early: what follows it would be compared with nothing. */
static bool has_nul(struct slice text)
{
    return text.length > 0 && memchr(text.data, '\0', text.length);
}

const char *front_matter_read(struct slice text, struct front_matter *out)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct slice line;
    bool ended = false;
    *out = (struct front_matter){0};
    if (has_nul(text))
        return "its SKILL.md is no text";
    if (text.length >= 3 && memcmp(text.data, mark, 3) == 0)
        text = (struct slice){.data = text.data + 3, .length = text.length - 3};
    if (!next_line(&text, &line) || !slice_equals(trimmed(line), "---"))
        return "its SKILL.md does not begin with front matter (a line of ---)";
    while (!ended && next_line(&text, &line)) {
        ended = slice_equals(trimmed(line), "---");
        if (!ended && line.length > 0)
            take_line(line, out);
    }
    const char *fault = NULL;
    if (!ended)
        fault = "the front matter of its SKILL.md has no end (a line of ---)";
    else if (!out->name)
        fault = "its SKILL.md gives it no name";
    else if (!skill_name_is_valid(out->name))
        fault = "its name is not 1 to 64 letters, digits, - and _";
    if (fault)
        front_matter_clear(out);
    return fault;
}

void front_matter_clear(struct front_matter *front_matter)
{
    free(front_matter->name);
    free(front_matter->tool_name);
    *front_matter = (struct front_matter){0};
}
