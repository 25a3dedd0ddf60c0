#include "host/compiler.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const SOURCES[] = {"Assets/A b.cs", "Assets/it's \"q\".cs"};
static const char *const REFERENCES[] = {"Library/ScriptAssemblies/Core.dll"};
static const char *const DEFINES[] = {"DEBUG", NULL};

static struct compile_unit some_unit(void)
{
    return (struct compile_unit){.output = "out/X.dll",
                                 .sources = SOURCES,
                                 .source_count = 2,
                                 .references = REFERENCES,
                                 .reference_count = 1,
                                 .defines = DEFINES,
                                 .allow_unsafe = true};
}

/* A folder of PATH with a file of that name. */
static const char *add_program(struct temp_project *folder, const char *path, mode_t mode)
{
    const char *program = temp_project_write(folder, path, "#!/bin/sh\n");
    cr_assert_eq(chmod(program, mode), 0);
    return program;
}

/* Is it found, and called so? `expected` has a line for each argument. */
static void expect_found(const char *program, const char *command, const char *expected)
{
    struct compiler found;
    struct error error = {0};
    struct buffer lines = {0};
    const struct compiler_choice choice = {.program = program, .command = command};
    cr_assert(compiler_find(&choice, &found, &error), "%s", error.message);
    char **arguments = compiler_make_arguments(&found, "X.rsp", "X.dll");
    for (char **at = arguments; *at; at++)
        buffer_append_format(&lines, "%s\n", *at);
    cr_expect_str_eq(lines.data, expected);
    compiler_free_arguments(arguments);
    buffer_clear(&lines);
    compiler_clear(&found);
}

static void expect_missing(const char *program, const char *command, const char *words)
{
    struct compiler found;
    struct error error = {0};
    const struct compiler_choice choice = {.program = program, .command = command};
    cr_assert_not(compiler_find(&choice, &found, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, words), "\"%s\" is not in: %s", words, error.message);
    cr_expect_null(found.arguments);
    error_clear(&error);
}

/* A folder with both compilers, which is PATH. */
static struct temp_project *path_with_compilers(void)
{
    struct temp_project *folder = temp_folder_new();
    add_program(folder, "mcs", 0755);
    add_program(folder, "csc", 0755);
    setenv("PATH", folder->root, 1);
    return folder;
}

Test(compiler, mcs_is_told_one_argument_a_line)
{
    struct compile_unit unit = some_unit();
    struct buffer text = {0};
    struct error error = {0};
    cr_assert(compiler_mcs.write_response(&unit, &text, &error));
    cr_expect_str_eq(text.data, "-target:library\n-codepage:utf8\n-nowarn:0169,0649\n"
                                "-out:\"out/X.dll\"\n-unsafe\n-define:\"DEBUG\"\n"
                                "-r:\"Library/ScriptAssemblies/Core.dll\"\n"
                                "\"Assets/A b.cs\"\n\"Assets/it's \"'\"'\"q\"'\"'\".cs\"\n");
    buffer_clear(&text);
}

Test(compiler, csc_is_told_one_argument_a_line)
{
    struct compile_unit unit = some_unit();
    struct buffer text = {0};
    struct error error = {0};
    unit.source_count = 1;
    unit.base_library = "/unity/netstandard.dll";
    cr_assert(compiler_csc.write_response(&unit, &text, &error));
    cr_expect_str_eq(text.data, "-target:library\n-nologo\n-utf8output\n-preferreduilang:en-US\n"
                                "-codepage:65001\n-nowarn:0169,0649\n"
                                "-out:\"out/X.dll\"\n-unsafe\n-define:DEBUG\n"
                                "-nostdlib\n-r:\"/unity/netstandard.dll\"\n"
                                "-r:\"Library/ScriptAssemblies/Core.dll\"\n"
                                "\"Assets/A b.cs\"\n");
    buffer_clear(&text);
}

Test(compiler, csc_is_not_told_a_path_that_it_would_read_as_another)
{
    static const char *const BAD[] = {"Assets/\"q\".cs", "Assets/a|b.cs", "Assets/\x07.cs",
                                      "Assets\\"};
    struct compile_unit unit = some_unit();
    for (size_t at = 0; at < sizeof(BAD) / sizeof(BAD[0]); at++) {
        struct buffer text = {0};
        struct error error = {0};
        unit.sources = &BAD[at];
        unit.source_count = 1;
        cr_expect_not(compiler_csc.write_response(&unit, &text, &error));
        cr_expect(strstr(error.message, BAD[at]), "%s", error.message);
        error_clear(&error);
        buffer_clear(&text);
    }
}

