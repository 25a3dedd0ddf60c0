#include "host/pattern.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static enum pattern_outcome find(const char *expression, const char *text, uint64_t steps)
{
    const char *fault = NULL;
    struct pattern *pattern = pattern_new(expression, &fault);
    cr_assert(pattern, "%s: %s", expression, fault);
    enum pattern_outcome outcome = pattern_find(pattern, slice_of(text), &steps);
    pattern_free(pattern);
    return outcome;
}

static void expect_found(const char *expression, const char *text)
{
    cr_expect_eq(find(expression, text, 1000000), PATTERN_FOUND, "%s in %s", expression, text);
}

static void expect_not_found(const char *expression, const char *text)
{
    cr_expect_eq(find(expression, text, 1000000), PATTERN_NOT_FOUND, "%s in %s", expression, text);
}

static void expect_refused(const char *expression, const char *words)
{
    const char *fault = NULL;
    struct pattern *pattern = pattern_new(expression, &fault);
    cr_assert_null(pattern, "%s", expression);
    cr_expect(strstr(fault, words), "%s: %s", expression, fault);
}

Test(pattern, finds_literals_anywhere)
{
    expect_found("", "");
    expect_found("", "abc");
    expect_found("b", "abc");
    expect_found("abc", "ababcd");
    expect_found("\303\204", "x\303\204y");
    expect_not_found("abc", "abab");
    expect_not_found("a", "");
    expect_not_found("A", "a");
}

Test(pattern, takes_a_dot_for_one_character_but_no_line_break)
{
    expect_found("^a.c$", "abc");
    expect_found("^a.c$", "a\303\204c");
    expect_found("^a.c$", "a\377c");
    expect_not_found("^a.c$", "a\nc");
    expect_not_found("^a.c$", "abbc");
}

Test(pattern, knows_sets)
{
    expect_found("^[a-c]+$", "abccba");
    expect_found("^[^a-c]+$", "xyz");
    expect_found("[]]", "]");
    expect_found("^[a-]+$", "a-a");
    expect_found("^[\\d\\-x]+$", "0-9x");
    expect_found("^[\\W]$", " ");
    expect_found("^[\303\200-\303\277]$", "\303\204");
    expect_found("^[^a]$", "\303\204");
    expect_not_found("^[a-c]+$", "abd");
    expect_not_found("[^a]", "aaa");
}

Test(pattern, knows_classes_and_escapes)
{
    expect_found("CS\\d+", "error CS0103: x");
    expect_found("^\\w+$", "a_Z9\303\204");
    expect_found("^\\s\\S\\D$", "\txa");
    expect_found("^\\x41\\u00c4\\t$", "A\303\204\t");
    expect_found("^\\.\\*\\(\\)\\[\\]\\{\\}\\\\\\|\\^\\$$", ".*()[]{}\\|^$");
    expect_not_found("\\d", "abc");
    expect_not_found("\\D", "123");
    expect_not_found("\\S", " \t\n");
}

Test(pattern, repeats)
{
    expect_found("^ab*c$", "ac");
    expect_found("^ab*c$", "abbbc");
    expect_found("^ab+c$", "abbc");
    expect_not_found("^ab+c$", "ac");
    expect_found("^ab?c$", "abc");
    expect_not_found("^ab?c$", "abbc");
    expect_found("^(ab){2,3}$", "ababab");
    expect_not_found("^(ab){2,3}$", "ab");
    expect_not_found("^(ab){2,3}$", "abababab");
    expect_found("^a{2,}$", "aaaaa");
    expect_not_found("^a{2,}$", "a");
    expect_found("^a{0}b$", "b");
    expect_found("^a.*?b+?c??$", "axxbb");
    expect_found("^a{,2}$", "a{,2}");
    expect_found("^{x}$", "{x}");
}

Test(pattern, chooses_and_groups)
{
    expect_found("^(one|two|)$", "two");
    expect_found("^(one|two|)$", "");
    expect_not_found("^(one|two)$", "three");
    expect_found("a|b|c", "xcx");
    expect_found("^(?:a(?<name>b|c))*$", "abacab");
    expect_found("^(a*)*$", "aaa");
    expect_found("^(|a)+$", "aaa");
}

