#include "host/compiler.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

Test(compiler, is_told_one_argument_a_line)
{
    static const char *const SOURCES[] = {"Assets/A b.cs", "Assets/it's \"q\".cs"};
    static const char *const REFERENCES[] = {"Library/ScriptAssemblies/Core.dll"};
    static const char *const DEFINES[] = {"DEBUG", NULL};
    struct compile_unit unit = {.output = "out/X.dll",
                                .sources = SOURCES,
                                .source_count = 2,
                                .references = REFERENCES,
                                .reference_count = 1,
                                .defines = DEFINES,
                                .allow_unsafe = true};
    struct buffer text = {0};
    compiler_mcs.write_response(&unit, &text);
    cr_expect_str_eq(text.data, "-target:library\n-codepage:utf8\n-nowarn:0169,0649\n"
                                "-out:\"out/X.dll\"\n-unsafe\n-define:\"DEBUG\"\n"
                                "-r:\"Library/ScriptAssemblies/Core.dll\"\n"
                                "\"Assets/A b.cs\"\n\"Assets/it's \"'\"'\"q\"'\"'\".cs\"\n");
    buffer_clear(&text);
}

/* A folder of PATH with a file of that name. */
static void add_program(struct temp_project *folder, const char *path, mode_t mode)
{
    cr_assert_eq(chmod(temp_project_write(folder, path, "#!/bin/sh\n"), mode), 0);
}

Test(compiler, is_searched_for_in_path)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    add_program(folder, "a/mcs", 0644);
    temp_project_make_folder(folder, "b/mcs");
    add_program(folder, "c/mcs", 0755);
    char *path = memory_format("relative::%s/none:%s/a:%s/b:%s/c", folder->root, folder->root,
                               folder->root, folder->root);
    setenv("PATH", path, 1);
    char *found = compiler_mcs.find(NULL, &error);
    cr_assert(found, "%s", error.message);
    cr_expect_str_eq(found, temp_project_path(folder, "c/mcs"));
    free(found);
    free(path);
}

Test(compiler, can_be_named_by_its_path)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    add_program(folder, "my compiler", 0755);
    char *found = compiler_mcs.find(temp_project_path(folder, "my compiler"), &error);
    cr_assert(found, "%s", error.message);
    cr_expect_str_eq(found, temp_project_path(folder, "my compiler"));
    free(found);
}

Test(compiler, says_what_to_install_when_there_is_none)
{
    struct error error = {0};
    setenv("PATH", "/nonexistent", 1);
    cr_expect_null(compiler_mcs.find(NULL, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, "mono-mcs"), "%s", error.message);
    cr_expect_null(compiler_mcs.find("/nonexistent/mcs", &error));
    error_clear(&error);
    unsetenv("PATH");
    cr_expect_null(compiler_mcs.find(NULL, &error));
    error_clear(&error);
}
