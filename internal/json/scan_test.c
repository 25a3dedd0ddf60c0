#include "json/scan.h"

#include "base/buffer.h"
#include "json/utf8.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Also from a copy whose end a sanitizer watches. */
static const char *check(const char *text)
{
    char *copy = malloc(strlen(text) ? strlen(text) : 1);
    memcpy(copy, text, strlen(text));
    const char *fault = json_check((struct slice){.data = copy, .length = strlen(text)}, NULL);
    free(copy);
    return fault;
}

Test(json_check, takes_every_kind_of_value)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-12",
        "1.50",
        "0.0",
        "-0.5e1",
        "1e400",
        "1E+2",
        "1e-0",
        "12345678901234567890",
        "\"\"",
        "\"a\"",
        "[]",
        "[ ]",
        "{}",
        "{\t}",
        "[1,2]",
        "[ 1 , [ ] , { } ]",
        "{\"a\":1}",
        "{ \"a\" : 1 , \"a\" : 2 }",
        "{\"\":\"\"}",
        " \t\r\n1 \t\r\n",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABCD\\uabcd\\ud800\"",
        "\"\x7F\"",
        "\"\xC2\x80\xE3\x82\xB2\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_null(check(texts[i]), "%s: %s", texts[i], check(texts[i]));
}

