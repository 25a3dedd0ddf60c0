#include "cli/suggest.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

Test(suggest, counts_single_letter_changes)
{
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "", 3},
        {"compile", "compile", 0},
        {"compile", "Compile", 0},
        {"compile", "comple", 1},
        {"compile", "comppile", 1},
        {"compile", "conpile", 1},
        {"compile", "copmile", 1},
        {"ca", "abc", 3},
        {"kitten", "sitting", 3},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_eq(suggest_distance(cases[i].a, cases[i].b), cases[i].distance, "%s %s",
                     cases[i].a, cases[i].b);
        cr_expect_eq(suggest_distance(cases[i].b, cases[i].a), cases[i].distance, "%s %s",
                     cases[i].b, cases[i].a);
    }
}

static const char *nearest(const char *typed)
{
    static const char *const names[] = {"compile", "status",   "wait",         "fix",
                                        "serve",   "get-logs", "get-hierarchy"};
    struct suggestion suggestion = {.typed = typed};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        suggest_consider(&suggestion, names[i]);
    return suggestion.best ? suggestion.best : "nothing";
}

Test(suggest, finds_what_was_meant)
{
    cr_expect_str_eq(nearest("comiple"), "compile");
    cr_expect_str_eq(nearest("stauts"), "status");
    cr_expect_str_eq(nearest("fxi"), "fix");
    cr_expect_str_eq(nearest("getlogs"), "get-logs");
    cr_expect_str_eq(nearest("get-hier"), "get-hierarchy");
}

Test(suggest, offers_nothing_that_is_far)
{
    cr_expect_str_eq(nearest("frobnicate"), "nothing");
    cr_expect_str_eq(nearest(""), "nothing");
    cr_expect_str_eq(nearest("x"), "nothing");
    cr_expect_str_eq(nearest("fo"), "nothing");
}

Test(suggest, bounds_what_it_compares)
{
    char longest[70];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    cr_expect_eq(suggest_distance(longest, "a"), SIZE_MAX);
    cr_expect_eq(suggest_distance("a", longest), SIZE_MAX);
    longest[64] = '\0';
    cr_expect_eq(suggest_distance(longest, longest), 0);
    cr_expect_eq(suggest_distance(longest, ""), 64);
}
