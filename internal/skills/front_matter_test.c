#include "skills/front_matter.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Reads the text, which must be a skill's. */
static struct front_matter read_good(const char *text)
{
    struct front_matter front_matter;
    const char *fault = front_matter_read(slice_of(text), &front_matter);
    cr_assert_null(fault, "%s", fault);
    return front_matter;
}

static void expect_name(const char *text, const char *name)
{
    struct front_matter front_matter = read_good(text);
    cr_expect_str_eq(front_matter.name, name);
    front_matter_clear(&front_matter);
}

static void expect_fault(struct slice text, const char *part)
{
    struct front_matter front_matter;
    const char *fault = front_matter_read(text, &front_matter);
    cr_assert(fault, "%.*s", (int)text.length, text.data);
    cr_expect(strstr(fault, part), "%s", fault);
    cr_expect_null(front_matter.name);
}

Test(front_matter, has_the_members_that_matter)
{
    struct front_matter front_matter =
        read_good("---\nname: one\ndescription: >-\n  name: not this\n  more\n"
                  "toolName: run-tests\ninternal: true\nmetadata:\n  name: nor: this\n---\n# Text\n"
                  "name: nor this\n");
    cr_expect_str_eq(front_matter.name, "one");
    cr_expect_str_eq(front_matter.tool_name, "run-tests");
    cr_expect(front_matter.internal);
    front_matter_clear(&front_matter);
}

Test(front_matter, needs_only_a_name)
{
    struct front_matter front_matter = read_good("---\nname: one\n---");
    cr_expect_null(front_matter.tool_name);
    cr_expect_not(front_matter.internal);
    front_matter_clear(&front_matter);
    front_matter = read_good("---\nname: one\ninternal: false\ntoolName:\n---\n");
    cr_expect_null(front_matter.tool_name);
    cr_expect_not(front_matter.internal);
    front_matter_clear(&front_matter);
}

Test(front_matter, takes_scalars_as_yaml_writes_them)
{
    expect_name("---\nname:   one   \n---\n", "one");
    expect_name("---\nname: \"one\" # the first\n---\n", "one");
    expect_name("---\nname: 'one'\n---\n", "one");
    expect_name("---\nname: one # the first\n---\n", "one");
    expect_name("---\r\nname: one\r\n---\r\n", "one");
    expect_name("\xEF\xBB\xBF---\nname: one\n---\n", "one");
    expect_name("--- \nname: one\nname: two\n---\n", "two");
    expect_name("---\n# a comment: here\n- a list: here\n\nname: one\n---\n", "one");
}

Test(front_matter, says_what_keeps_a_text_from_being_a_skills)
{
    expect_fault(slice_of(""), "does not begin");
    expect_fault((struct slice){0}, "does not begin");
    expect_fault(slice_of("# Skill\n"), "does not begin");
    expect_fault(slice_of("---\nname: one\n"), "no end");
    expect_fault(slice_of("---"), "no end");
    expect_fault(slice_of("---\n---\n"), "no name");
    expect_fault(slice_of("---\nname:\n---\n"), "no name");
    expect_fault(slice_of("---\nname: \"\n---\n"), "no name");
    expect_fault((struct slice){"---\nname: one\0two\n---\n", 21}, "no text");
}

Test(front_matter, refuses_names_that_could_lead_elsewhere)
{
    static const char *const names[] = {"..",       ".",        "../one", "/one", "one/two",
                                        "one\\two", "C:",       ".one",   "-one", "_one",
                                        "one two",  "\xC3\xA9", "one\x1b"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "---\nname: %s\n---\n", names[i]);
        expect_fault(slice_of(text), "letters, digits");
    }
}

Test(front_matter, bounds_the_length_of_a_name)
{
    char name[SKILL_LONGEST_NAME + 2] = {0};
    memset(name, 'a', SKILL_LONGEST_NAME);
    cr_expect(skill_name_is_valid(name));
    name[SKILL_LONGEST_NAME] = 'a';
    cr_expect_not(skill_name_is_valid(name));
    cr_expect_not(skill_name_is_valid(""));
}
