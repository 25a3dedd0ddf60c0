#include "cli/spinner.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_text(const char *what, uint64_t since_ms, size_t columns, const char *expected)
{
    struct buffer text = {0};
    spinner_text(&text, what, since_ms, columns);
    cr_expect_str_eq(text.data ? text.data : "", expected);
    buffer_clear(&text);
}

Test(spinner, says_what_is_waited_for_and_how_long)
{
    expect_text("compiling", 0, 80, "| Waiting: compiling (0 s)");
    expect_text("compiling", 999, 80, "| Waiting: compiling (0 s)");
    expect_text("reloading", 12345, 80, "| Waiting: reloading (12 s)");
    expect_text("reloading", 13000, 80, "/ Waiting: reloading (13 s)");
}

Test(spinner, cuts_the_words_before_the_seconds)
{
    expect_text("compiling", 61000, 20, "/ Waiting: c (61 s)");
    expect_text("a phase", 61000, 21, "/ Waiting: a (61 s)");
}

Test(spinner, leaves_the_last_column_free_at_every_width)
{
    for (size_t columns = 0; columns <= 100; columns++) {
        struct buffer text = {0};
        spinner_text(&text, "recovering", 3600000, columns);
        cr_expect(columns == 0 ? text.length == 0 : text.length <= columns - 1, "%zu columns: %s",
                  columns, text.data);
        buffer_clear(&text);
    }
}

Test(spinner, lets_nothing_but_printable_ascii_reach_the_terminal)
{
    expect_text("a\x1B[2Jb\n\xE6\x97\xA5\x7F", 0, 80, "| Waiting: a?[2Jb????? (0 s)");
}

/* What the calls in the block write. */
static char *written(void (*calls)(struct spinner *spinner))
{
    char *text = NULL;
    size_t length = 0;
    struct spinner spinner = {.stream = open_memstream(&text, &length)};
    calls(&spinner);
    buffer_clear(&spinner.shown);
    cr_assert_eq(fclose(spinner.stream), 0);
    return text;
}

static void show_twice(struct spinner *spinner)
{
    spinner_show(spinner, "compiling", 0);
    spinner_show(spinner, "up", 0);
}

Test(spinner, blanks_out_what_is_left_of_a_longer_line)
{
    char *text = written(show_twice);
    cr_expect_str_eq(text, "\r| Waiting: compiling (0 s)"
                           "\r| Waiting: up (0 s)       \r| Waiting: up (0 s)");
    free(text);
}

static void show_the_same(struct spinner *spinner)
{
    for (uint64_t since_ms = 0; since_ms <= 1000; since_ms += 100)
        spinner_show(spinner, "up", since_ms);
}

Test(spinner, writes_only_what_has_changed)
{
    char *text = written(show_the_same);
    cr_expect_str_eq(text, "\r| Waiting: up (0 s)\r/ Waiting: up (1 s)");
    free(text);
}

static void show_and_clear(struct spinner *spinner)
{
    spinner_clear(spinner);
    spinner_show(spinner, "x", 0);
    spinner_clear(spinner);
    spinner_clear(spinner);
}

Test(spinner, takes_its_line_away_once)
{
    char *text = written(show_and_clear);
    cr_expect_str_eq(text, "\r| Waiting: x (0 s)\r                  \r");
    free(text);
}

Test(spinner, shows_nothing_where_nobody_looks)
{
    struct spinner spinner = {0};
    spinner_show(&spinner, "compiling", 0);
    spinner_clear(&spinner);
    cr_expect_eq(spinner.shown.length, 0);
}
