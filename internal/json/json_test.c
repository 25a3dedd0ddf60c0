#include "json/json.h"

#include "base/buffer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int64_t whole_number(const char *text)
{
    cJSON *object = json_parse(slice_of(text), NULL);
    int64_t number = json_whole_number(object, "n", -7);
    cJSON_Delete(object);
    return number;
}

Test(json, whole_number_is_exact_or_not_there)
{
    cr_expect_eq(whole_number("{\"n\":0}"), 0);
    cr_expect_eq(whole_number("{\"n\":-3}"), -3);
    cr_expect_eq(whole_number("{\"n\":12.0}"), 12);
    cr_expect_eq(whole_number("{\"n\":9007199254740991}"), INT64_C(9007199254740991));
    cr_expect_eq(whole_number("{\"n\":-9007199254740991}"), -INT64_C(9007199254740991));
    cr_expect_eq(whole_number("{\"n\":9007199254740992}"), -7);
    cr_expect_eq(whole_number("{\"n\":9007199254740993}"), -7);
    cr_expect_eq(whole_number("{\"n\":9007199254740994}"), -7);
    cr_expect_eq(whole_number("{\"n\":1e400}"), -7);
    cr_expect_eq(whole_number("{\"n\":-1e400}"), -7);
    cr_expect_eq(whole_number("{\"n\":1.5}"), -7);
    cr_expect_eq(whole_number("{\"n\":\"1\"}"), -7);
    cr_expect_eq(whole_number("{\"n\":null}"), -7);
    cr_expect_eq(whole_number("{}"), -7);
    cr_expect_eq(whole_number("{"), -7);
}

static const char *fault_of(struct slice text)
{
    const char *reason = "none was set";
    cJSON *value = json_parse(text, &reason);
    cr_expect_eq(value == NULL, reason != NULL);
    cJSON_Delete(value);
    return reason;
}

Test(json, parse_skips_a_byte_order_mark_and_needs_no_reason)
{
    cJSON *value = json_parse(slice_of("\xEF\xBB\xBF {\"a\":\"b\"} "), NULL);
    cr_expect_str_eq(json_string(value, "a"), "b");
    cJSON_Delete(value);
    cr_expect_null(json_parse(slice_of("{"), NULL));
}

Test(json, parse_reads_no_further_than_the_text)
{
    cJSON *value = json_parse((struct slice){.data = "[1]]", .length = 3}, NULL);
    cr_expect_eq(cJSON_GetArraySize(value), 1);
    cJSON_Delete(value);
}

Test(json, parse_says_what_is_wrong)
{
    cr_expect_null(fault_of(slice_of("{}")));
    cr_expect_str_eq(fault_of(slice_of("")), "the text ends too early");
    cr_expect_str_eq(fault_of((struct slice){0}), "the text ends too early");
    cr_expect_str_eq(fault_of(slice_of("{} x")), "something stands behind the value");
    cr_expect_str_eq(fault_of(slice_of("\"\xFF\"")), "invalid UTF-8");
    cr_expect_not_null(fault_of((struct slice){.data = "{}\0", .length = 3}));
}

/* The text's tree, printed again. */
static void expect_tree(const char *text, const char *printed)
{
    const char *reason;
    cJSON *tree = json_parse(slice_of(text), &reason);
    cr_assert(tree, "%s: %s", text, reason);
    char *again = json_print(tree);
    cr_expect_str_eq(again, printed);
    free(again);
    cJSON_Delete(tree);
}

#define LOST "\xEF\xBF\xBD" /* U+FFFD */

Test(json, parse_replaces_characters_that_a_tree_cannot_hold_and_no_other)
{
    expect_tree("{\"a\":\"x\\u0000y\"}", "{\"a\":\"x" LOST "y\"}");
    expect_tree("{\"\\u0000\":1}", "{\"" LOST "\":1}");
    expect_tree("[\"\\\\\\u0000\"]", "[\"\\\\" LOST "\"]");
    expect_tree("\"cut \\ud83d\"", "\"cut " LOST "\"");
    expect_tree("\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\"");
    expect_tree("\"\\uD83D\\uDE00\"", "\"\xF0\x9F\x98\x80\"");
    expect_tree("\"\\ude00\\ud83d\"", "\"" LOST LOST "\"");
    expect_tree("\"\\ud83d\\ud83d\\ude00\"", "\"" LOST "\xF0\x9F\x98\x80\"");
    expect_tree("\"\\ud83d\\u0041\\ude00\"", "\"" LOST "A" LOST "\"");
    expect_tree("\"\\ud83d\\\\ude00\"", "\"" LOST "\\\\ude00\"");
    expect_tree("\"\\ud83d\\\"\\u0000\"", "\"" LOST "\\\"" LOST "\"");
    expect_tree("[\"\\\\u0000\",\"\\\\ud800\",\"u0000\",\"\\u0001\\\"\"]",
                "[\"\\\\u0000\",\"\\\\ud800\",\"u0000\",\"\\u0001\\\"\"]");
    expect_tree("\"\\ud7ff\\ue000\"", "\"\xED\x9F\xBF\xEE\x80\x80\"");
}

