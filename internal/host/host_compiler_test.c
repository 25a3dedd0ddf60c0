#include "host/serving_test.h"

#include "base/memory.h"
#include "host/compiler.h"
#include "json/json.h"
#include "process/process.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

/* How the host runs compilers of every kind. */

#define OUTPUT "Library/ScriptAssemblies"

/* What Roslyn's csc prints, as far as it differs from mcs: notes, ranges, several lines. */
#define ROSLYN_SAYS                                                                                \
    "printf '%s\\n' 'Assets/A.cs(1,7): warning CS0169: unused' "                                   \
    "'Assets/\303\204 b.cs(2,3,2,9): error CS0103: no x' 'more of it' "                            \
    "'Assets/A.cs(1,7): info CS9057: a note' '' 'warning CS8785: G failed' 'System.Exception: y'"

/* A Unity installation whose dotnet writes down what it is told and makes the library. */
static const char *fake_unity(struct temp_project *unity, const char *script)
{
    char *text = memory_format("#!/bin/sh\n"
                               "printf '%%s\\n' \"$@\" > told\n"
                               "for last; do :; done\n"
                               "cat \"${last#@}\" > response\n"
                               ": > \"$(sed -n 's/^-out:\"\\(.*\\)\"$/\\1/p' response)\"\n%s\n",
                               script);
    const char *dotnet = temp_project_write(unity, "Editor/Data/NetCoreRuntime/dotnet", text);
    cr_assert_eq(chmod(dotnet, 0755), 0);
    temp_project_write(unity, "Editor/Data/NetStandard/ref/2.1.0/netstandard.dll", "");
    free(text);
    return temp_project_write(unity, "Editor/Data/DotNetSdkRoslyn/csc.dll", "");
}

Test(host_compiler, is_the_csc_of_a_unity_installation)
{
    struct temp_project *unity = temp_folder_new();
    struct serving *serving = serving_new();
    const char *library = fake_unity(unity, "");
    serving_start(serving, (const char *const[]){"--compiler", library, NULL});
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1 of 1");
    char *told =
        memory_format("%s\n-noconfig\n@" OUTPUT ".building/Assembly-CSharp.dll.rsp\n", library);
    char *types = memory_format("-nostdlib\n-r:\"%s\"\n\"Assets/A.cs\"\n",
                                temp_project_path(unity, "Editor/Data/NetStandard/ref/2.1.0/"
                                                         "netstandard.dll"));
    const char *response = temp_project_read(serving->project, "response");
    cr_expect_str_eq(temp_project_read(serving->project, "told"), told);
    cr_expect(strstr(response, types), "%s is not in: %s", types, response);
    serving_await_reload(serving);
    serving_stop(serving);
    free(types);
    free(told);
}

Test(host_compiler, says_what_roslyn_says)
{
    struct temp_project *unity = temp_folder_new();
    struct serving *serving = serving_new();
    const char *library = fake_unity(unity, ROSLYN_SAYS "; exit 1");
    serving_start(serving, (const char *const[]){"--compiler", library, NULL});
    cJSON *result = serving_compile(serving, "{}");
    const cJSON *error = cJSON_GetArrayItem(json_get(result, "Errors"), 0);
    const cJSON *warnings = json_get(result, "Warnings");
    cr_expect_str_eq(json_string(error, "Message"),
                     "Assets/\303\204 b.cs(2,3,2,9): error CS0103: no x\nmore of it");
    cr_expect_str_eq(json_string(error, "File"), "Assets/\303\204 b.cs");
    cr_expect_eq(json_whole_number(error, "Line", -1), 2);
    cr_expect_eq(cJSON_GetArraySize(warnings), 2);
    cr_expect_eq(json_whole_number(result, "WarningCount", -1), 2);
    cr_expect_str_eq(json_string(cJSON_GetArrayItem(warnings, 1), "Message"),
                     "warning CS8785: G failed\nSystem.Exception: y");
    cJSON *logs = serving_call(serving, "get-logs", "{\"SearchText\":\"CS9057\"}");
    const cJSON *note = cJSON_GetArrayItem(json_get(json_get(logs, "result"), "Logs"), 0);
    cr_expect_str_eq(json_string(note, "Type"), "Log");
    cJSON_Delete(logs);
    serving_expect_error(result, "CS0103");
    serving_stop(serving);
}