Test(json_check, refuses_every_form_that_is_not_json)
{
    static const char *const texts[] = {
        /* nothing, or cut off */
        "",
        " ",
        "\n",
        "n",
        "nul",
        "tru",
        "fals",
        "-",
        "[",
        "{",
        "[1",
        "[1,",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "\"",
        "\"a",
        "\"\\",
        "\"\\u",
        "\"\\u12",
        "\"\\u123",
        "1.",
        "1e",
        "1e+",
        "1E-",
        "-.",
        "[[]",
        "{\"a\":{}",
        /* more than one value */
        "1 2",
        "{}{}",
        "[]]",
        "null,",
        "\"a\"b",
        "{} x",
        "1,",
        "nullnull",
        "true1",
        /* other languages */
        "Null",
        "TRUE",
        "True",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "undefined",
        "+1",
        ".5",
        "-.5",
        "01",
        "-01",
        "00",
        "1.e1",
        "0x10",
        "1_000",
        "1.5.2",
        "1e1.5",
        "1e1e1",
        "--1",
        "1-",
        "'a'",
        "[1,]",
        "[,1]",
        "[,]",
        "[1 2]",
        "[1;2]",
        "{\"a\":1,}",
        "{,}",
        "{,\"a\":1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{\"a\" 1}",
        "{\"a\"=1}",
        "{\"a\":}",
        "{\"a\",1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\"}",
        "{[]:1}",
        "[1}",
        "{\"a\":1]",
        "]",
        "}",
        ",",
        ":",
        "// c\n1",
        "/* c */1",
        "1 # c",
        /* white space that JSON does not know */
        "\f1",
        "\v1",
        "\xC2\xA0"
        "1",
        "\xEF\xBB\xBF"
        "1",
        "1\xE2\x80\xA8",
        /* strings */
        "\"\n\"",
        "\"\t\"",
        "\"\x01\"",
        "\"\x1F\"",
        "\"\\a\"",
        "\"\\x41\"",
        "\"\\'\"",
        "\"\\0\"",
        "\"\\U0041\"",
        "\"\\u004g\"",
        "\"\\u-123\"",
        "\"\\u 123\"",
        "\"\\\n\"",
        "\"a\"\"",
        /* UTF-8, in strings and out of them */
        "\"\x80\"",
        "\"\xBF\"",
        "\"\xC0\x80\"",
        "\"\xC1\xBF\"",
        "\"\xC2\"",
        "\"\xC2\x41\"",
        "\"\xE0\x80\x80\"",
        "\"\xE0\x9F\xBF\"",
        "\"\xE3\x82\"",
        "\"\xED\xA0\x80\"",
        "\"\xED\xBF\xBF\"",
        "\"\xF0\x80\x80\x80\"",
        "\"\xF0\x8F\xBF\xBF\"",
        "\"\xF0\x9F\x98\"",
        "\"\xF4\x90\x80\x80\"",
        "\"\xF5\x80\x80\x80\"",
        "\"\xF8\x88\x80\x80\x80\"",
        "\"\xFE\"",
        "\"\xFF\"",
        "\xFF",
        "[\x80]",
        "{\"\xC3\":1}",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_not_null(check(texts[i]), "'%s' was taken", texts[i]);
}

Test(json_check, refuses_a_nul_byte_anywhere)
{
    static const struct slice texts[] = {
        {"\0", 1},       {"1\0", 2},  {"\0001", 2},   {"\"\0\"", 3},
        {"\"\\\0\"", 4}, {"[\0]", 3}, {"[1\0,2]", 6},
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_not_null(json_check(texts[i], NULL), "number %zu was taken", i);
    cr_expect_not_null(json_check((struct slice){0}, NULL));
}

Test(json_check, refuses_every_beginning_of_a_value)
{
    const char *whole =
        "{\"a\":[1.5e3,\"\\u00e9\xC3\xA9\",{\"b\":null}],\"c\":{\"d\":[true,false]}}";
    cr_expect_null(check(whole));
    for (size_t length = 0; length < strlen(whole); length++) {
        char *cut = strndup(whole, length);
        cr_expect_not_null(check(cut), "%s", cut);
        free(cut);
    }
}

Test(json_check, says_where_and_what)
{
    size_t offset = 0;
    cr_expect_str_eq(json_check(slice_of("[1, x]"), &offset), "not a JSON value");
    cr_expect_eq(offset, 4);
    cr_expect_str_eq(json_check(slice_of("\"ab\xFF\""), &offset), "invalid UTF-8");
    cr_expect_eq(offset, 3);
    cr_expect_str_eq(json_check(slice_of("{} {}"), &offset), "something stands behind the value");
    cr_expect_eq(offset, 3);
    cr_expect_null(json_check(slice_of(" {} "), &offset));
    cr_expect_eq(offset, 4);
}

static char *nested(char open, char close, size_t depth)
{
    struct buffer text = {0};
    for (size_t i = 0; i < depth; i++)
        buffer_append_string(&text, open == '[' ? "[" : i + 1 < depth ? "{\"a\":" : "{");
    for (size_t i = 0; i < depth; i++)
        buffer_append_char(&text, close);
    return buffer_take(&text);
}

Test(json_check, takes_128_levels_and_refuses_129)
{
    static const struct {
        char open;
        char close;
    } kinds[] = {{'[', ']'}, {'{', '}'}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        char *most = nested(kinds[i].open, kinds[i].close, JSON_MOST_DEPTH);
        char *deeper = nested(kinds[i].open, kinds[i].close, JSON_MOST_DEPTH + 1);
        cr_expect_null(check(most));
        cr_expect_str_eq(check(deeper), "nested too deep");
        free(most);
        free(deeper);
    }
}

Test(json_check, survives_a_million_open_brackets)
{
    char *text = malloc(1000001);
    memset(text, '[', 1000000);
    text[1000000] = '\0';
    cr_expect_str_eq(check(text), "nested too deep");
    free(text);
}

/* The raw value as a C string; "(none)" when there is none. */
static const char *member(const char *object, const char *name)
{
    static char text[256];
    struct slice value = json_member(slice_of(object), name);
    if (!value.data)
        return "(none)";
    cr_assert_lt(value.length, sizeof(text));
    memcpy(text, value.data, value.length);
    text[value.length] = '\0';
    return text;
}

Test(json_member, gives_the_bytes_as_they_stand)
{
    const char *object =
        " { \"a\" : 12345678901234567890 , \"b\":1.50,\"c\":1e400,\"d\":\"\\u0041\\/\","
        "\"e\" : { \"z\" : 1 , \"a\" : [ ] } , \"f\":[ 1 ] ,\"g\":null,\"\":true } ";
    cr_expect_null(check(object));
    cr_expect_str_eq(member(object, "a"), "12345678901234567890");
    cr_expect_str_eq(member(object, "b"), "1.50");
    cr_expect_str_eq(member(object, "c"), "1e400");
    cr_expect_str_eq(member(object, "d"), "\"\\u0041\\/\"");
    cr_expect_str_eq(member(object, "e"), "{ \"z\" : 1 , \"a\" : [ ] }");
    cr_expect_str_eq(member(object, "f"), "[ 1 ]");
    cr_expect_str_eq(member(object, "g"), "null");
    cr_expect_str_eq(member(object, ""), "true");
}

Test(json_member, looks_at_the_top_level_only)
{
    cr_expect_str_eq(member("{\"x\":{\"id\":1},\"y\":[{\"id\":2}]}", "id"), "(none)");
    cr_expect_str_eq(member("{\"x\":\"\\\"id\\\":1\"}", "id"), "(none)");
    cr_expect_str_eq(member("{\"x\":\"{\\\"id\\\":1}\",\"id\":3}", "id"), "3");
    cr_expect_str_eq(member("{\"x\":\"id\"}", "id"), "(none)");
    cr_expect_str_eq(member("{\"a\\\"id\":1}", "id"), "(none)");
    cr_expect_str_eq(member("{\"a\\\\\":\"id\",\"id\":4}", "id"), "4");
}

Test(json_member, takes_whole_names_in_their_case)
{
    const char *object = "{\"idx\":1,\"xid\":2,\"ID\":3,\"i\":4,\" id\":5}";
    cr_expect_str_eq(member(object, "id"), "(none)");
    cr_expect_str_eq(member(object, ""), "(none)");
    cr_expect_str_eq(member(object, "i"), "4");
}

Test(json_member, takes_the_last_of_equal_names)
{
    cr_expect_str_eq(member("{\"a\":1,\"b\":2,\"a\":3}", "a"), "3");
    cr_expect_str_eq(member("{\"a\":{\"a\":1},\"a\":null}", "a"), "null");
}

Test(json_member, has_none_where_there_is_no_object)
{
    static const char *const texts[] = {"{}", " { } ", "[]", "[\"a\",1]", "\"a\"", "null", "1", ""};
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_str_eq(member(texts[i], "a"), "(none)");
}

Test(json_member, reads_within_the_deepest_value)
{
    char *inner = nested('[', ']', JSON_MOST_DEPTH - 1);
    struct buffer text = {0};
    buffer_append_format(&text, "{\"a\":%s,\"b\":2}", inner);
    cr_expect_null(check(text.data));
    cr_expect_eq(json_member(buffer_slice(&text), "a").length, strlen(inner));
    cr_expect_str_eq(member(text.data, "b"), "2");
    buffer_clear(&text);
    free(inner);
}

Test(json_is_object, looks_at_the_first_byte_behind_white_space)
{
    cr_expect(json_is_object(slice_of("{}")));
    cr_expect(json_is_object(slice_of(" \r\n\t{\"a\":1}")));
    cr_expect_not(json_is_object(slice_of("[{}]")));
    cr_expect_not(json_is_object(slice_of("\"{\"")));
    cr_expect_not(json_is_object(slice_of("")));
    cr_expect_not(json_is_object((struct slice){0}));
}

Test(json_skip_bom, skips_one_whole_mark)
{
    cr_expect(slice_equals(json_skip_bom(slice_of("\xEF\xBB\xBF{}")), "{}"));
    cr_expect(slice_equals(json_skip_bom(slice_of("{}")), "{}"));
    cr_expect(slice_equals(json_skip_bom(slice_of("\xEF\xBB\xBF")), ""));
    cr_expect(slice_equals(json_skip_bom(slice_of("\xEF\xBB")), "\xEF\xBB"));
    cr_expect_eq(json_skip_bom(slice_of("\xEF\xBB\xBF\xEF\xBB\xBF")).length, 3);
    cr_expect_eq(json_skip_bom((struct slice){0}).length, 0);
}

/* Encodes the code point in the way of RFC 3629, whether it may be or not; returns the length. */
static size_t encode(uint32_t point, unsigned char *bytes)
{
    if (point < 0x80) {
        bytes[0] = (unsigned char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        bytes[i] = (unsigned char)(0x80 | (point & 0x3F));
    bytes[0] = (unsigned char)((0xF00 >> length) | point);
    return length;
}

Test(utf8, takes_every_code_point_but_surrogates)
{
    unsigned char bytes[4];
    for (uint32_t point = 0; point <= 0x13FFFF; point++) {
        size_t length = encode(point, bytes);
        bool is_valid = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        cr_assert_eq(utf8_length(bytes, length), is_valid ? length : 0, "U+%04X", point);
        if (length > 1)
            cr_assert_eq(utf8_length(bytes, length - 1), 0, "U+%04X cut", point);
    }
}

Test(utf8, refuses_every_overlong_form)
{
    for (uint32_t point = 0; point < 0x10000; point++) {
        unsigned char two[] = {(unsigned char)(0xC0 | (point >> 6 & 0x1F)),
                               (unsigned char)(0x80 | (point & 0x3F))};
        unsigned char three[] = {(unsigned char)(0xE0 | (point >> 12 & 0x0F)),
                                 (unsigned char)(0x80 | (point >> 6 & 0x3F)),
                                 (unsigned char)(0x80 | (point & 0x3F))};
        unsigned char four[] = {0xF0, (unsigned char)(0x80 | (point >> 12 & 0x0F)),
                                (unsigned char)(0x80 | (point >> 6 & 0x3F)),
                                (unsigned char)(0x80 | (point & 0x3F))};
        if (point < 0x80)
            cr_assert_eq(utf8_length(two, sizeof(two)), 0, "U+%04X", point);
        if (point < 0x800)
            cr_assert_eq(utf8_length(three, sizeof(three)), 0, "U+%04X", point);
        cr_assert_eq(utf8_length(four, sizeof(four)), 0, "U+%04X", point);
    }
}

Test(utf8, refuses_every_sequence_with_a_byte_that_does_not_continue_it)
{
    static const unsigned char valid[] = {0xF1, 0x80, 0xBF, 0x90};
    for (size_t place = 1; place < sizeof(valid); place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            unsigned char bytes[4];
            memcpy(bytes, valid, sizeof(bytes));
            bytes[place] = (unsigned char)byte;
            cr_assert_eq(utf8_length(bytes, 4), byte >= 0x80 && byte <= 0xBF ? 4 : 0);
        }
    }
}
