#include "readiness/age.h"

#include <criterion/criterion.h>

/* 2026-05-16T06:00:48Z in seconds since 1970. */
#define WRITTEN_S 1778911248.0

Test(age, is_the_time_since_the_state_was_written)
{
    double seconds = 0;
    cr_assert(state_age("2026-05-16T06:00:48.2500000Z", WRITTEN_S + 10, &seconds));
    cr_assert_float_eq(seconds, 9.75, 1e-6);
}

Test(age, knows_leap_years)
{
    double seconds = 0;
    cr_assert(state_age("2024-02-29T00:00:00.0000000Z", 1709164800.0 + 86400, &seconds));
    cr_assert_float_eq(seconds, 86400, 1e-6);
}

Test(age, is_never_negative_when_the_clock_was_set_back)
{
    double seconds = -1;
    cr_assert(state_age("2026-05-16T06:00:48.0000000Z", WRITTEN_S - 3600, &seconds));
    cr_assert_float_eq(seconds, 0, 1e-9);
}

Test(age, is_not_known_where_there_is_no_time)
{
    double seconds = 0;
    cr_assert_not(state_age(NULL, WRITTEN_S, &seconds));
    cr_assert_not(state_age("", WRITTEN_S, &seconds));
    cr_assert_not(state_age("yesterday", WRITTEN_S, &seconds));
    cr_assert_not(state_age("2026-13-16T06:00:48.0000000Z", WRITTEN_S, &seconds));
    cr_assert_not(state_age("2026-05-16T-1:00:48.0000000Z", WRITTEN_S, &seconds));
    cr_assert_not(state_age("2026-05-16T06:00:-infinityZ", WRITTEN_S, &seconds));
    cr_assert_not(state_age("2026-05-16T06:00:nanZ", WRITTEN_S, &seconds));
}