Test(host_compiler, can_be_any_command)
{
    struct serving *serving = serving_new();
    const char *wrapper = serving_compiler(
        serving, "shift; printf '%s\\n' \"$@\" > told; test -s \"$1\" && : > \"$2\"");
    char *command = memory_format("'%s' @{response} {response} {output} 'a b'", wrapper);
    serving_start(serving, (const char *const[]){"--compiler-command", command, NULL});
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1 of 1");
    cr_expect_str_eq(temp_project_read(serving->project, "told"),
                     OUTPUT ".building/Assembly-CSharp.dll.rsp\n" OUTPUT
                            ".building/Assembly-CSharp.dll\na b\n");
    serving_await_reload(serving);
    serving_stop(serving);
    free(command);
}

Test(host_compiler, of_mono_reads_what_is_written_for_csc)
{
    char *mcs = compiler_search_path("mcs");
    if (!mcs)
        cr_skip_test("mcs is not installed");
    free(mcs);
    struct serving *serving = serving_new();
    temp_project_write(serving->project, "Assets/\303\204 (1)/it's b.cs", "class B { A a; }\n");
    serving_start(serving, (const char *const[]){"--compiler-command", "mcs", NULL});
    serving_expect_success(serving_compile(serving, "{}"), "Compiled 1 of 1");
    serving_await_reload(serving);
    temp_project_write(serving->project, "Assets/\303\204 (1)/it's b.cs", "\nclass B { X a; }\n");
    cJSON *result = serving_compile(serving, "{}");
    const cJSON *error = cJSON_GetArrayItem(json_get(result, "Errors"), 0);
    cr_expect_str_eq(json_string(error, "File"), "Assets/\303\204 (1)/it's b.cs");
    cr_expect_eq(json_whole_number(error, "Line", -1), 2);
    serving_expect_error(result, "(2,11): error CS0246");
    serving_stop(serving);
}

Test(host_compiler, is_told_of_when_its_command_cannot_be_read)
{
    struct serving *serving = serving_new();
    serving_start(serving, (const char *const[]){"--compiler-command", "mcs 'a", NULL});
    serving_expect_error(serving_compile(serving, "{}"), "quote (') is not closed");
    serving_stop(serving);
}

/* A pipe in the project's folder, both ends of which are open: opening it blocks nobody. */
static int make_pipe(struct serving *serving, const char *name)
{
    const char *path = temp_project_path(serving->project, name);
    cr_assert_eq(mkfifo(path, 0600), 0);
    int pipe = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(pipe, 0);
    return pipe;
}

static char await_byte(int pipe)
{
    char byte = 0;
    struct pollfd ready = {.fd = pipe, .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, TESTKIT_LIMIT_MS), 1, "nobody writes to the pipe");
    cr_assert_eq(read(pipe, &byte, 1), 1);
    return byte;
}

static void add_assembly(struct serving *serving, const char *name, const char *references)
{
    char *folder = memory_format("Assets/%s", name);
    char *definition = memory_format("%s/%s.asmdef", folder, name);
    char *source = memory_format("%s/%s.cs", folder, name);
    char *text = memory_format("{\"name\":\"%s\",\"references\":[%s]}", name, references);
    temp_project_write(serving->project, definition, text);
    temp_project_write(serving->project, source, "");
    free(text);
    free(source);
    free(definition);
    free(folder);
}

