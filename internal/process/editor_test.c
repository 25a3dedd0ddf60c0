#include "process/editor.h"

#include "base/file.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define UNITY "/home/dev/Unity/Hub/Editor/6000.0.1f1/Editor/Unity"

enum {
    MOST_ARGUMENTS = 16
};

static cJSON *read_fixture(void)
{
    struct buffer content = {0};
    struct error error = {0};
    cr_assert_eq(
        file_read(ULOOP_TESTDATA "/conformance/editor_processes.json", 1U << 20, &content, &error),
        FILE_READ, "%s", error.message);
    cJSON *fixture = json_parse(buffer_slice(&content), NULL);
    cr_assert(fixture);
    buffer_clear(&content);
    return fixture;
}

static void expect_text(char *actual, const char *expected)
{
    cr_expect_str_eq(actual ? actual : "(none)", expected ? expected : "(none)");
    free(actual);
}

static char *project_of(enum path_style style, const char *const *arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    return editor_project_of_arguments((char *const *)arguments, count, style);
}

#define EXPECT_PROJECT(style, expected, ...)                                                       \
    expect_text(project_of(style, (const char *const[]){__VA_ARGS__, NULL}), expected)

static bool is_editor(const char *const *arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    return editor_is_editor((char *const *)arguments, count, PATH_UNIX);
}

#define IS_EDITOR(...) is_editor((const char *const[]){__VA_ARGS__, NULL})

Test(editor, finds_the_projects_of_the_conformance_vectors)
{
    cJSON *fixture = read_fixture();
    const cJSON *each;
    int cases = 0;
    cJSON_ArrayForEach(each, json_get(fixture, "argv"))
    {
        char *arguments[MOST_ARGUMENTS];
        size_t count = 0;
        const cJSON *argument;
        cJSON_ArrayForEach(argument, json_get(each, "argv"))
        {
            cr_assert_lt(count, MOST_ARGUMENTS);
            arguments[count++] = argument->valuestring;
        }
        expect_text(editor_project_of_arguments(arguments, count, PATH_UNIX),
                    json_string(each, "project"));
        cases++;
    }
    cr_expect_gt(cases, 0);
    cJSON_Delete(fixture);
}

Test(editor, finds_the_projects_of_the_conformance_lines)
{
    cJSON *fixture = read_fixture();
    const cJSON *each;
    int cases = 0;
    cJSON_ArrayForEach(each, json_get(fixture, "lines"))
    {
        const char *line = json_string(each, "line");
        enum path_style style = strchr(line, '\\') ? PATH_WINDOWS : PATH_UNIX;
        expect_text(editor_project_of_line(line, style), json_string(each, "project"));
        cases++;
    }
    cr_expect_gt(cases, 0);
    cJSON_Delete(fixture);
}

Test(editor, option_without_a_path_names_no_project)
{
    EXPECT_PROJECT(PATH_UNIX, NULL, UNITY, "-projectPath");
    EXPECT_PROJECT(PATH_UNIX, NULL, UNITY, "-projectPath", "-batchmode");
    EXPECT_PROJECT(PATH_UNIX, NULL, UNITY, "-projectPath=");
    EXPECT_PROJECT(PATH_UNIX, NULL, UNITY, "-projectPathology", "/home/dev/Game");
    EXPECT_PROJECT(PATH_UNIX, NULL, UNITY, "-logFile", "projectPath", "/home/dev/Game");
}

Test(editor, takes_the_first_project_and_keeps_the_root)
{
    EXPECT_PROJECT(PATH_UNIX, "/a", UNITY, "-projectPath", "/a", "-projectPath", "/b");
    EXPECT_PROJECT(PATH_UNIX, "/", UNITY, "-projectPath", "/");
    EXPECT_PROJECT(PATH_UNIX, "/dev/O'Hara", UNITY, "-PROJECTPATH='/dev/O'Hara/'");
    EXPECT_PROJECT(PATH_WINDOWS, "C:\\", "C:\\Unity\\UNITY.EXE", "-projectPath", "C:\\");
}

