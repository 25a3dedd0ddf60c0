#include "json/json.h"

#include <criterion/criterion.h>

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
    cr_expect_eq(whole_number("{\"n\":9007199254740992}"), INT64_C(9007199254740992));
    cr_expect_eq(whole_number("{\"n\":9007199254740994}"), -7);
    cr_expect_eq(whole_number("{\"n\":1e400}"), -7);
    cr_expect_eq(whole_number("{\"n\":-1e400}"), -7);
    cr_expect_eq(whole_number("{\"n\":1.5}"), -7);
    cr_expect_eq(whole_number("{\"n\":\"1\"}"), -7);
    cr_expect_eq(whole_number("{\"n\":null}"), -7);
    cr_expect_eq(whole_number("{}"), -7);
    cr_expect_eq(whole_number("{"), -7);
}
