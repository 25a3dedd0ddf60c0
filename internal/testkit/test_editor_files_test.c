#include "testkit/test_editor.h"

#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>

static const char STATE[] = "Temp/UnityCliLoop/server-state.json";
static const char STATE_TMP[] = "Temp/UnityCliLoop/server-state.json.tmp";
static const char STATE_BAK[] = "Temp/UnityCliLoop/server-state.json.bak";
static const char STATE_WRITE[] = "Temp/UnityCliLoop/server-state.json.tmp.write";

/* A project and its Editor; released when the test's process ends. */
struct scene {
    struct temp_project *project;
    struct test_editor *editor;
};

static struct scene scene_new(void)
{
    struct temp_project *project = temp_project_new();
    return (struct scene){.project = project, .editor = test_editor_new(project->root)};
}

Test(test_editor_files, rotates_the_state_through_its_four_names)
{
    struct scene scene = scene_new();
    test_editor_publish_text(scene.editor, "\"first\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE), "\"first\"");
    cr_expect_eq(temp_project_count(scene.project, "Temp/UnityCliLoop"), 1);

    test_editor_rotate(scene.editor, ROTATION_WRITE, "\"second\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE), "\"first\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE_WRITE), "\"second\"");
    test_editor_rotate(scene.editor, ROTATION_COMPLETE, NULL);
    cr_expect_str_eq(temp_project_read(scene.project, STATE), "\"first\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE_TMP), "\"second\"");
    cr_expect_not(temp_project_has(scene.project, STATE_WRITE));
    test_editor_rotate(scene.editor, ROTATION_MOVE_AWAY, NULL);
    cr_expect_not(temp_project_has(scene.project, STATE));
    cr_expect_str_eq(temp_project_read(scene.project, STATE_TMP), "\"second\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE_BAK), "\"first\"");
    test_editor_rotate(scene.editor, ROTATION_REPLACE, NULL);
    cr_expect_str_eq(temp_project_read(scene.project, STATE), "\"second\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE_BAK), "\"first\"");
    cr_expect_not(temp_project_has(scene.project, STATE_TMP));

    test_editor_publish_text(scene.editor, "\"third\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE), "\"third\"");
    cr_expect_str_eq(temp_project_read(scene.project, STATE_BAK), "\"second\"");
    test_editor_delete_state(scene.editor);
    cr_expect_eq(temp_project_count(scene.project, "Temp/UnityCliLoop"), 0);
}

/* Does the text have the pattern's shape, where 0 stands for any digit? */
static bool has_shape(const char *text, const char *pattern)
{
    for (; *text && *pattern; text++, pattern++) {
        bool is_digit = *text >= '0' && *text <= '9';
        if (*pattern == '0' ? !is_digit : *text != *pattern)
            return false;
    }
    return *text == *pattern;
}

Test(test_editor_files, publishes_every_member_of_a_state)
{
    struct scene scene = scene_new();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, "compilation-started");
    cJSON *state = json_parse(slice_of(temp_project_read(scene.project, STATE)), NULL);
    cr_expect_str_eq(json_string(state, "phase"), "compiling");
    cr_expect_str_eq(json_string(state, "generationId"), TEST_GENERATION_A);
    cr_expect_str_eq(json_string(state, "reason"), "compilation-started");
    cr_expect_str_eq(json_string(state, "endpoint"), test_editor_socket(scene.editor));
    cr_expect(cJSON_IsNull(json_get(state, "lastError")));
    cr_expect(has_shape(json_string(state, "updatedAt"), "0000-00-00T00:00:00.0000000Z"));
    cr_expect_eq(cJSON_GetArraySize(state), 6);
    cJSON_Delete(state);

    test_editor_publish_with(scene.editor, "failed", TEST_GENERATION_B, NULL,
                             "{\"lastError\":\"no\",\"ownerPid\":12}");
    state = json_parse(slice_of(temp_project_read(scene.project, STATE)), NULL);
    cr_expect(cJSON_IsNull(json_get(state, "reason")));
    cr_expect_str_eq(json_string(state, "lastError"), "no");
    cr_expect_eq(json_get(state, "ownerPid")->valueint, 12);
    cr_expect_eq(cJSON_GetArraySize(state), 7);
    cJSON_Delete(state);
}

Test(test_editor_files, publishes_where_no_folder_is_yet)
{
    struct temp_project *folder = temp_folder_new();
    struct test_editor *editor = test_editor_new(folder->root);
    test_editor_publish(editor, "ready", TEST_GENERATION_A, "manual-start");
    cr_expect(temp_project_has(folder, STATE));
}

Test(test_editor_files, stores_a_result_whole_or_in_part)
{
    struct scene scene = scene_new();
    const char *path = "Temp/UnityCliLoop/compile-results/compile_1_a.json";
    test_editor_store_result_part(scene.editor, "compile_1_a", "{\"Success\":true}", 5);
    cr_expect_str_eq(temp_project_read(scene.project, path), "{\"Suc");
    test_editor_store_result(scene.editor, "compile_1_a", "{\"Success\":true}");
    cr_expect_str_eq(temp_project_read(scene.project, path), "{\"Success\":true}");
}