Test(editor, batch_run_has_a_project_and_is_told_apart)
{
    char *arguments[] = {(char *)UNITY, (char *)"-batchMode", (char *)"-projectPath", (char *)"/a"};
    expect_text(editor_project_of_arguments(arguments, 4, PATH_UNIX), "/a");
    cr_expect(editor_is_batch(arguments, 4));
    cr_expect_not(editor_is_batch(arguments, 1));
}

Test(editor, program_is_told_by_its_base_name)
{
    cr_expect(IS_EDITOR("Unity"));
    cr_expect(IS_EDITOR("/Applications/Unity/Unity.app/Contents/MacOS/Unity"));
    cr_expect_not(IS_EDITOR("/Applications/Unity Hub.app/Contents/MacOS/Unity Hub"));
    cr_expect_not(IS_EDITOR("/opt/Unity/UnityShaderCompiler"));
    cr_expect_not(IS_EDITOR("/opt/Unity/"));
    cr_expect_not(IS_EDITOR(""));
    cr_expect_not(IS_EDITOR("/usr/bin/vim", "/home/dev/Unity"));
    cr_expect_not(editor_is_editor(NULL, 0, PATH_UNIX));
    cr_expect(editor_is_program("unity", PATH_DARWIN));
    cr_expect_not(editor_is_program("unity", PATH_UNIX));
    cr_expect(editor_is_program("C:\\Unity\\Editor\\unity.exe", PATH_WINDOWS));
    cr_expect_not(editor_is_program("C:\\Unity\\Editor\\Unity Hub.exe", PATH_WINDOWS));
}

Test(editor, import_workers_are_no_editors)
{
    cr_expect_not(IS_EDITOR(UNITY, "-adb2"));
    cr_expect_not(IS_EDITOR(UNITY, "-ADB2", "-projectPath", "/a"));
    cr_expect_not(IS_EDITOR(UNITY, "-name", "AssetImportWorker12"));
    cr_expect_not(IS_EDITOR(UNITY, "-name=assetimportworker0"));
    cr_expect(IS_EDITOR(UNITY, "-name", "Main"));
    cr_expect(IS_EDITOR(UNITY, "-projectPath", "/dev/AssetImportWorker0"));
}

Test(editor, line_may_have_blanks_and_quotes_anywhere)
{
    expect_text(editor_project_of_line("C:\\Program Files\\Unity\\Unity.exe   -useHub  "
                                       "-projectPath   C:\\My Game\\   ",
                                       PATH_WINDOWS),
                "C:\\My Game");
    expect_text(editor_project_of_line("Unity -projectPath \"/dev/a -b c\" -useHub", PATH_UNIX),
                "/dev/a -b c");
    expect_text(editor_project_of_line("Unity -projectPath=/dev/My Game -useHub", PATH_UNIX),
                "/dev/My Game");
    expect_text(editor_project_of_line("Unity -projectPath=\"/dev/a -b c\" -useHub", PATH_UNIX),
                "/dev/a -b c");
    expect_text(editor_project_of_line("Unity -projectPath /dev/O'Hara -useHub", PATH_UNIX),
                "/dev/O'Hara");
    expect_text(editor_project_of_line("Unity -projectPath \"/dev/unclosed", PATH_UNIX),
                "\"/dev/unclosed");
}

Test(editor, line_of_something_else_has_no_project)
{
    static const char *const LINES[] = {
        "",
        "   ",
        "-projectPath /a",
        "Unity",
        "Unity -projectPath",
        "Unity -projectPath ",
        "Unity -",
        "\"",
        "/usr/bin/vim -projectPath /a",
        "/opt/Unity -adb2 -batchMode -noUpm -name AssetImportWorker0 -projectPath /a",
        "/opt/Unity -name \"AssetImportWorker0\" -projectPath /a",
    };
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        expect_text(editor_project_of_line(LINES[i], PATH_UNIX), NULL);
}

Test(editor, reads_options_in_any_case_with_and_without_a_value)
{
    cr_expect(editor_is_option("-logFile", "logFile"));
    cr_expect(editor_is_option("-LOGFILE=x", "logFile"));
    cr_expect_not(editor_is_option("-logFiles", "logFile"));
    cr_expect_not(editor_is_option("logFile", "logFile"));
    cr_expect_not(editor_is_option("", "logFile"));
}
