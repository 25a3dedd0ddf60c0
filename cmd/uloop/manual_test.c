/* docs/uloop.1 is written by hand: it must say of commands and options what the program does. */

#include "base/buffer.h"
#include "testkit/program.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char PATH[] = ULOOP_TESTDATA "/../docs/uloop.1";

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

static char *read_manual(void)
{
    struct buffer text = {0};
    FILE *file = fopen(PATH, "r");
    cr_assert(file, "%s cannot be opened", PATH);
    for (int byte; (byte = fgetc(file)) != EOF;)
        buffer_append_char(&text, (char)byte);
    cr_assert_eq(fclose(file), 0);
    return buffer_take(&text);
}

/* What the program prints. The caller frees. */
static char *output_of(const char *const *arguments)
{
    struct program_end end = program_run(arguments, "/", NULL);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    char *out = memory_copy_string(end.out);
    program_end_clear(&end);
    return out;
}

/* The part of the manual under that heading, to the next one. The caller frees. */
static char *section(const char *manual, const char *heading)
{
    char *line = memory_format("\n%s", heading);
    const char *start = manual;
    do {
        start = strstr(start, line);
        cr_assert(start, "the manual has no %s", heading);
        start += strlen(line);
    } while (*start != '\n' && *start != ' ');
    const char *end = strstr(start, "\n.S");
    char *text = memory_copy_bytes(start, end ? (size_t)(end - start) + 1 : strlen(start));
    free(line);
    return text;
}

static bool is_part_of_name(char byte)
{
    return byte == '-' || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* Is the option explained in the text? option: such as "--timeout". */
static bool explains(const char *text, const char *option)
{
    char *macro = memory_format("Fl %s", option + 1);
    const char *at = text;
    bool found = false;
    while (!found && (at = strstr(at, macro))) {
        at += strlen(macro);
        found = !is_part_of_name(*at);
    }
    free(macro);
    return found;
}

/* Has the list, of one name a line, that name? */
static bool lists(const char *list, const char *name, size_t length)
{
    for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
        if (strncmp(at, name, length) == 0 && (at[length] == '\n' || at[length] == '\t'))
            return true;
    }
    return false;
}

/* Each option of the list that `but` does not have is explained in the text. */
static void expect_explained(const char *text, const char *list, const char *but, const char *where)
{
    for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
        size_t length = strcspn(at, "\t\n");
        char *option = memory_copy_bytes(at, length);
        if (!lists(but, at, length))
            cr_expect(explains(text, option), "%s: %s is not in the manual", where, option);
        free(option);
    }
}

/* Each option that has an entry in the text is in the list. */
static void expect_listed(const char *text, const char *list, const char *where)
{
    for (const char *at = text; (at = strstr(at, "\n.It Fl ")); at++) {
        const char *option = strstr(at, "Fl -");
        cr_assert(option && option < strchr(at + 1, '\n'), "%s", at);
        option += strlen("Fl ");
        size_t length = 0;
        while (is_part_of_name(option[length]))
            length++;
        char *name = memory_format("-%.*s", (int)length, option);
        cr_expect(lists(list, name, strlen(name)), "%s: the manual's %s does not exist", where,
                  name);
        free(name);
    }
}

static void expect_command(const char *manual, const char *name, const char *common)
{
    char *heading = memory_format(".Ss uloop %s", name);
    char *text = section(manual, heading);
    char *options = output_of(ARGUMENTS("--list-options", name));
    expect_explained(text, options, common, name);
    expect_listed(text, options, name);
    free(options);
    free(text);
    free(heading);
}

Test(manual, has_each_command_with_its_options)
{
    char *manual = read_manual();
    char *help = output_of(ARGUMENTS("--help"));
    char *common = output_of(ARGUMENTS("--list-options", "help"));
    char *tools = strstr(help, "\nTools of the Editor:\n");
    size_t count = 0;
    cr_assert(tools);
    *tools = '\0';
    for (const char *at = help; (at = strstr(at, "\n  ")); at++) {
        const char *name = at + 3;
        char *word = memory_copy_bytes(name, strcspn(name, " \n"));
        if (is_part_of_name(*name)) {
            expect_command(manual, word, common);
            count++;
        }
        free(word);
    }
    cr_expect_geq(count, (size_t)12);
    free(common);
    free(help);
    free(manual);
}

Test(manual, has_the_options_of_every_command)
{
    char *manual = read_manual();
    char *options = output_of(ARGUMENTS("completion", "--candidates", "--", "--"));
    char *text = section(manual, ".Sh OPTIONS");
    expect_explained(text, options, "", "uloop");
    expect_listed(text, options, "uloop");
    free(text);
    free(options);
    free(manual);
}

Test(manual, is_clean)
{
    static const char mandoc[] = "/usr/bin/mandoc";
    if (access(mandoc, X_OK) != 0)
        cr_skip_test("%s is not here; scripts/setup installs it", mandoc);
    const char *const arguments[] = {mandoc, "-T", "lint", "-W", "style", PATH, NULL};
    struct program_end end = program_run(arguments, "/", NULL);
    cr_expect_eq(end.exit_code, 0, "%s%s", end.out, end.err);
    program_end_clear(&end);
}
