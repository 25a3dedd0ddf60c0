#include "host/kept_results.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_kept(const struct kept_results *kept, const char *id, const char *result)
{
    struct slice found = kept_results_find(kept, id);
    if (result)
        cr_expect(slice_equals(found, result), "%s", id);
    else
        cr_expect_null(found.data, "%s", id);
}

Test(kept_results, are_found_by_their_id)
{
    struct kept_results kept = {0};
    expect_kept(&kept, "a", NULL);
    kept_results_add(&kept, "a", slice_of("{\"a\":1}"));
    kept_results_add(&kept, "b", slice_of("{\"b\":1}"));
    kept_results_add(&kept, "a", slice_of("{\"a\":2}"));
    expect_kept(&kept, "a", "{\"a\":2}");
    expect_kept(&kept, "b", "{\"b\":1}");
    expect_kept(&kept, "", NULL);
    kept_results_clear(&kept);
    expect_kept(&kept, "a", NULL);
}

Test(kept_results, are_the_newest_few)
{
    struct kept_results kept = {0};
    char id[] = "a";
    for (size_t at = 0; at < KEPT_RESULTS_MOST + 3; at++, id[0]++)
        kept_results_add(&kept, id, slice_of("{}"));
    expect_kept(&kept, "c", NULL);
    expect_kept(&kept, "d", "{}");
    cr_expect_eq(kept.count, KEPT_RESULTS_MOST);
    cr_expect_eq(kept.bytes, 2 * KEPT_RESULTS_MOST);
    kept_results_clear(&kept);
}

Test(kept_results, take_no_more_than_their_room)
{
    struct kept_results kept = {0};
    size_t length = KEPT_RESULTS_MOST_BYTES / 2 + 1;
    char *large = memory_new(length);
    kept_results_add(&kept, "small", slice_of("{}"));
    kept_results_add(&kept, "first", (struct slice){.data = large, .length = length});
    kept_results_add(&kept, "second", (struct slice){.data = large, .length = length});
    expect_kept(&kept, "small", NULL);
    expect_kept(&kept, "first", NULL);
    cr_expect_eq(kept_results_find(&kept, "second").length, length);
    cr_expect_eq(kept.bytes, length);
    kept_results_clear(&kept);
    free(large);
}