#define DIGITS_63 "123456789012345678901234567890123456789012345678901234567890123"

Test(json, parse_takes_for_a_number_that_is_too_long_the_nearest_that_a_tree_can_hold)
{
    expect_tree("[" DIGITS_63 "]", "[1.2345678901234569e+62]");
    expect_tree("[" DIGITS_63 "4]", "[1.2345678901234568e+63]");
    expect_tree(DIGITS_63 "4", "1.2345678901234568e+63");
    expect_tree("{\"a\":-" DIGITS_63 ",\"b\":7}", "{\"a\":-1.2345678901234569e+62,\"b\":7}");
    expect_tree("[1." DIGITS_63 "e-2,2]", "[0.011234567890123457,2]");
    expect_tree("[0." DIGITS_63 "e9]", "[123456789.01234567]");
    expect_tree("[-" DIGITS_63 "e400, " DIGITS_63 "e400]", "[null,null]"); /* no number of JSON */
    expect_tree("[" DIGITS_63 "e-999]", "[0]");
    expect_tree("[\"" DIGITS_63 "4\"]", "[\"" DIGITS_63 "4\"]");
    expect_tree("[\"\\\"" DIGITS_63 "4\"]", "[\"\\\"" DIGITS_63 "4\"]");
}

Test(json, parse_follows_the_depth_that_was_checked)
{
    struct buffer text = {0};
    for (int i = 0; i < 128; i++)
        buffer_append_char(&text, '[');
    for (int i = 0; i < 128; i++)
        buffer_append_char(&text, ']');
    cr_expect_null(fault_of(buffer_slice(&text)));
    buffer_clear(&text);
}

Test(json, get_takes_the_exact_name_and_the_last_of_equal_ones)
{
    cJSON *object = json_parse(slice_of("{\"A\":1,\"a\":2,\"b\":null,\"a\":3,\"s\":\"t\"}"), NULL);
    cr_expect_eq(json_get(object, "a")->valueint, 3);
    cr_expect_eq(json_get(object, "A")->valueint, 1);
    cr_expect(cJSON_IsNull(json_get(object, "b")));
    cr_expect_null(json_get(object, "B"));
    cr_expect_null(json_get(json_get(object, "a"), "a"));
    cr_expect_null(json_get(NULL, "a"));
    cr_expect_eq(json_get_any_case(object, "B"), json_get(object, "b"));
    cr_expect_null(json_get_any_case(NULL, "a"));
    cr_expect_str_eq(json_string(object, "s"), "t");
    cr_expect_null(json_string(object, "a"));
    cr_expect_null(json_string(object, "b"));
    cr_expect_null(json_string(NULL, "s"));
    cJSON_Delete(object);
    cJSON *array = json_parse(slice_of("[{\"a\":1}]"), NULL);
    cr_expect_null(json_get(array, "a"));
    cJSON_Delete(array);
}

Test(json, put_string_adds_text_that_is_utf8_and_null)
{
    cJSON *object = cJSON_CreateObject();
    json_put_string(object, "a", "x\"\n\xE3\x82\xB2");
    json_put_string(object, "b", NULL);
    json_put_string(object, "c", "p\xFFq\xC3");
    json_put_string(object, "d", "");
    char *text = json_print(object);
    cr_expect_str_eq(text, "{\"a\":\"x\\\"\\n\xE3\x82\xB2\",\"b\":null,"
                           "\"c\":\"p\xEF\xBF\xBDq\xEF\xBF\xBD\",\"d\":\"\"}");
    free(text);
    cJSON_Delete(object);
}
