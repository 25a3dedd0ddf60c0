#include "json/layout.h"

#include "json/scan.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The value laid out; the caller frees. It must be JSON before and after. */
static char *layout(const char *value, bool compact)
{
    struct buffer out = {0};
    cr_assert_null(json_check(slice_of(value), NULL), "%s", value);
    json_layout_to_buffer(slice_of(value), compact, &out);
    cr_assert_null(json_check(buffer_slice(&out), NULL), "%s", out.data);
    return buffer_take(&out);
}

static void expect_layout(const char *value, const char *indented, const char *compact)
{
    char *text = layout(value, false);
    cr_expect_str_eq(text, indented);
    free(text);
    text = layout(value, true);
    cr_expect_str_eq(text, compact);
    free(text);
}

Test(json_layout, indents_by_two_spaces)
{
    expect_layout(" {\"a\":1 ,\"b\":[true,\n null ],\"c\":{\"d\":\"x\"}} ",
                  "{\n"
                  "  \"a\": 1,\n"
                  "  \"b\": [\n"
                  "    true,\n"
                  "    null\n"
                  "  ],\n"
                  "  \"c\": {\n"
                  "    \"d\": \"x\"\n"
                  "  }\n"
                  "}",
                  "{\"a\":1,\"b\":[true,null],\"c\":{\"d\":\"x\"}}");
}

Test(json_layout, keeps_every_token_byte_for_byte)
{
    static const char *const tokens[] = {
        "12345678901234567890",
        "-99999999999999999999999999",
        "1.50",
        "1e400",
        "-0",
        "0.10E+05",
        "\"\\u0041\\/\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\xF0\x9F\x98\x80\"",
        "\"\\u0000\"",
        "\"{[,:]} \\\" \\\\\"",
        "\"\\\\\"",
        "true",
        "false",
        "null",
        "\"\"",
        "\"  a  b  \"",
    };
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        expect_layout(tokens[i], tokens[i], tokens[i]);
        struct buffer value = {0};
        struct buffer indented = {0};
        struct buffer compact = {0};
        buffer_append_format(&value, "{ %s : [%s,%s ] }", tokens[i][0] == '"' ? tokens[i] : "\"k\"",
                             tokens[i], tokens[i]);
        buffer_append_format(&indented, "{\n  %s: [\n    %s,\n    %s\n  ]\n}",
                             tokens[i][0] == '"' ? tokens[i] : "\"k\"", tokens[i], tokens[i]);
        buffer_append_format(&compact, "{%s:[%s,%s]}", tokens[i][0] == '"' ? tokens[i] : "\"k\"",
                             tokens[i], tokens[i]);
        expect_layout(value.data, indented.data, compact.data);
        buffer_clear(&value);
        buffer_clear(&indented);
        buffer_clear(&compact);
    }
}

Test(json_layout, keeps_the_order_of_members_and_their_doubles)
{
    expect_layout("{\"b\":1,\"a\":2,\"b\":3}", "{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 3\n}",
                  "{\"b\":1,\"a\":2,\"b\":3}");
}

Test(json_layout, leaves_empty_containers_on_one_line)
{
    expect_layout("[ ]", "[]", "[]");
    expect_layout("{\n}", "{}", "{}");
    expect_layout("{\"a\":[ ],\"b\":{ }}", "{\n  \"a\": [],\n  \"b\": {}\n}",
                  "{\"a\":[],\"b\":{}}");
    expect_layout("[[],{}]", "[\n  [],\n  {}\n]", "[[],{}]");
    expect_layout("[[[]]]", "[\n  [\n    []\n  ]\n]", "[[[]]]");
}

Test(json_layout, is_stable)
{
    const char *value = "{\"a\":[1,{\"b\":[]},\"x\"],\"c\":{}}";
    char *once = layout(value, false);
    char *twice = layout(once, false);
    cr_expect_str_eq(once, twice);
    char *back = layout(once, true);
    cr_expect_str_eq(back, value);
    free(back);
    free(twice);
    free(once);
}

