#include "completion/script.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_quoted(enum shell shell, const char *text, const char *expected)
{
    struct buffer out = {0};
    shell_quote(shell, text, &out);
    cr_expect_str_eq(out.data, expected, "%s: %s", SHELL_NAMES[shell], out.data);
    buffer_clear(&out);
}

Test(script, quotes_as_each_shell_wants_it)
{
    expect_quoted(SHELL_BASH, "/a b/$c", "'/a b/$c'");
    expect_quoted(SHELL_BASH, "it's\\", "'it'\\''s\\'");
    expect_quoted(SHELL_ZSH, "it's\\", "'it'\\''s\\'");
    expect_quoted(SHELL_FISH, "it's\\", "'it\\'s\\\\'");
    expect_quoted(SHELL_POWERSHELL, "it's\\", "'it''s\\'");
}

Test(script, knows_the_shell_by_its_program)
{
    cr_expect_eq(shell_of_program("/bin/bash"), SHELL_BASH);
    cr_expect_eq(shell_of_program("/usr/local/bin/zsh"), SHELL_ZSH);
    cr_expect_eq(shell_of_program("fish"), SHELL_FISH);
    cr_expect_eq(shell_of_program("/usr/bin/pwsh"), SHELL_POWERSHELL);
    cr_expect_eq(shell_of_program("powershell"), SHELL_POWERSHELL);
    cr_expect_eq(shell_of_program("/bin/dash"), SHELL_COUNT);
    cr_expect_eq(shell_of_program("/bin/bash/"), SHELL_COUNT);
    cr_expect_eq(shell_of_program(""), SHELL_COUNT);
    cr_expect_eq(shell_of_program(NULL), SHELL_COUNT);
}

Test(script, asks_the_program_it_was_made_for)
{
    for (int shell = 0; shell < SHELL_COUNT; shell++) {
        struct buffer script = {0};
        struct buffer quoted = {0};
        shell_quote((enum shell)shell, "/here's/uloop", &quoted);
        script_build((enum shell)shell, "/here's/uloop", &script);
        cr_expect(strstr(script.data, quoted.data), "%s", script.data);
        cr_expect_null(strstr(script.data, "@ULOOP"), "%s", script.data);
        buffer_clear(&script);
        script_build_loader((enum shell)shell, "/here's/uloop", &script);
        cr_expect(strstr(script.data, quoted.data), "%s", script.data);
        cr_expect(strstr(script.data, SHELL_NAMES[shell]), "%s", script.data);
        cr_expect_eq(script.data[script.length - 1], '\n');
        buffer_clear(&script);
        buffer_clear(&quoted);
    }
}
