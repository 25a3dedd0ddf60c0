#include "host/diagnostics.h"

#include <criterion/criterion.h>
#include <string.h>

static struct diagnostics parse(const char *output)
{
    struct diagnostics list = {0};
    diagnostics_parse(&list, slice_of(output), "/srv/game");
    return list;
}

/* One line in, one diagnostic out. */
static void expect_one(const char *line, enum diagnostic_kind kind, const char *file, int number,
                       const char *message)
{
    struct diagnostics list = parse(line);
    cr_assert_eq(list.count, 1, "%s", line);
    cr_expect_eq(list.items[0].kind, kind);
    cr_expect_eq(list.items[0].line, number);
    cr_expect_str_eq(list.items[0].message, message);
    if (file)
        cr_expect_str_eq(list.items[0].file, file);
    else
        cr_expect_null(list.items[0].file);
    diagnostics_clear(&list);
}

static void expect_none(const char *output)
{
    struct diagnostics list = parse(output);
    cr_expect_eq(list.count, 0, "%s", output);
    diagnostics_clear(&list);
}

Test(diagnostics, reads_file_line_and_kind)
{
    const char *error = "Assets/Foo.cs(12,34): error CS0103: The name `x' does not exist";
    const char *warning = "Assets/Foo.cs(3,7): warning CS0168: The variable `y' is never used";
    expect_one(error, DIAGNOSTIC_ERROR, "Assets/Foo.cs", 12, error);
    expect_one(warning, DIAGNOSTIC_WARNING, "Assets/Foo.cs", 3, warning);
}

Test(diagnostics, reads_a_line_without_column_and_a_range)
{
    expect_one("A.cs(5): error CS1: x", DIAGNOSTIC_ERROR, "A.cs", 5, "A.cs(5): error CS1: x");
    expect_one("A.cs(5,1,6,2): error CS1: x", DIAGNOSTIC_ERROR, "A.cs", 5,
               "A.cs(5,1,6,2): error CS1: x");
}

Test(diagnostics, reads_what_is_about_no_file)
{
    const char *error = "error CS0006: Metadata file `none.dll' could not be found";
    expect_one(error, DIAGNOSTIC_ERROR, NULL, 0, error);
    expect_one("warning CS8032: x", DIAGNOSTIC_WARNING, NULL, 0, "warning CS8032: x");
}

Test(diagnostics, takes_paths_with_spaces_parentheses_and_colons)
{
    expect_one("Assets/A (1)/b: c.cs(2,3): error CS1002: ; expected", DIAGNOSTIC_ERROR,
               "Assets/A (1)/b: c.cs", 2, "Assets/A (1)/b: c.cs(2,3): error CS1002: ; expected");
    expect_one("Assets/\xc3\x84.cs(2,3): error CS1: x", DIAGNOSTIC_ERROR, "Assets/\xc3\x84.cs", 2,
               "Assets/\xc3\x84.cs(2,3): error CS1: x");
}

Test(diagnostics, makes_paths_relative_to_the_project)
{
    expect_one("/srv/game/Assets/A.cs(1,2): error CS1: x", DIAGNOSTIC_ERROR, "Assets/A.cs", 1,
               "Assets/A.cs(1,2): error CS1: x");
    expect_one("/srv/game2/A.cs(1,2): error CS1: x", DIAGNOSTIC_ERROR, "/srv/game2/A.cs", 1,
               "/srv/game2/A.cs(1,2): error CS1: x");
}

Test(diagnostics, passes_over_everything_else)
{
    expect_none("");
    expect_none("\n\n\r\n");
    expect_none("Compilation failed: 1 error(s), 0 warnings");
    expect_none("Assets/A.cs(1,2): (Location of the symbol related to previous error)");
    expect_none("Assets/A.cs(1,2): error");
    expect_none("Assets/A.cs(1,2): error : x");
    expect_none("Assets/A.cs(1,2): error CS: x");
    expect_none("(1,2): error CS1: x");
    expect_none("A.cs(): error CS1: x");
    expect_none("A.cs(,2): error CS1: x");
    expect_none("A.cs: error CS1: x");
    expect_none("errors CS1: x");
    expect_none("error CS12");
    expect_none(": ");
}

Test(diagnostics, reads_codes_of_analyzers_and_notes)
{
    const char *warning = "A.cs(1,2): warning xUnit1026: x", *note = "A.cs(1,2): info IDE_0005: x";
    expect_one(warning, DIAGNOSTIC_WARNING, "A.cs", 1, warning);
    expect_one(note, DIAGNOSTIC_NOTE, "A.cs", 1, note);
}

