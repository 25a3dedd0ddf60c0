/* What uloop says before it talks to any Editor: version, help, lists, and errors of usage. */

#include "transcript.h"

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

static struct program_end run_in(const char *folder, const char *const *arguments)
{
    return program_run(arguments, folder, NULL);
}

/* Standard output of a command that must succeed and say nothing on standard error. The caller
 * frees. */
static char *output_of(const char *folder, const char *const *arguments)
{
    struct program_end end = run_in(folder, arguments);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cr_assert_str_eq(end.err, "");
    char *out = memory_copy_string(end.out);
    program_end_clear(&end);
    return out;
}

static void expect_output(const char *const *arguments, const char *expected)
{
    char *out = output_of("/", arguments);
    cr_expect_str_eq(out, expected);
    free(out);
}

static const char SMALL_CATALOG[] =
    "{\"Tools\":["
    "{\"name\":\"help\",\"description\":\"a tool that a command hides\"},"
    "{\"name\":\"place\",\"description\":\"put something somewhere\",\"parameterSchema\":{"
    "\"Properties\":{\"Name\":{\"Type\":\"string\",\"Description\":\"what to put\"},"
    "\"Where\":{\"Type\":\"Vector3\",\"Description\":\"the place\"},"
    "\"Tags\":{\"Type\":\"array\",\"Description\":\"how to mark it\"},"
    "\"Timeout\":{\"Type\":\"number\",\"Description\":\"the tool's own time\","
    "\"DefaultValue\":5},"
    "\"Version\":{\"Type\":\"string\",\"Description\":\"the tool's own version\"}},"
    "\"Required\":[\"Name\",\"Where\"]}},"
    "{\"name\":\"twins\",\"parameterSchema\":{\"Properties\":{\"MaxCount\":{\"Type\":\"integer\"},"
    "\"maxCount\":{\"Type\":\"integer\"}}}},"
    "{\"name\":\"hidden\"}]}";

static struct temp_project *project_with_catalog(void)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, ".uloop/tools.json", SMALL_CATALOG);
    temp_project_write(project, ".uloop/settings.tools.json", "{\"disabledTools\":[\"hidden\"]}");
    return project;
}

Test(usage, prints_its_version)
{
    expect_output(ARGUMENTS("--version"), "uloop " ULOOP_VERSION "\n");
    expect_output(ARGUMENTS("-v"), "uloop " ULOOP_VERSION "\n");
    expect_output(ARGUMENTS("--project-path", "/nowhere", "-v"), "uloop " ULOOP_VERSION "\n");
    expect_output(ARGUMENTS("help", "-v"), "uloop " ULOOP_VERSION "\n");
    expect_output(ARGUMENTS("get-logs", "--version"), "uloop " ULOOP_VERSION "\n");
}

Test(usage, explains_itself)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    transcribe(&transcript, folder->root, ARGUMENTS("--help"));
    expect_golden("help", &transcript);
    temp_project_free(folder);
}

Test(usage, explains_itself_however_it_is_asked)
{
    char *help = output_of("/", ARGUMENTS("--help"));
    expect_output(ARGUMENTS("-h"), help);
    expect_output(ARGUMENTS("help"), help);
    const char *const alone[] = {ULOOP_PROGRAM, NULL};
    expect_output(alone, help);
    free(help);
}

Test(usage, explains_a_command_and_a_tool)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    transcribe(&transcript, folder->root, ARGUMENTS("help", "help"));
    transcribe(&transcript, folder->root, ARGUMENTS("get-logs", "--help"));
    transcribe(&transcript, folder->root, ARGUMENTS("help", "get-hierarchy"));
    transcribe(&transcript, folder->root, ARGUMENTS("help", "focus-window"));
    expect_golden("help_command", &transcript);
    temp_project_free(folder);
}

Test(usage, explains_a_tool_however_it_is_asked)
{
    char *help = output_of("/", ARGUMENTS("get-logs", "--help"));
    expect_output(ARGUMENTS("help", "get-logs"), help);
    expect_output(ARGUMENTS("--help", "get-logs"), help);
    expect_output(ARGUMENTS("get-logs", "--max-count", "3", "-h"), help);
    free(help);
}

Test(usage, uses_a_projects_own_tools)
{
    struct temp_project *project = project_with_catalog();
    struct buffer transcript = {0};
    const char *root = project->root;
    transcribe(&transcript, root, ARGUMENTS("place", "--help"));
    transcribe(&transcript, root, ARGUMENTS("--list-options", "place"));
    transcribe(&transcript, root, ARGUMENTS("place", "--where", "here"));
    transcribe(&transcript, root, ARGUMENTS("place", "--version"));
    transcribe(&transcript, root, ARGUMENTS("plcae"));
    transcribe(&transcript, root, ARGUMENTS("get-logs"));
    transcribe(&transcript, root, ARGUMENTS("hidden"));
    transcribe(&transcript, root, ARGUMENTS("twins", "--max-count", "1"));
    expect_golden("project_tools", &transcript);
    temp_project_free(project);
}

