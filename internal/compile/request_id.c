#include "compile/request_id.h"

#include "base/clock.h"

#include <inttypes.h>
#include <string.h>
#include <uv.h>

enum {
    LONGEST_ID = 128
};

char *request_id_new(struct error *error)
{
    uint32_t random = 0;
    int status = uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
    if (status < 0) {
        error_set(error, E_SYSTEM, "The system gives no random bytes for a request id.");
        return NULL;
    }
    return memory_format("compile_%" PRId64 "_%08" PRIx32, clock_wall_us() / 1000, random);
}

bool request_id_is_valid(const char *id)
{
    static const char ALLOWED[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(id);
    return length > 0 && length <= LONGEST_ID && strspn(id, ALLOWED) == length;
}
