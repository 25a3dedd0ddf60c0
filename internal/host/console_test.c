#include "host/console.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(console, keeps_entries_in_their_order)
{
    struct console console = {0};
    console_add(&console, CONSOLE_LOG, false, "first");
    console_add(&console, CONSOLE_ERROR, true, "second");
    cr_assert_eq(console.count, 2);
    cr_expect_str_eq(console_at(&console, 0)->message, "first");
    cr_expect_str_eq(console_at(&console, 1)->message, "second");
    cr_expect_str_eq(console_type_name(console_at(&console, 1)->type), "Error");
    console_clear(&console);
    cr_expect_eq(console.count, 0);
    cr_expect_eq(console.bytes, 0);
}

Test(console, lets_the_oldest_make_room)
{
    struct console console = {0};
    for (size_t number = 0; number < CONSOLE_MOST_ENTRIES + 5; number++) {
        char *text = memory_format("%zu", number);
        console_add(&console, CONSOLE_LOG, false, text);
        free(text);
    }
    cr_expect_eq(console.count, CONSOLE_MOST_ENTRIES);
    cr_expect_str_eq(console_at(&console, 0)->message, "5");
    console_clear(&console);
}

Test(console, is_bounded_in_bytes_but_keeps_the_newest)
{
    struct console console = {0};
    char *large = memory_new(CONSOLE_MOST_BYTES / 2 + 1);
    memset(large, 'x', CONSOLE_MOST_BYTES / 2);
    console_add(&console, CONSOLE_LOG, false, "small");
    console_add(&console, CONSOLE_LOG, false, large);
    console_add(&console, CONSOLE_LOG, false, large);
    cr_expect_eq(console.count, 2);
    cr_expect_leq(console.bytes, CONSOLE_MOST_BYTES);
    free(large);
    console_clear(&console);
}

Test(console, forgets_what_the_last_compile_said)
{
    struct console console = {0};
    for (size_t number = 0; number < CONSOLE_MOST_ENTRIES + 10; number++)
        console_add(&console, CONSOLE_LOG, number % 2 == 0, number % 2 == 0 ? "compile" : "other");
    console_forget_compile(&console);
    cr_assert_eq(console.count, CONSOLE_MOST_ENTRIES / 2);
    for (size_t at = 0; at < console.count; at++)
        cr_expect_str_eq(console_at(&console, at)->message, "other");
    cr_expect_eq(console.bytes, console.count * strlen("other"));
    console_clear(&console);
    cr_expect_eq(console.bytes, 0);
}
