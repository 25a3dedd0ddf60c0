#include "json/layout.h"

#include "json/utf8.h"

#include <string.h>

void json_quote(struct buffer *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t left = strlen(text);
    buffer_append_char(out, '"');
    while (left > 0) {
        size_t length = utf8_length(at, left);
        if (*at == '"' || *at == '\\')
            buffer_append_format(out, "\\%c", *at);
        else if (*at == '\n')
            buffer_append_string(out, "\\n");
        else if (*at == '\r')
            buffer_append_string(out, "\\r");
        else if (*at == '\t')
            buffer_append_string(out, "\\t");
        else if (*at < 0x20)
            buffer_append_format(out, "\\u%04x", *at);
        else if (length == 0)
            buffer_append_string(out, UTF8_REPLACEMENT);
        else
            buffer_append(out, (const char *)at, length);
        size_t taken = length ? length : 1;
        at += taken;
        left -= taken;
    }
    buffer_append_char(out, '"');
}

/* Where json_layout() is: it writes through a small buffer, so that the size of its output never
 * matters. */
struct layout {
    json_writer write;
    void *context;
    bool compact;
    bool stopped;
    struct buffer pending;
};

enum {
    LAYOUT_CHUNK = 32768
};

static void flush(struct layout *layout)
{
    if (!layout->stopped && layout->pending.length > 0)
        layout->stopped =
            !layout->write(layout->context, layout->pending.data, layout->pending.length);
    layout->pending.length = 0;
}

static void put(struct layout *layout, const char *bytes, size_t length)
{
    buffer_append(&layout->pending, bytes, length);
    if (layout->pending.length >= LAYOUT_CHUNK)
        flush(layout);
}

static void put_line(struct layout *layout, size_t depth)
{
    if (layout->compact)
        return;
    put(layout, "\n", 1);
    for (size_t i = 0; i < depth; i++)
        put(layout, "  ", 2);
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The end of the string, number or word that starts at `at` of a checked value. */
static size_t token_end(struct slice value, size_t at)
{
    bool in_string = value.data[at] == '"';
    size_t end = at + 1;
    if (in_string) {
        while (value.data[end] != '"')
            end += value.data[end] == '\\' ? 2 : 1;
        return end + 1;
    }
    while (end < value.length && !is_space(value.data[end]) && !strchr(",:]}", value.data[end]))
        end++;
    return end;
}

static size_t next_token(struct slice value, size_t at)
{
    while (at < value.length && is_space(value.data[at]))
        at++;
    return at;
}

bool json_layout(struct slice value, bool compact, json_writer write, void *context)
{
    struct layout layout = {.write = write, .context = context, .compact = compact};
    size_t depth = 0;
    for (size_t at = next_token(value, 0); at < value.length && !layout.stopped;
         at = next_token(value, at)) {
        char byte = value.data[at];
        size_t end = at + 1;
        if (byte == '}' || byte == ']') {
            put_line(&layout, --depth);
            put(&layout, &byte, 1);
        } else if (byte == '{' || byte == '[') {
            put(&layout, &byte, 1);
            size_t inside = next_token(value, end);
            if (value.data[inside] == '}' || value.data[inside] == ']') {
                put(&layout, value.data + inside, 1);
                end = inside + 1;
            } else {
                put_line(&layout, ++depth);
            }
        } else if (byte == ',') {
            put(&layout, &byte, 1);
            put_line(&layout, depth);
        } else if (byte == ':') {
            put(&layout, ": ", compact ? 1 : 2);
        } else {
            end = token_end(value, at);
            put(&layout, value.data + at, end - at);
        }
        at = end;
    }
    flush(&layout);
    buffer_clear(&layout.pending);
    return !layout.stopped;
}

static bool append_to_buffer(void *context, const char *bytes, size_t length)
{
    buffer_append(context, bytes, length);
    return true;
}

void json_layout_to_buffer(struct slice value, bool compact, struct buffer *out)
{
    (void)json_layout(value, compact, append_to_buffer, out);
}
