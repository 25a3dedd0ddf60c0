#include "process/arguments.h"

#include <stdlib.h>
#include <string.h>

static size_t count_strings(const struct buffer *block)
{
    size_t count = 0;
    for (size_t at = 0; at < block->length; at += strlen(block->data + at) + 1)
        count++;
    return count;
}

enum process_reading process_arguments_take(struct buffer *block,
                                            struct process_arguments *arguments)
{
    size_t count = count_strings(block);
    char **items = count > 0 ? calloc(count + 1, sizeof *items) : NULL;
    if (!items) {
        buffer_clear(block);
        return count > 0 ? PROCESS_NOT_READ : PROCESS_HAS_NONE;
    }
    char *bytes = buffer_take(block);
    char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        items[i] = at;
        at += strlen(at) + 1;
    }
    *arguments = (struct process_arguments){.items = items, .count = count, .block = bytes};
    return PROCESS_READ;
}

void process_arguments_clear(struct process_arguments *arguments)
{
    free(arguments->items);
    free(arguments->block);
    *arguments = (struct process_arguments){0};
}
