#ifndef ULOOP_BASE_BUFFER_H
#define ULOOP_BASE_BUFFER_H

#include "base/memory.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A growing run of bytes. Zero-initialised is empty; release with buffer_clear(). Once anything was
 * appended a NUL stands behind the last byte, so that text can be handed on as a C string.
 */
struct buffer {
    char *data; /* NULL while nothing was appended */
    size_t length;
    size_t capacity;
};

/* Makes room for `more` bytes; false, with the content as it was, when there is no memory for them.
 */
bool buffer_reserve(struct buffer *buffer, size_t more);

/* These never fail (base/memory.h); what is sized by input calls buffer_reserve() first. */
void buffer_append(struct buffer *buffer, const char *bytes, size_t length);
void buffer_append_string(struct buffer *buffer, const char *text);
void buffer_append_char(struct buffer *buffer, char byte);
void buffer_append_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Drops the first `length` bytes. */
void buffer_consume(struct buffer *buffer, size_t length);

/* The content as a C string that the caller frees; the buffer is empty afterwards. Never NULL. */
char *buffer_take(struct buffer *buffer);

/* The content, borrowed until the buffer changes. */
struct slice buffer_slice(const struct buffer *buffer);

void buffer_clear(struct buffer *buffer);

#endif
