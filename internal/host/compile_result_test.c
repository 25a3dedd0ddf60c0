#include "host/compile_result.h"

#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RESULTS "Temp/UnityCliLoop/compile-results"

static cJSON *result_of(struct build_outcome *outcome, const char *remark)
{
    struct buffer text = {0};
    compile_result_append(&text, outcome, "/srv/game", remark);
    cJSON *result = json_parse(buffer_slice(&text), NULL);
    cr_assert(result, "no JSON: %s", text.data);
    buffer_clear(&text);
    diagnostics_clear(&outcome->diagnostics);
    return result;
}

static bool store(struct temp_project *project, const char *id, struct error *error)
{
    return compile_result_store(project->root, id, slice_of("{}"), error);
}

Test(compile_result, tells_errors_from_warnings)
{
    struct build_outcome outcome = {0};
    diagnostics_parse(&outcome.diagnostics,
                      slice_of("Assets/A.cs(1,2): warning CS1: w\nAssets/A.cs(3,4): error CS2: "
                               "\"e\"\nerror CS3: bytes \xff\xfe"),
                      "/srv/game");
    cJSON *result = result_of(&outcome, NULL);
    const cJSON *errors = json_get(result, "Errors"), *warnings = json_get(result, "Warnings");
    const cJSON *placed = cJSON_GetArrayItem(errors, 0), *loose = cJSON_GetArrayItem(errors, 1);
    cr_expect(cJSON_IsFalse(json_get(result, "Success")));
    cr_expect_eq(json_whole_number(result, "ErrorCount", -1), 2);
    cr_expect_eq(json_whole_number(result, "WarningCount", -1), 1);
    cr_expect_eq(cJSON_GetArraySize(warnings), 1);
    cr_expect_str_eq(json_string(placed, "Message"), "Assets/A.cs(3,4): error CS2: \"e\"");
    cr_expect_str_eq(json_string(placed, "File"), "Assets/A.cs");
    cr_expect_eq(json_whole_number(placed, "Line", -1), 3);
    cr_expect_str_eq(json_string(loose, "File"), "");
    cr_expect_eq(json_whole_number(loose, "Line", -1), 0);
    cr_expect_str_eq(json_string(result, "ProjectRoot"), "/srv/game");
    cJSON_Delete(result);
}

Test(compile_result, says_in_words_how_it_went)
{
    struct build_outcome made = {
        .success = true, .changed = true, .assembly_count = 5, .compiled_count = 2, .took_ms = 42};
    struct build_outcome same = {.success = true, .assembly_count = 1};
    struct build_outcome cancelled = {0};
    cJSON *result = result_of(&made, "But.");
    cr_expect_str_eq(json_string(result, "Message"), "Compiled 2 of 5 assemblies in 42 ms. But.");
    cr_expect(cJSON_IsTrue(json_get(result, "Success")));
    cJSON_Delete(result);
    result = result_of(&same, NULL);
    cr_expect_str_eq(json_string(result, "Message"), "Nothing changed: 1 assembly is up to date.");
    cJSON_Delete(result);
    result = result_of(&cancelled, NULL);
    cr_expect_str_eq(json_string(result, "Message"), "The compilation was cancelled.");
    cr_expect(cJSON_IsFalse(json_get(result, "Success")));
    cJSON_Delete(result);
}

Test(compile_result, is_stored_whole_under_its_id)
{
    struct temp_project *project = temp_folder_new();
    struct error error = {0};
    cr_assert(store(project, "compile_1_a-B", &error), "%s", error.message);
    cr_expect_str_eq(temp_project_read(project, RESULTS "/compile_1_a-B.json"), "{}");
    cr_expect_eq(temp_project_count(project, RESULTS), 1);
}

Test(compile_result, takes_only_ids_that_can_be_a_files_name)
{
    char longest[130] = {0};
    memset(longest, 'a', 128);
    cr_expect(compile_request_id_is_valid(longest));
    longest[128] = 'a';
    cr_expect_not(compile_request_id_is_valid(longest));
    cr_expect(compile_request_id_is_valid("compile_1_0123abcd"));
    cr_expect_not(compile_request_id_is_valid(""));
    cr_expect_not(compile_request_id_is_valid("../x"));
    cr_expect_not(compile_request_id_is_valid("a.json"));
    cr_expect_not(compile_request_id_is_valid("a b"));
    cr_expect_not(compile_request_id_is_valid("\xc3\xa4"));
}

Test(compile_result, is_not_stored_through_a_link)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *elsewhere = temp_folder_new();
    struct error error = {0};
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(project, RESULTS)), 0);
    cr_expect_not(compile_results_prepare(project->root, &error));
    cr_expect_not(store(project, "a", &error));
    cr_expect(strstr(error.message, "symbolic link"), "%s", error.message);
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    error_clear(&error);
}

Test(compile_result, is_not_stored_through_a_link_one_above)
{
    struct temp_project *project = temp_folder_new();
    struct temp_project *elsewhere = temp_folder_new();
    struct error error = {0};
    temp_project_make_folder(project, "Temp");
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(project, "Temp/UnityCliLoop")), 0);
    cr_expect_not(store(project, "a", &error));
    cr_expect_eq(temp_project_count(elsewhere, ""), 0);
    error_clear(&error);
}

static void make_older(struct temp_project *project, const char *name, time_t seconds)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};
    const char *path = temp_project_path(project, name);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

Test(compile_result, goes_away_after_two_minutes)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    temp_project_write(project, RESULTS "/old.json", "{}");
    temp_project_write(project, RESULTS "/young.json", "{}");
    temp_project_write(project, RESULTS "/other.txt", "not ours");
    make_older(project, RESULTS "/old.json", 200);
    make_older(project, RESULTS "/young.json", 60);
    make_older(project, RESULTS "/other.txt", 200);
    cr_assert(store(project, "new", &error));
    cr_expect_not(temp_project_has(project, RESULTS "/old.json"));
    cr_expect(temp_project_has(project, RESULTS "/young.json"));
    cr_expect(temp_project_has(project, RESULTS "/other.txt"));
    cr_expect(temp_project_has(project, RESULTS "/new.json"));
}

Test(compile_result, reports_a_folder_that_cannot_be_made)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    temp_project_write(project, RESULTS, "a file in its place");
    cr_expect_not(store(project, "a", &error));
    cr_expect_eq(error.code, E_SYSTEM);
    error_clear(&error);
}

Test(compile_result, does_not_make_a_project_again_that_is_gone)
{
    struct temp_project *project = temp_folder_new();
    struct error error = {0};
    cr_assert_eq(rmdir(project->root), 0);
    cr_expect_not(store(project, "a", &error));
    cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
    cr_expect_neq(access(project->root, F_OK), 0);
    error_clear(&error);
}
