#include "launch/places.h"

#include "base/memory.h"

#include <stdlib.h>
#include <uv.h>

/* libuv's, because getenv() is not UTF-8 on Windows. */
char *places_variable(const char *name)
{
    char short_value[256];
    size_t size = sizeof short_value;
    int status = uv_os_getenv(name, short_value, &size);
    if (status == 0)
        return size > 0 ? memory_copy_bytes(short_value, size) : NULL;
    if (status != UV_ENOBUFS)
        return NULL;
    char *value = memory_new(size);
    if (uv_os_getenv(name, value, &size) == 0)
        return value;
    free(value);
    return NULL;
}
