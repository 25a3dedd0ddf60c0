#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SMALLEST_CAPACITY = 64
};

/* The capacity to grow to for `needed` bytes and a NUL: doubling, so that appending stays linear; 0
 * on overflow. */
static size_t grown_capacity(size_t capacity, size_t needed)
{
    if (needed > SIZE_MAX / 2 - 1)
        return 0;
    size_t grown = capacity ? capacity : SMALLEST_CAPACITY;
    while (grown < needed + 1)
        grown *= 2;
    return grown;
}

bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (more > SIZE_MAX - buffer->length)
        return false;
    size_t needed = buffer->length + more;
    if (needed < buffer->capacity)
        return true;
    size_t capacity = grown_capacity(buffer->capacity, needed);
    char *data = capacity ? realloc(buffer->data, capacity) : NULL;
    if (!data)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    data[buffer->length] = '\0';
    return true;
}

void buffer_append(struct buffer *buffer, const char *bytes, size_t length)
{
    if (!buffer_reserve(buffer, length))
        memory_exhausted();
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_append_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_char(struct buffer *buffer, char byte)
{
    buffer_append(buffer, &byte, 1);
}

void buffer_append_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    buffer_append_string(buffer, text);
    free(text);
}

void buffer_consume(struct buffer *buffer, size_t length)
{
    if (length == 0)
        return;
    buffer->length -= length;
    memmove(buffer->data, buffer->data + length, buffer->length);
    buffer->data[buffer->length] = '\0';
}

char *buffer_take(struct buffer *buffer)
{
    if (!buffer->data)
        return memory_copy_string("");
    char *text = buffer->data;
    *buffer = (struct buffer){0};
    return text;
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){.data = buffer->data, .length = buffer->length};
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