Test(pattern, knows_where_it_is)
{
    expect_not_found("^b", "ab");
    expect_not_found("a$", "ab");
    expect_found("a$", "ba\n");
    expect_not_found("a\\z", "ba\n");
    expect_found("\\Aa\\Z", "a\n");
    expect_not_found("^b", "a\nb");
    expect_found("\\bfoo\\b", "a foo.");
    expect_not_found("\\bfoo\\b", "afoo");
    expect_found("\\Bfoo", "afoo");
    expect_found("\\b", "a");
    expect_not_found("\\b", " ");
}

Test(pattern, ignores_case_when_asked)
{
    expect_found("(?i)^error [a-z]+$", "ERROR Abc");
    expect_not_found("(?i)[^a]", "aA");
    expect_not_found("(?i)@", "`");
}

Test(pattern, refuses_what_is_no_expression)
{
    expect_refused("(", "a ')' is missing");
    expect_refused(")", "has no '('");
    expect_refused("[a", "a ']' is missing");
    expect_refused("[", "a ']' is missing");
    expect_refused("*", "nothing to repeat");
    expect_refused("a|*", "nothing to repeat");
    expect_refused("a**", "follows on a repetition");
    expect_refused("a{2}{3}", "follows on a repetition");
    expect_refused("a{3,2}", "at least more");
    expect_refused("a{1001}", "more than 1000");
    expect_refused("a{99999999999999999999}", "more than 1000");
    expect_refused("[b-a]", "backwards");
    expect_refused("\\", "ends with a backslash");
    expect_refused("[\\", "ends with a backslash");
    expect_refused("\\x4", "hexadecimal");
    expect_refused("\\q", "no meaning");
    expect_refused("(?<name", "does not end");
}

Test(pattern, refuses_what_needs_going_back)
{
    expect_refused("(a)\\1", "back-references");
    expect_refused("(?=a)", "look-around");
    expect_refused("(?<!a)", "look-around");
    expect_refused("[a-z-[aeiou]]", "not supported");
}

Test(pattern, refuses_what_is_too_large)
{
    struct buffer deep = {0};
    expect_refused("(((a{100}){100}){100}){100}", "too large");
    expect_refused("((()*){1000}){1000}", "too large");
    for (int at = 0; at < 200; at++)
        buffer_append_char(&deep, '(');
    expect_refused(deep.data, "too many groups");
    for (int at = 0; at < 400; at++)
        buffer_append_char(&deep, 'a');
    expect_refused(deep.data, "longer than 512");
    buffer_clear(&deep);
}

Test(pattern, reads_any_bytes_without_harm)
{
    char expression[7] = {0};
    static const char BYTES[] = "a()[]{}|*+?^$\\.-,1\303x";
    unsigned int random = 1;
    for (int round = 0; round < 20000; round++) {
        for (size_t at = 0; at < sizeof(expression) - 1; at++) {
            random = random * 1103515245U + 12345U;
            expression[at] = BYTES[(random >> 16) % (sizeof(BYTES) - 1)];
        }
        const char *fault = NULL;
        uint64_t steps = 10000;
        struct pattern *pattern = pattern_new(expression, &fault);
        cr_assert(pattern || fault);
        if (pattern)
            (void)pattern_find(pattern, slice_of("aa(1\303,x]"), &steps);
        pattern_free(pattern);
    }
}

Test(pattern, takes_no_more_steps_than_it_may)
{
    struct buffer text = {0};
    for (int at = 0; at < 10000; at++)
        buffer_append_string(&text, "ab");
    cr_expect_eq(find("(a|b)*a(a|b){20}c", text.data, 100000), PATTERN_TOO_SLOW);
    /* What takes others exponential time takes this in proportion to both lengths. */
    cr_expect_eq(find("(a|b)*a(a|b){20}c", text.data, 200 * text.length), PATTERN_NOT_FOUND);
    cr_expect_eq(find("(x+x+)+y", text.data, 10 * text.length), PATTERN_NOT_FOUND);
    buffer_clear(&text);
}
