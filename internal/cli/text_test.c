#include "cli/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_wrapped(const char *text, size_t column, size_t indent, size_t width,
                           const char *expected)
{
    struct buffer out = {0};
    text_wrap(&out, text, column, indent, width);
    cr_expect_str_eq(out.data, expected);
    buffer_clear(&out);
}

Test(text, wraps_words_at_the_width)
{
    expect_wrapped("one two three", 0, 0, 13, "one two three\n");
    expect_wrapped("one two three", 0, 0, 12, "one two\nthree\n");
    expect_wrapped("one two three four", 0, 2, 15, "  one two three\n  four\n");
    expect_wrapped("  one \n\t two  ", 0, 0, 80, "one two\n");
    expect_wrapped("", 0, 4, 80, "\n");
}

Test(text, goes_on_at_the_column_it_is_given)
{
    expect_wrapped("one two three", 6, 8, 17, "  one two\n        three\n");
    expect_wrapped("one two three", 8, 8, 17, "one two\n        three\n");
}

Test(text, breaks_a_word_that_is_wider_than_a_line)
{
    expect_wrapped("aaaaaaaaaaaaaaa b", 0, 0, 10, "aaaaaaaaaa\naaaaa b\n");
}

Test(text, counts_wide_characters_as_two_columns)
{
    cr_expect_eq(text_columns("abc"), 3);
    cr_expect_eq(text_columns("日本語"), 6);
    cr_expect_eq(text_columns("é…"), 2);
    expect_wrapped("日本語日本語", 0, 0, 9, "日本語日\n本語\n");
}

Test(text, takes_what_a_terminal_would_act_on_for_white_space)
{
    expect_wrapped("a\x1B[2Jb\xC2\x9B"
                   "c\xFF"
                   "d\x7F",
                   0, 0, 80, "a [2Jb c d\n");
}

Test(text, keeps_a_least_width_on_a_narrow_terminal)
{
    expect_wrapped("one two three", 0, 4, 5, "    one two\n    three\n");
}

static void expect_excerpt(const char *text, const char *expected)
{
    char *excerpt = text_excerpt(text);
    cr_expect_str_eq(excerpt, expected);
    free(excerpt);
}

Test(text, cuts_an_excerpt_between_characters)
{
    char text[200];
    expect_excerpt("", "");
    expect_excerpt("short", "short");
    memset(text, 'a', sizeof(text));
    text[80] = '\0';
    expect_excerpt(text, text);
    memcpy(text + 78, "日本", sizeof("日本"));
    char expected[100];
    memset(expected, 'a', sizeof(expected));
    memcpy(expected + 78, "…", sizeof("…"));
    expect_excerpt(text, expected);
}