Test(host_compiler, runs_beside_another_one_where_neither_needs_the_other)
{
    if (uv_available_parallelism() < 2)
        cr_skip_test("one processor: one compiler at a time");
    struct serving *serving = serving_new();
    cr_assert_eq(unlink(temp_project_path(serving->project, "Assets/A.cs")), 0);
    add_assembly(serving, "L", "");
    add_assembly(serving, "R", "");
    add_assembly(serving, "U", "\"L\",\"R\"");
    /* Each says that it has come and waits: two come before anybody is let go. */
    int arrived = make_pipe(serving, "arrived"), gate = make_pipe(serving, "gate");
    const char *compiler = serving_compiler(
        serving, "n=${out##*/}; printf '%s' \"${n%.dll}\" > arrived; read -r opened < gate");
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    int connection = serving_connect(serving);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"compile\",\"id\":1}");
    char first = await_byte(arrived), second = await_byte(arrived);
    cr_expect((first == 'L' && second == 'R') || (first == 'R' && second == 'L'), "%c, %c", first,
              second);
    cr_assert_eq(write(gate, "\n\n", 2), 2);
    cr_expect_eq(await_byte(arrived), 'U');
    cr_assert_eq(write(gate, "\n", 1), 1);
    cJSON *answer = serving_receive(connection);
    serving_expect_success(cJSON_DetachItemFromObject(answer, "result"), "Compiled 3 of 3");
    cJSON_Delete(answer);
    serving_await_reload(serving);
    serving_stop(serving);
    (void)close(connection);
}

/* What a script wrote into the file "pid". */
static pid_t read_pid(struct serving *serving)
{
    const char *text = temp_project_read(serving->project, "pid");
    long pid = text ? strtol(text, NULL, 10) : 0;
    cr_assert_gt(pid, 1);
    return (pid_t)pid;
}

Test(host_compiler, takes_along_what_it_started_when_it_is_ended)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, "sleep 1000 &\necho $! > pid\nwait");
    serving_start(serving,
                  (const char *const[]){"--compiler", compiler, "--compile-timeout", "2", NULL});
    serving_expect_error(serving_compile(serving, "{}"), "did not end within 2 s");
    cr_expect_eq(process_look(read_pid(serving)), PROCESS_GONE);
    cr_expect_not(temp_project_has(serving->project, OUTPUT ".building"));
    serving_stop(serving);
}

Test(host_compiler, keeps_nobody_waiting_who_left_its_output_open_behind)
{
    struct serving *serving = serving_new();
    /* In a session of its own the kill of the compiler's group does not reach it. */
    const char *compiler = serving_compiler(
        serving,
        "setsid sleep 1000 &\necho $! > pid\necho 'Assets/A.cs(1,1): error CS1: x'\nexit 1");
    serving_start(serving,
                  (const char *const[]){"--compiler", compiler, "--compile-timeout", "2", NULL});
    cJSON *result = serving_compile(serving, "{}");
    cr_expect(cJSON_IsFalse(json_get(result, "Success")));
    cJSON_Delete(result);
    serving_expect_alive(serving);
    serving_stop(serving);
    cr_expect_eq(kill(read_pid(serving), SIGKILL), 0);
}

Test(host_compiler, says_more_than_a_client_takes_and_is_cut)
{
    struct serving *serving = serving_new();
    for (char name[] = "Ma"; name[1] <= 'd'; name[1]++)
        add_assembly(serving, name, "");
    const char *compiler = serving_compiler(
        serving, "yes \"${out##*/}: error CS1: $(printf '%1000s' x)\" | sed 's/^.*: e/e/' | "
                 "head -n 4000; exit 1");
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    cJSON *result = serving_compile(serving, "{}");
    const cJSON *errors = json_get(result, "Errors");
    int count = cJSON_GetArraySize(errors);
    cr_expect_eq(json_whole_number(result, "ErrorCount", -1), count);
    cr_expect(strstr(json_string(cJSON_GetArrayItem(errors, count - 1), "Message"),
                     "has 4000 errors, which are left out"));
    cJSON_Delete(result);
    serving_expect_alive(serving);
    serving_stop(serving);
}
