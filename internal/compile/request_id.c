#include "compile/request_id.h"

#include <stdint.h>
#include <string.h>
#include <time.h>
#include <uv.h>

enum {
    LONGEST_ID = 128
};

char *request_id_new(struct error *error)
{
    struct timespec now = {0};
    uint32_t random = 0;
    int status = uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
    if (status < 0 || timespec_get(&now, TIME_UTC) != TIME_UTC) {
        error_set(error, E_SYSTEM, "The system gives no random bytes for a request id.");
        return NULL;
    }
    long long unix_ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return memory_format("compile_%lld_%08x", unix_ms, random);
}

bool request_id_is_valid(const char *id)
{
    static const char ALLOWED[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(id);
    return length > 0 && length <= LONGEST_ID && strspn(id, ALLOWED) == length;
}
