#include "base/buffer.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

Test(buffer, is_empty_when_zeroed)
{
    struct buffer buffer = {0};
    cr_expect_null(buffer_slice(&buffer).data);
    cr_expect_eq(buffer_slice(&buffer).length, 0);
    char *text = buffer_take(&buffer);
    cr_expect_str_eq(text, "");
    free(text);
    buffer_clear(&buffer);
}

Test(buffer, always_ends_with_a_nul)
{
    struct buffer buffer = {0};
    for (size_t i = 0; i < 1000; i++) {
        buffer_append_char(&buffer, 'x');
        cr_assert_eq(buffer.length, i + 1);
        cr_assert_eq(buffer.data[i + 1], '\0');
        cr_assert_gt(buffer.capacity, buffer.length);
    }
    buffer_clear(&buffer);
}

Test(buffer, appends_bytes_text_and_formats)
{
    struct buffer buffer = {0};
    buffer_append(&buffer, "a\0b", 3);
    buffer_append(&buffer, NULL, 0);
    buffer_append_string(&buffer, "");
    buffer_append_string(&buffer, "text");
    buffer_append_format(&buffer, "%d-%s", 7, "é");
    cr_expect_eq(buffer.length, 11);
    cr_expect_arr_eq(buffer.data, "a\0btext7-é", 12);
    buffer_clear(&buffer);
    cr_expect_null(buffer.data);
}

Test(buffer, appends_a_format_of_any_length)
{
    struct buffer buffer = {0};
    buffer_append_format(&buffer, "%0100000d", 1);
    cr_expect_eq(buffer.length, 100000);
    cr_expect_eq(buffer.data[99999], '1');
    cr_expect_eq(buffer.data[100000], '\0');
    buffer_clear(&buffer);
}

Test(buffer, reserve_makes_room_and_keeps_the_content)
{
    struct buffer buffer = {0};
    cr_expect(buffer_reserve(&buffer, 0));
    cr_expect_str_eq(buffer.data, "");
    buffer_append_string(&buffer, "abc");
    cr_expect(buffer_reserve(&buffer, 5000));
    cr_expect_geq(buffer.capacity, 5004);
    cr_expect_str_eq(buffer.data, "abc");
    memset(buffer.data + buffer.length, 'x', 5000);
    char *data = buffer.data;
    cr_expect(buffer_reserve(&buffer, 5000));
    cr_expect_eq(buffer.data, data);
    buffer_clear(&buffer);
}

Test(buffer, reserve_refuses_what_cannot_be_and_keeps_the_content)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 3, SIZE_MAX - 4, SIZE_MAX / 2};
    struct buffer buffer = {0};
    buffer_append_string(&buffer, "abc");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        cr_expect_not(buffer_reserve(&buffer, sizes[i]), "%zu", sizes[i]);
        cr_expect_eq(buffer.length, 3);
        cr_expect_str_eq(buffer.data, "abc");
    }
    buffer_clear(&buffer);
    cr_expect_not(buffer_reserve(&buffer, SIZE_MAX));
    cr_expect_null(buffer.data);
}

Test(buffer, consume_drops_from_the_front)
{
    struct buffer buffer = {0};
    buffer_consume(&buffer, 0);
    buffer_append_string(&buffer, "abcdef");
    buffer_consume(&buffer, 0);
    cr_expect_str_eq(buffer.data, "abcdef");
    buffer_consume(&buffer, 4);
    cr_expect_str_eq(buffer.data, "ef");
    cr_expect_eq(buffer.length, 2);
    buffer_consume(&buffer, 2);
    cr_expect_str_eq(buffer.data, "");
    buffer_append_string(&buffer, "g");
    cr_expect_str_eq(buffer.data, "g");
    buffer_clear(&buffer);
}

Test(buffer, take_leaves_it_empty_and_usable)
{
    struct buffer buffer = {0};
    buffer_append_string(&buffer, "abc");
    char *text = buffer_take(&buffer);
    cr_expect_str_eq(text, "abc");
    cr_expect_null(buffer.data);
    cr_expect_eq(buffer.length, 0);
    buffer_append_string(&buffer, "d");
    cr_expect_str_eq(buffer.data, "d");
    free(text);
    buffer_clear(&buffer);
}

Test(slice, equals_whole_text_only)
{
    cr_expect(slice_equals(slice_of("abc"), "abc"));
    cr_expect_not(slice_equals(slice_of("abc"), "ab"));
    cr_expect_not(slice_equals(slice_of("ab"), "abc"));
    cr_expect(slice_equals(slice_of(""), ""));
    cr_expect_not(slice_equals(slice_of(NULL), ""));
    cr_expect_not(slice_equals((struct slice){.data = "a\0b", .length = 3}, "a"));
}
