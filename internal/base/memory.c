#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void memory_exhausted(void)
{
    fputs("{\"success\":false,\"error\":{\"errorCode\":\"INTERNAL_ERROR\",\"phase\":\"execution\","
          "\"message\":\"Out of memory.\",\"retryable\":true,\"safeToRetry\":false,"
          "\"nextActions\":[\"Free some memory, then run the command again.\"]}}\n",
          stderr);
    _Exit(7);
}

static void *require(void *block)
{
    if (!block)
        memory_exhausted();
    return block;
}

void *memory_new(size_t size)
{
    return require(calloc(1, size ? size : 1));
}

void *memory_resize(void *block, size_t size)
{
    return require(realloc(block, size ? size : 1));
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
    char *copy = memory_new(length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *memory_copy_string(const char *text)
{
    return text ? memory_copy_bytes(text, strlen(text)) : NULL;
}

char *memory_format_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return memory_copy_string(format);
    char *text = memory_new((size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *memory_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    return text;
}
