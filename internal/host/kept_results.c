#include "host/kept_results.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void drop_oldest(struct kept_results *kept)
{
    struct kept_result *oldest = &kept->items[0];
    kept->bytes -= oldest->length;
    free(oldest->request_id);
    free(oldest->result);
    kept->count--;
    memmove(oldest, oldest + 1, kept->count * sizeof(*oldest));
}

void kept_results_add(struct kept_results *kept, const char *request_id, struct slice result)
{
    while (kept->count > 0 && (kept->count == KEPT_RESULTS_MOST ||
                               kept->bytes + result.length > KEPT_RESULTS_MOST_BYTES))
        drop_oldest(kept);
    kept->items[kept->count++] =
        (struct kept_result){.request_id = memory_copy_string(request_id),
                             .result = memory_copy_bytes(result.data, result.length),
                             .length = result.length};
    kept->bytes += result.length;
}

struct slice kept_results_find(const struct kept_results *kept, const char *request_id)
{
    for (size_t at = kept->count; at > 0; at--) {
        const struct kept_result *item = &kept->items[at - 1];
        if (strcmp(item->request_id, request_id) == 0)
            return (struct slice){.data = item->result, .length = item->length};
    }
    return (struct slice){0};
}

void kept_results_clear(struct kept_results *kept)
{
    while (kept->count > 0)
        drop_oldest(kept);
}