Test(json_layout, indents_the_deepest_value)
{
    struct buffer value = {0};
    for (int i = 0; i < JSON_MOST_DEPTH; i++)
        buffer_append_char(&value, '[');
    buffer_append_char(&value, '1');
    for (int i = 0; i < JSON_MOST_DEPTH; i++)
        buffer_append_char(&value, ']');
    char *text = layout(value.data, false);
    char *line = strstr(text, "1\n");
    size_t indent = 0;
    while (indent < (size_t)(line - text) && line[-1 - (ptrdiff_t)indent] == ' ')
        indent++;
    cr_expect_eq(indent, 2 * JSON_MOST_DEPTH);
    char *back = layout(text, true);
    cr_expect_str_eq(back, value.data);
    free(back);
    free(text);
    buffer_clear(&value);
}

struct sink {
    struct buffer text;
    size_t calls;
    size_t largest;
    size_t calls_before_stop;
};

static bool take(void *context, const char *bytes, size_t length)
{
    struct sink *sink = context;
    sink->calls++;
    sink->largest = length > sink->largest ? length : sink->largest;
    buffer_append(&sink->text, bytes, length);
    return sink->calls < sink->calls_before_stop;
}

/* An array of 100,000 numbers: a few hundred kilobytes. */
static struct buffer large_value(void)
{
    struct buffer value = {0};
    buffer_append_char(&value, '[');
    for (int i = 0; i < 100000; i++)
        buffer_append_format(&value, "%s%d", i ? "," : "", i);
    buffer_append_char(&value, ']');
    return value;
}

Test(json_layout, writes_a_large_value_in_pieces)
{
    struct buffer value = large_value();
    struct sink sink = {.calls_before_stop = SIZE_MAX};
    cr_expect(json_layout(buffer_slice(&value), false, take, &sink));
    cr_expect_gt(sink.calls, 2);
    cr_expect_lt(sink.largest, 100000);
    char *back = layout(sink.text.data, true);
    cr_expect_str_eq(back, value.data);
    free(back);
    buffer_clear(&sink.text);
    buffer_clear(&value);
}

Test(json_layout, stops_when_the_writer_says_so)
{
    struct buffer value = large_value();
    struct sink sink = {.calls_before_stop = 2};
    cr_expect_not(json_layout(buffer_slice(&value), false, take, &sink));
    cr_expect_eq(sink.calls, 2);
    buffer_clear(&sink.text);
    struct sink last = {.calls_before_stop = 1};
    cr_expect_not(json_layout(slice_of("{}"), false, take, &last));
    buffer_clear(&last.text);
    buffer_clear(&value);
}

Test(json_layout, appends_to_a_buffer)
{
    struct buffer out = {0};
    buffer_append_string(&out, "x = ");
    json_layout_to_buffer(slice_of("[1]"), true, &out);
    cr_expect_str_eq(out.data, "x = [1]");
    buffer_clear(&out);
}

static void expect_quoted(const char *text, const char *expected)
{
    struct buffer out = {0};
    json_quote(&out, text);
    cr_expect_str_eq(out.data, expected);
    cr_expect_null(json_check(buffer_slice(&out), NULL));
    buffer_clear(&out);
}

Test(json_quote, escapes_what_must_be)
{
    expect_quoted("", "\"\"");
    expect_quoted("plain", "\"plain\"");
    expect_quoted("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    expect_quoted("\n\r\t\b\f\x01\x1F\x7F", "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7F\"");
    expect_quoted("\xE3\x82\xB2\xF0\x9F\x98\x80", "\"\xE3\x82\xB2\xF0\x9F\x98\x80\"");
}

Test(json_quote, replaces_bytes_that_are_not_utf8)
{
    expect_quoted("a\xFFz", "\"a\xEF\xBF\xBDz\"");
    expect_quoted("\xC3", "\"\xEF\xBF\xBD\"");
    expect_quoted("\xC3\"", "\"\xEF\xBF\xBD\\\"\"");
    expect_quoted("\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

Test(json_quote, gives_json_for_every_byte)
{
    for (int byte = 1; byte < 256; byte++) {
        char text[] = {(char)byte, '\0'};
        struct buffer out = {0};
        json_quote(&out, text);
        cr_expect_null(json_check(buffer_slice(&out), NULL), "byte %d", byte);
        buffer_clear(&out);
    }
}