Test(usage, lists_commands_before_the_tools_that_none_hides)
{
    struct temp_project *project = project_with_catalog();
    char *built_in = output_of("/", ARGUMENTS("--list-commands"));
    char *list = output_of(project->root, ARGUMENTS("--list-commands"));
    cr_expect(strncmp(list, built_in, strcspn(built_in, "\n")) == 0, "%s", list);
    const char *first_help = strstr(list, "help\n");
    cr_assert(first_help, "%s", list);
    cr_expect_null(strstr(first_help + 1, "help\n"), "%s", list);
    cr_expect(strstr(first_help, "\nplace\ntwins\n"), "%s", list);
    cr_expect_null(strstr(list, "hidden"), "%s", list);
    cr_expect(strstr(built_in, "\nget-logs\n"), "%s", built_in);
    free(list);
    free(built_in);
    temp_project_free(project);
}

#define COMMON_OPTIONS                                                                             \
    "--project-path\n--output\n--compact\n--quiet\n--no-color\n--help\n--version\n"

Test(usage, lists_options_in_the_form_that_changes_their_default)
{
    expect_output(
        ARGUMENTS("--list-options", "get-hierarchy"),
        "--root-path\n--max-depth\n--no-include-components\n--no-include-inactive\n"
        "--include-paths\n--use-components-lut\n--use-selection\n--timeout\n" COMMON_OPTIONS);
    expect_output(ARGUMENTS("--list-options=help"), COMMON_OPTIONS);
}

Test(usage, explains_everything_it_lists_within_80_columns)
{
    char *list = output_of("/", ARGUMENTS("--list-commands"));
    char *rest = list;
    for (char *name = strtok_r(list, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
        char *help = output_of("/", ARGUMENTS("help", name));
        char *lines = help;
        for (char *line = strtok_r(help, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines))
            cr_expect(strlen(line) <= 80, "%s: %s", name, line);
        free(help);
    }
    free(list);
}

Test(usage, refuses_what_it_does_not_know)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    const char *root = folder->root;
    transcribe(&transcript, root, ARGUMENTS("get-log"));
    transcribe(&transcript, root, ARGUMENTS("hlep"));
    transcribe(&transcript, root, ARGUMENTS("frobnicate", "--help"));
    transcribe(&transcript, root, ARGUMENTS("help", "frobnicate"));
    transcribe(&transcript, root, ARGUMENTS("--list-options", "frobnicate"));
    transcribe(&transcript, root, ARGUMENTS("new\nline"));
    transcribe(&transcript, root, ARGUMENTS("not UTF-8: \xFF"));
    transcribe(&transcript, root, ARGUMENTS("--new\nline"));
    transcribe(&transcript, root, ARGUMENTS("--not-utf8-\xFF"));
    transcribe(&transcript, root, ARGUMENTS(""));
    transcribe(&transcript, root, ARGUMENTS("--hepl"));
    transcribe(&transcript, root, ARGUMENTS("--max-count", "3", "get-logs"));
    transcribe(&transcript, root, ARGUMENTS("-x"));
    transcribe(&transcript, root, ARGUMENTS("--"));
    expect_golden("unknown", &transcript);
    temp_project_free(folder);
}

Test(usage, refuses_options_that_are_not_as_the_tool_wants_them)
{
    struct temp_project *project = temp_project_new();
    struct buffer transcript = {0};
    const char *root = project->root;
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--mx-count", "3"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--max-count"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--max-count", "--use-regex"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--max-count=many"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--max-count", "99999999999999999999"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--log-type", "Info"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--use-regex=true"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--use-regex", "true"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--search-text="));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--search-text", "a\xFF"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--timeout", "NaN"));
    transcribe(&transcript, root, ARGUMENTS("screenshot", "--resolution-scale", "inf"));
    transcribe(&transcript, root, ARGUMENTS("execute-dynamic-code", "--parameters", "{\"a\":}"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "stray"));
    transcribe(&transcript, root, ARGUMENTS("help", "one", "two"));
    expect_golden("options", &transcript);
    temp_project_free(project);
}

Test(usage, names_the_file_of_a_broken_catalog)
{
    struct temp_project *project = temp_project_new();
    struct buffer transcript = {0};
    const char *root = project->root;
    temp_project_write(project, ".uloop/tools.json", "{\"Tools\":[");
    transcribe(&transcript, root, ARGUMENTS("get-logs"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--help"));
    transcribe(&transcript, root, ARGUMENTS("frobnicate"));
    transcribe(&transcript, root, ARGUMENTS("help", "help"));
    temp_project_write(project, ".uloop/tools.json", SMALL_CATALOG);
    temp_project_write(project, ".uloop/settings.tools.json", "[]");
    transcribe(&transcript, root, ARGUMENTS("place"));
    expect_golden("broken_catalog", &transcript);
    temp_project_free(project);
}

Test(usage, explains_itself_beside_a_broken_catalog)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, ".uloop/tools.json", "{");
    char *help = output_of(project->root, ARGUMENTS("--help"));
    cr_expect(strstr(help, "cannot"), "%s", help);
    cr_expect(strstr(help, "\n  help "), "%s", help);
    free(help);
    struct program_end end = run_in(project->root, ARGUMENTS("--list-commands"));
    cr_expect_eq(end.exit_code, 2);
    cr_expect(strstr(end.out, "help\n"), "%s", end.out);
    cr_expect(strstr(end.err, "cannot be used"), "%s", end.err);
    program_end_clear(&end);
    temp_project_free(project);
}

