#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>

/* What can go wrong with a compile, and is answered as an error in its result. */

#define OUTPUT "Library/ScriptAssemblies"

Test(host_fault, ends_a_compiler_that_hangs)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, "sleep 1000");
    serving_start(serving,
                  (const char *const[]){"--compiler", compiler, "--compile-timeout", "0.2", NULL});
    serving_expect_error(serving_compile(serving, "{}"), "did not end within 0.2 s");
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(host_fault, reports_a_compiler_that_a_signal_ended)
{
    struct serving *serving = serving_with("kill -9 $$");
    serving_expect_error(serving_compile(serving, "{}"), "ended by signal 9");
    serving_stop(serving);
}

Test(host_fault, reports_a_compiler_that_fails_without_a_diagnostic)
{
    struct serving *serving = serving_with("echo 'the runtime is broken'; exit 3");
    serving_expect_error(serving_compile(serving, "{}"),
                         "exit code 3 on Assembly-CSharp and named no error. It "
                         "printed: the runtime is broken");
    serving_stop(serving);
}

Test(host_fault, reports_a_compiler_that_made_nothing)
{
    struct serving *serving = serving_with("rm \"$out\"");
    serving_expect_error(serving_compile(serving, "{}"), "Assembly-CSharp.dll");
    serving_stop(serving);
}

Test(host_fault, reports_a_compiler_that_is_not_there)
{
    struct serving *serving = serving_new();
    serving_start(serving, (const char *const[]){"--compiler", "no-such-compiler", NULL});
    serving_expect_error(serving_compile(serving, "{}"), "no-such-compiler");
    serving_stop(serving);
}

Test(host_fault, bounds_what_a_compiler_prints)
{
    struct serving *serving =
        serving_with("yes 'Assets/A.cs: this is no diagnostic' | head -n 400000; exit 1");
    serving_expect_error(serving_compile(serving, "{}"), "printed more than");
    serving_expect_alive(serving);
    serving_stop(serving);
}

Test(host_fault, reports_broken_assembly_definitions)
{
    struct serving *serving = serving_with("");
    temp_project_write(serving->project, "Assets/A/A.asmdef",
                       "{\"name\":\"A\",\"references\":[\"B\"]}");
    temp_project_write(serving->project, "Assets/B/B.asmdef",
                       "{\"name\":\"B\",\"references\":[\"A\"]}");
    temp_project_write(serving->project, "Assets/A/a.cs", "");
    temp_project_write(serving->project, "Assets/B/b.cs", "");
    serving_expect_error(serving_compile(serving, "{}"), "in a cycle: A, B.");
    temp_project_write(serving->project, "Assets/B/B.asmdef", "{\"name\":");
    serving_expect_error(serving_compile(serving, "{}"), "Assets/B/B.asmdef: error: ");
    serving_stop(serving);
}

Test(host_fault, skips_what_needs_a_failed_assembly_and_compiles_the_rest)
{
    struct serving *serving = serving_with(
        "case $out in */Core.dll) echo 'Assets/Core/c.cs(1,1): error CS1: x'; exit 1;; esac\n"
        "echo \"$out\" >> compiled");
    temp_project_write(serving->project, "Assets/Core/Core.asmdef", "{\"name\":\"Core\"}");
    temp_project_write(serving->project, "Assets/Core/c.cs", "");
    temp_project_write(serving->project, "Assets/Alone/Alone.asmdef", "{\"name\":\"Alone\"}");
    temp_project_write(serving->project, "Assets/Alone/a.cs", "");
    serving_expect_error(serving_compile(serving, "{}"), "Assets/Core/c.cs(1,1): error CS1: x");
    cr_expect_str_eq(temp_project_read(serving->project, "compiled"),
                     OUTPUT ".building/Alone.dll\n");
    cr_expect_not(temp_project_has(serving->project, OUTPUT "/Alone.dll"));
    serving_stop(serving);
}
