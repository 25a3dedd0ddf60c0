#ifndef ULOOP_BASE_SLICE_H
#define ULOOP_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A borrowed run of bytes; not NUL-terminated. data is NULL where there is nothing. */
struct slice {
    const char *data;
    size_t length;
};

static inline struct slice slice_of(const char *text)
{
    return (struct slice){.data = text, .length = text ? strlen(text) : 0};
}

static inline bool slice_equals(struct slice slice, const char *text)
{
    size_t length = strlen(text);
    return slice.data && slice.length == length && memcmp(slice.data, text, length) == 0;
}

#endif