Test(usage, takes_the_project_path_anywhere)
{
    struct temp_project *project = project_with_catalog();
    char *glued = memory_format("--project-path=%s", project->root);
    const char *const *const forms[] = {
        ARGUMENTS("--project-path", project->root, "place", "--where", "1"),
        ARGUMENTS(glued, "place", "--where", "1"),
        ARGUMENTS("place", "--where", "1", "--project-path", project->root),
        ARGUMENTS("place", glued, "--where", "1"),
        ARGUMENTS("--project-path", "/", "place", "--where", "1", glued),
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct program_end end = run_in("/", forms[i]);
        cr_expect_eq(end.exit_code, 2);
        cr_expect(strstr(end.err, "\"message\": \"Missing: --name.\""), "%zu: %s", i, end.err);
        cr_expect(strstr(end.err, project->root), "%zu: %s", i, end.err);
        program_end_clear(&end);
    }
    free(glued);
    temp_project_free(project);
}

Test(usage, refuses_a_project_path_that_is_no_project)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    const char *root = folder->root;
    transcribe(&transcript, root, ARGUMENTS("get-logs"));
    transcribe(&transcript, root, ARGUMENTS("--project-path", root, "get-logs"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--project-path=/no/such/folder"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--project-path"));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--project-path="));
    transcribe(&transcript, root, ARGUMENTS("get-logs", "--project-path", "\xFF"));
    expect_golden("project_path", &transcript);
    temp_project_free(folder);
}

Test(usage, refuses_more_than_1_mib_of_parameters)
{
    enum {
        REPEATS = 12,
        LENGTH = 100000
    };
    struct temp_project *project = project_with_catalog();
    const char *arguments[2 + 2 * REPEATS + 4 + 1] = {ULOOP_PROGRAM, "place",   "--name",
                                                      "x",           "--where", "y"};
    char *tag = memory_new(LENGTH + 1);
    memset(tag, 'x', LENGTH);
    for (size_t i = 0; i < REPEATS; i++) {
        arguments[6 + 2 * i] = "--tags";
        arguments[7 + 2 * i] = tag;
    }
    struct program_end end = run_in(project->root, arguments);
    cr_expect_eq(end.exit_code, 2);
    cr_expect(strstr(end.err, "are 1 MiB or more together"), "%s", end.err);
    program_end_clear(&end);
    free(tag);
    temp_project_free(project);
}

/* Runs `uloop <arguments>` through a shell, with its output where `redirection` leads. */
static struct program_end run_redirected(const char *words, const char *redirection)
{
    char *line = memory_format("exec \"$0\" %s %s", words, redirection);
    const char *const arguments[] = {"/bin/sh", "-c", line, ULOOP_PROGRAM, NULL};
    struct program_end end = run_in("/", arguments);
    free(line);
    return end;
}

Test(usage, tells_of_an_output_that_cannot_be_written)
{
    static const char *const words[] = {"--version", "--help", "--list-commands",
                                        "get-logs --help"};
    static const char *const redirections[] = {">/dev/full", ">&-"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (size_t j = 0; j < sizeof(redirections) / sizeof(redirections[0]); j++) {
            struct program_end end = run_redirected(words[i], redirections[j]);
            cr_expect_eq(end.exit_code, 7, "%s %s", words[i], redirections[j]);
            cr_expect(strstr(end.err, "Cannot write to standard output"), "%s", end.err);
            program_end_clear(&end);
        }
    }
}

Test(usage, keeps_its_exit_code_where_errors_cannot_be_written)
{
    struct program_end end = run_redirected("frobnicate", "2>&-");
    cr_expect_eq(end.exit_code, 2);
    program_end_clear(&end);
}

Test(usage, writes_what_it_decides_to_a_log_that_is_asked_for)
{
    static const char *const environment[] = {"ULOOP_LOG=debug", NULL};
    struct program_end end = program_run(ARGUMENTS("frobnicate"), "/", environment);
    cr_expect_eq(end.exit_code, 2);
    cr_expect(strstr(end.err, " tool frobnicate\n"), "%s", end.err);
    cr_expect(strstr(end.err, " exit code 2\n"), "%s", end.err);
    program_end_clear(&end);
}