Test(compiler, is_searched_for_in_path)
{
    struct temp_project *folder = temp_folder_new();
    add_program(folder, "a/mcs", 0644);
    temp_project_make_folder(folder, "b/mcs");
    const char *program = add_program(folder, "c/mcs", 0755);
    char *path = memory_format("relative::%s/none:%s/a:%s/b:%s/c", folder->root, folder->root,
                               folder->root, folder->root);
    char *expected = memory_format("%s\n@X.rsp\n", program);
    setenv("PATH", path, 1);
    expect_found(NULL, NULL, expected);
    free(expected);
    free(path);
}

Test(compiler, is_mcs_before_csc_and_any_other_by_name)
{
    struct temp_project *folder = path_with_compilers();
    char *mcs = memory_format("%s/mcs\n@X.rsp\n", folder->root);
    char *csc = memory_format("%s/csc\n@X.rsp\n", folder->root);
    expect_found(NULL, NULL, mcs);
    expect_found("csc", NULL, csc);
    cr_assert_eq(remove(temp_project_path(folder, "mcs")), 0);
    expect_found(NULL, NULL, csc);
    free(csc);
    free(mcs);
}

Test(compiler, can_be_named_by_its_path)
{
    struct temp_project *folder = temp_folder_new();
    const char *program = add_program(folder, "my compiler", 0755);
    char *expected = memory_format("%s\n@X.rsp\n", program);
    expect_found(program, NULL, expected);
    free(expected);
}

Test(compiler, of_a_unity_installation_is_run_by_its_own_dotnet)
{
    struct temp_project *unity = temp_folder_new();
    struct compiler found;
    struct error error = {0};
    add_program(unity, "Data/NetCoreRuntime/dotnet", 0755);
    const char *library = temp_project_write(unity, "Data/DotNetSdkRoslyn/csc.dll", "");
    const char *types = temp_project_write(unity, "Data/NetStandard/ref/2.1.0/netstandard.dll", "");
    char *expected = memory_format("%s/Data/NetCoreRuntime/dotnet\n%s\n-noconfig\n@X.rsp\n",
                                   unity->root, library);
    expect_found(library, NULL, expected);
    const struct compiler_choice choice = {.program = library};
    cr_assert(compiler_find(&choice, &found, &error), "%s", error.message);
    cr_expect_str_eq(found.base_library, types);
    compiler_clear(&found);
    free(expected);
}

Test(compiler, of_a_sdk_is_run_by_dotnet_from_path)
{
    struct temp_project *sdk = temp_folder_new();
    const char *library = temp_project_write(sdk, "Roslyn/bincore/csc.dll", "");
    const char *dotnet = add_program(sdk, "dotnet", 0755);
    char *expected = memory_format("%s\n%s\n-noconfig\n@X.rsp\n", dotnet, library);
    setenv("PATH", sdk->root, 1);
    expect_found(library, NULL, expected);
    setenv("PATH", "/nonexistent", 1);
    expect_missing(library, NULL, "dotnet is neither in NetCoreRuntime");
    free(expected);
}

Test(compiler, can_be_a_command_of_the_users)
{
    struct temp_project *folder = path_with_compilers();
    char *plain = memory_format("%s/mcs\n-v\n@X.rsp\n", folder->root);
    char *placed =
        memory_format("%s/mcs\na b\n\nit's\n--in=X.rsp\n@X.rsp,X.dll\n\"\n", folder->root);
    expect_found(NULL, "mcs -v", plain);
    expect_found("csc", " \t mcs\n-v  ", plain);
    expect_found(NULL, "mcs 'a b' '' it\\'s --in=\"{response}\" @{response},{output} \"\\\"\"",
                 placed);
    free(placed);
    free(plain);
}

Test(compiler, says_what_is_wrong_with_a_command)
{
    path_with_compilers();
    expect_missing(NULL, "", "is empty");
    expect_missing(NULL, " \t", "is empty");
    expect_missing(NULL, "mcs 'a", "quote (') is not closed");
    expect_missing(NULL, "mcs \"a\\\"", "quote (\") is not closed");
    expect_missing(NULL, "no-such-compiler -x", "no-such-compiler is not in any folder");
}

Test(compiler, says_what_to_install_when_there_is_none)
{
    setenv("PATH", "/nonexistent", 1);
    expect_missing(NULL, NULL, "mono-mcs");
    expect_missing("/nonexistent/mcs", NULL, "/nonexistent/mcs");
    expect_missing("/nonexistent/csc.dll", NULL, "/nonexistent/csc.dll");
    unsetenv("PATH");
    expect_missing(NULL, NULL, "mono-mcs");
}