Test(diagnostics, takes_the_lines_that_belong_to_a_message)
{
    const char *text = "A.cs(2,7): error CS0101: already contains a definition for `A'\n"
                       "A.cs(1,7): (Location of the symbol related to previous error)";
    const char *thrown = "warning CS8785: Generator 'G' failed with 'x'.\n"
                         "System.Exception: x\n   at G.Execute() in /src/G.cs:line 3";
    expect_one(text, DIAGNOSTIC_ERROR, "A.cs", 2, text);
    expect_one(thrown, DIAGNOSTIC_WARNING, NULL, 0, thrown);
}

/* mcs names the library that it read, which is a place of ours that means nothing to the user. */
Test(diagnostics, names_what_an_error_is_related_to_as_the_project_knows_it)
{
    struct diagnostics list = parse(
        "B.cs(1,52): error CS0509: `B.C': cannot derive from sealed type `L.S'\n"
        "/srv/game/Library/ScriptAssemblies.building/L (1).dll (Location of the symbol related to "
        "previous error)\n"
        "B.cs(2,1): error CS0111: A member `A.F()' is already defined\n"
        "/srv/game/Assets/A.cs(1,30): (Location of the symbol related to previous error)\n"
        "B.cs(3,1): error CS1: x\n"
        "/usr/lib/mono/4.5/mscorlib.dll (Location of the symbol related to previous error)\n"
        "(Location of the symbol related to previous error)\n");
    cr_assert_eq(list.count, 3);
    cr_expect_str_eq(list.items[0].message,
                     "B.cs(1,52): error CS0509: `B.C': cannot derive from sealed type `L.S'\n"
                     "L (1).dll (Location of the symbol related to previous error)");
    cr_expect_str_eq(list.items[1].message,
                     "B.cs(2,1): error CS0111: A member `A.F()' is already defined\n"
                     "Assets/A.cs(1,30): (Location of the symbol related to previous error)");
    cr_expect_str_eq(list.items[2].message,
                     "B.cs(3,1): error CS1: x\n"
                     "mscorlib.dll (Location of the symbol related to previous error)\n"
                     "(Location of the symbol related to previous error)");
    diagnostics_clear(&list);
}

Test(diagnostics, ends_a_message_at_an_empty_line_and_at_the_summary)
{
    struct diagnostics list = parse("A.cs(1,1): warning CS1: a\r\nmore\r\n\r\nnoise\r\n"
                                    "A.cs(2,1): error CS2: b\nCompilation failed: 1 error(s)\n"
                                    "noise\nerror CS3: c\nCompilation succeeded - 1 warning(s)");
    cr_assert_eq(list.count, 3);
    cr_expect_str_eq(list.items[0].message, "A.cs(1,1): warning CS1: a\nmore");
    cr_expect_str_eq(list.items[1].message, "A.cs(2,1): error CS2: b");
    cr_expect_str_eq(list.items[2].message, "error CS3: c");
    diagnostics_clear(&list);
}

Test(diagnostics, bounds_a_message_over_many_lines)
{
    struct buffer text = {0};
    buffer_append_string(&text, "error CS1: a\n");
    for (int line = 0; line < 100000; line++)
        buffer_append_string(&text, "and more of it\n");
    struct diagnostics list = parse(text.data);
    cr_assert_eq(list.count, 1);
    cr_expect_leq(strlen(list.items[0].message), 16 * 1024 + 1);
    cr_expect_geq(strlen(list.items[0].message), 16 * 1024 - 20);
    diagnostics_clear(&list);
    buffer_clear(&text);
}

Test(diagnostics, keeps_the_order_of_many_lines_whatever_ends_them)
{
    struct diagnostics list = parse("A.cs(1,1): warning CS1: a\r\n\nB.cs(2,1): error CS2: b\n"
                                    "error CS3: c");
    cr_assert_eq(list.count, 3);
    cr_expect_str_eq(list.items[0].message, "A.cs(1,1): warning CS1: a");
    cr_expect_str_eq(list.items[1].file, "B.cs");
    cr_expect_str_eq(list.items[2].message, "error CS3: c");
    cr_expect_eq(diagnostics_count(&list, DIAGNOSTIC_ERROR), 2);
    diagnostics_clear(&list);
}

Test(diagnostics, bounds_a_line_number_that_is_no_number)
{
    struct diagnostics list = parse("A.cs(99999999999999999999,1): error CS1: x");
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.items[0].line, 2147483647);
    diagnostics_clear(&list);
}

Test(diagnostics, adds_an_error_of_our_own)
{
    struct diagnostics list = {0};
    diagnostics_add_error(&list, "Assets/A.asmdef", "It is %s.", "broken");
    diagnostics_add_error(&list, NULL, "It is %s.", "late");
    cr_expect_str_eq(list.items[0].message, "Assets/A.asmdef: error: It is broken.");
    cr_expect_str_eq(list.items[0].file, "Assets/A.asmdef");
    cr_expect_str_eq(list.items[1].message, "error: It is late.");
    cr_expect_eq(diagnostics_count(&list, DIAGNOSTIC_ERROR), 2);
    diagnostics_clear(&list);
}
