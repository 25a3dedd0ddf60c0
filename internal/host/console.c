#include "host/console.h"

#include <stdlib.h>
#include <string.h>

static struct console_entry *entry_at(struct console *console, size_t index)
{
    return &console->entries[(console->first + index) % CONSOLE_MOST_ENTRIES];
}

const struct console_entry *console_at(const struct console *console, size_t index)
{
    return &console->entries[(console->first + index) % CONSOLE_MOST_ENTRIES];
}

static void release(struct console *console, struct console_entry *entry)
{
    console->bytes -= strlen(entry->message);
    free(entry->message);
    entry->message = NULL;
}

static void drop_oldest(struct console *console)
{
    release(console, entry_at(console, 0));
    console->first = (console->first + 1) % CONSOLE_MOST_ENTRIES;
    console->count--;
}

void console_add(struct console *console, enum console_type type, bool of_compile,
                 const char *message)
{
    if (console->count == CONSOLE_MOST_ENTRIES)
        drop_oldest(console);
    *entry_at(console, console->count++) = (struct console_entry){
        .type = type, .of_compile = of_compile, .message = memory_copy_string(message)};
    console->bytes += strlen(message);
    while (console->bytes > CONSOLE_MOST_BYTES && console->count > 1)
        drop_oldest(console);
}

void console_forget_compile(struct console *console)
{
    size_t kept = 0;
    for (size_t at = 0; at < console->count; at++) {
        struct console_entry *entry = entry_at(console, at);
        if (entry->of_compile)
            release(console, entry);
        else
            *entry_at(console, kept++) = *entry;
    }
    console->count = kept;
}

void console_clear(struct console *console)
{
    while (console->count > 0)
        drop_oldest(console);
}

const char *console_type_name(enum console_type type)
{
    static const char *const NAMES[CONSOLE_TYPE_COUNT] = {
        [CONSOLE_ERROR] = "Error", [CONSOLE_WARNING] = "Warning", [CONSOLE_LOG] = "Log"};
    return NAMES[type];
}
