/* What a command makes of a state, or of what Unity leaves beside it, that no Editor would write.
 */

#include "editor_scene.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FILE    "Temp/UnityCliLoop/server-state.json"
#define INSTANCE_FILE "Library/EditorInstance.json"

enum {
    MOST_BYTES = 1 << 20, /* that a state may have */
    MOST_DEPTH = 128,     /* that JSON may have */
    NOBODY = 65534
};

/* --- What is put in the state's place --- */

static void put_text(struct temp_project *project, const char *text)
{
    (void)temp_project_write(project, STATE_FILE, text);
}

/* A ready state of exactly that size. */
static void put_size(struct temp_project *project, int size)
{
    static const char EMPTY[] = "{\"phase\":\"ready\",\"reason\":\"\"}";
    char *text =
        memory_format("{\"phase\":\"ready\",\"reason\":\"%0*d\"}", size - (int)strlen(EMPTY), 0);
    put_text(project, text);
    free(text);
}

/* A ready state with an unknown member of lists in lists; the whole is that deep. */
static void put_depth(struct temp_project *project, size_t depth)
{
    char lists[2 * MOST_DEPTH + 1] = "";
    memset(lists, '[', depth - 1);
    memset(lists + depth - 1, ']', depth - 1);
    char *text = memory_format("{\"phase\":\"ready\",\"junk\":%s}", lists);
    put_text(project, text);
    free(text);
}

static void put_too_large(struct temp_project *project)
{
    put_size(project, MOST_BYTES + 1);
}

static void put_too_deep(struct temp_project *project)
{
    put_depth(project, MOST_DEPTH + 1);
}

static void put_folder(struct temp_project *project)
{
    (void)temp_project_make_folder(project, STATE_FILE "/inside");
}

static void put_fifo(struct temp_project *project)
{
    cr_assert_eq(mkfifo(temp_project_path(project, STATE_FILE), 0600), 0);
}

static void put_device(struct temp_project *project)
{
    cr_assert_eq(symlink("/dev/zero", temp_project_path(project, STATE_FILE)), 0);
}

static void put_loop(struct temp_project *project)
{
    cr_assert_eq(symlink("server-state.json", temp_project_path(project, STATE_FILE)), 0);
}

static void put_number(struct temp_project *project)
{
    put_text(project, "{\"phase\":7}");
}

static void put_list(struct temp_project *project)
{
    put_text(project, "[[[{}],{\"phase\":\"ready\"}],null]");
}

static void put_nothing(struct temp_project *project)
{
    put_text(project, "");
}

static void put_nul_bytes(struct temp_project *project)
{
    static const char BYTES[] = "{\"phase\":\"ready\",\"reason\":\"\0\"}\0\0\0";
    (void)temp_project_write_bytes(project, STATE_FILE, BYTES, sizeof(BYTES) - 1);
}

static const struct {
    const char *words; /* of the error */
    void (*put)(struct temp_project *project);
} UNREADABLE[] = {
    {"larger than 1048576 bytes", put_too_large},
    {"server-state.json is not what an Editor writes", put_too_deep},
    {"server-state.json is not a regular file", put_folder},
    {"server-state.json is not a regular file", put_fifo},
    {"server-state.json is not a regular file", put_device},
    {"too many symbolic links", put_loop},
    {"the phase is not a string", put_number},
    {"not a JSON object", put_list},
    {"server-state.json is not what an Editor writes", put_nothing},
    {"server-state.json is not what an Editor writes", put_nul_bytes},
};

enum {
    UNREADABLE_COUNT = sizeof(UNREADABLE) / sizeof(UNREADABLE[0])
};

/* --- What comes of it --- */

/* The end of a `uloop status` where nothing can be dispatched. */
static void expect_shown(struct program_end end, const char *words)
{
    cr_assert_eq(end.exit_code, 3, "%s%s", end.out, end.err);
    cr_assert_not_null(strstr(end.out, words), "%s", end.out);
    program_end_clear(&end);
}

/* All at once: each takes the half second after which a half-written state would be whole. */
Test(bad_state, that_stays_unreadable_is_named_by_every_command, .timeout = 60)
{
    struct editor_scene scenes[UNREADABLE_COUNT];
    struct program *tools[UNREADABLE_COUNT];
    struct program *looks[UNREADABLE_COUNT];
    struct program *waits[UNREADABLE_COUNT];
    for (size_t i = 0; i < UNREADABLE_COUNT; i++) {
        scenes[i] = editor_scene_new();
        test_editor_listen(scenes[i].editor);
        UNREADABLE[i].put(scenes[i].project);
        tools[i] = start_uloop(scenes[i].project, "get-hierarchy", "--timeout", "60");
        looks[i] = start_uloop(scenes[i].project, "status", "--json", NULL);
        waits[i] = start_uloop(scenes[i].project, "wait", "--timeout", "60");
    }
    for (size_t i = 0; i < UNREADABLE_COUNT; i++) {
        expect_end(program_wait(tools[i]), 3, UNREADABLE[i].words);
        expect_end(program_wait(waits[i]), 3, UNREADABLE[i].words);
        expect_shown(program_wait(looks[i]), "\"phase\": \"unreadable\"");
        cr_assert_eq(test_editor_dispatched(scenes[i].editor), (size_t)0);
        editor_scene_free(&scenes[i]);
    }
}

Test(bad_state, is_removed_by_fix_unless_it_is_a_folder_with_something_in_it, .timeout = 60)
{
    for (size_t i = 0; i < UNREADABLE_COUNT; i++) {
        struct editor_scene scene = editor_scene_new_without_owner();
        UNREADABLE[i].put(scene.project);
        if (UNREADABLE[i].put == put_folder)
            expect_end(run_uloop(scene.project, "fix", NULL, NULL), 7, STATE_FILE);
        else
            expect_end(run_uloop(scene.project, "fix", NULL, NULL), 0, STATE_FILE);
        cr_assert_eq(temp_project_has(scene.project, STATE_FILE), UNREADABLE[i].put == put_folder);
        editor_scene_free(&scene);
    }
    cr_assert_eq(access("/dev/zero", F_OK), 0);
}

Test(bad_state, does_not_keep_a_wait_beyond_its_timeout, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new();
    put_fifo(scene.project);
    expect_end(run_uloop(scene.project, "wait", "--timeout", "0.05"), 4,
               "the last state was unreadable");
    expect_end(run_uloop(scene.project, "get-hierarchy", "--timeout", "0.05"), 4,
               "the last state was unreadable");
    editor_scene_free(&scene);
}

static void expect_dispatch(struct editor_scene *scene)
{
    struct program *uloop = start_uloop(scene->project, "get-hierarchy", "--timeout", "60");
    test_request_answer(test_editor_accept(scene->editor), "{\"Objects\":[]}");
    expect_end(program_wait(uloop), 0, "\"Objects\": []");
    expect_end(run_uloop(scene->project, "status", "--json", NULL), 0, "\"answers\"");
    expect_end(run_uloop(scene->project, "wait", "--timeout", "60"), 0, "\"answers\"");
}

Test(odd_state, that_says_ready_is_ready, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new();
    test_editor_listen(scene.editor);
    put_size(scene.project, MOST_BYTES);
    expect_dispatch(&scene);
    put_depth(scene.project, MOST_DEPTH);
    expect_dispatch(&scene);
    put_text(scene.project, "{\"phase\":\"ready\",\"newer\":[\"\\u0000 "
                            "\\ud83d\"],\"generationId\":7,\"updatedAt\":-1e400,"
                            "\"reason\":[],\"endpoint\":{\"a\":[1]},\"lastError\":true,"
                            "\"ownerPid\":\"x\",\"ownerStartedAt\":1}");
    expect_dispatch(&scene);
    editor_scene_free(&scene);
}

Test(odd_state, in_other_cases_is_an_unknown_phase, .timeout = 60)
{
    static const char *const PHASES[] = {"READY", "Ready", "Compiling", "rEloading", ""};
    for (size_t i = 0; i < sizeof(PHASES) / sizeof(PHASES[0]); i++) {
        struct editor_scene scene = editor_scene_new();
        test_editor_publish(scene.editor, PHASES[i], TEST_GENERATION_A, NULL);
        expect_end(run_uloop(scene.project, "get-hierarchy", "--timeout", "0.05"), 4,
                   "did not become ready in time");
        editor_scene_kill_owner(&scene);
        expect_end(run_uloop(scene.project, "get-hierarchy", NULL, NULL), 3,
                   "No Unity Editor has the project");
        test_editor_listen(scene.editor);
        expect_dispatch(&scene);
        editor_scene_free(&scene);
    }
}

Test(odd_state, with_an_owner_that_is_none_is_stale, .timeout = 60)
{
    static const char *const PIDS[] = {"0", "-1", "1099511627776", "1e300", "\"1\"", "[1]"};
    for (size_t i = 0; i < sizeof(PIDS) / sizeof(PIDS[0]); i++) {
        struct editor_scene scene = editor_scene_new_without_owner();
        char *member = memory_format("{\"ownerPid\":%s}", PIDS[i]);
        test_editor_publish_with(scene.editor, "compiling", TEST_GENERATION_A, NULL, member);
        expect_end(run_uloop(scene.project, "get-hierarchy", NULL, NULL), 3, "stale");
        expect_end(run_uloop(scene.project, "wait", NULL, NULL), 3, "stale");
        expect_end(run_uloop(scene.project, "fix", NULL, NULL), 0, "Cleaned up 1");
        free(member);
        editor_scene_free(&scene);
    }
}

/* Nothing says that it is not init that compiles. */
Test(odd_state, with_init_for_its_owner_is_waited_for_until_the_timeout, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish_with(scene.editor, "compiling", TEST_GENERATION_A, NULL,
                             "{\"ownerPid\":1}");
    expect_end(run_uloop(scene.project, "get-hierarchy", "--timeout", "0.05"), 4, "in time");
    expect_end(run_uloop(scene.project, "wait", "--timeout", "0.05"), 4, "in time");
    expect_end(run_uloop(scene.project, "fix", NULL, NULL), 5, "rocess 1 ");
    expect_end(run_uloop(scene.project, "fix", "--force", NULL), 0, "Cleaned up 1");
    editor_scene_free(&scene);
}

Test(odd_state, that_is_a_dangling_link_is_none, .timeout = 60)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    cr_assert_eq(symlink("nowhere", temp_project_path(scene.project, STATE_FILE)), 0);
    expect_end(run_uloop(scene.project, "get-hierarchy", NULL, NULL), 3, "No Unity Editor");
    expect_end(run_uloop(scene.project, "wait", NULL, NULL), 3, "No Unity Editor");
    expect_shown(run_uloop(scene.project, "status", "--json", NULL), "\"phase\": \"absent\"");
    expect_end(run_uloop(scene.project, "fix", NULL, NULL), 0, "Cleaned up 1");
    cr_assert_not(temp_project_has(scene.project, STATE_FILE));
    editor_scene_free(&scene);
}

Test(editor_instance, that_lies_does_not_make_a_stale_state_wait, .timeout = 60)
{
    static const char *const LIES[] = {"",
                                       "[[[[",
                                       "{\"process_id\":1}",
                                       "{\"process_id\":-1}",
                                       "{\"process_id\":\"1\"}",
                                       "{\"process_id\":1099511627776}",
                                       "{\"process_id\":{\"process_id\":[1]}}"};
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, NULL);
    for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
        (void)temp_project_write(scene.project, INSTANCE_FILE, LIES[i]);
        expect_end(run_uloop(scene.project, "get-hierarchy", NULL, NULL), 3, "stale");
    }
    const char *path = temp_project_path(scene.project, INSTANCE_FILE);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_end(run_uloop(scene.project, "get-hierarchy", NULL, NULL), 3, "stale");
    expect_end(run_uloop(scene.project, "wait", NULL, NULL), 3, "stale");
    expect_end(run_uloop(scene.project, "fix", NULL, NULL), 0, "Cleaned up 1");
    editor_scene_free(&scene);
}

/* --- Without permission --- */

/* Takes away what only others than root miss, and runs the command as one of them. */
static struct program_end run_without_permission(const struct editor_scene *scene,
                                                 const char *command)
{
    return program_run_with(
        &(struct program_setup){.arguments = (const char *const[]){ULOOP_PROGRAM, command, NULL},
                                .folder = scene->project->root,
                                .user = geteuid() == 0 ? NOBODY : 0});
}

static struct editor_scene scene_without_permission(const char *relative, mode_t roots, mode_t mine)
{
    struct editor_scene scene = editor_scene_new_without_owner();
    test_editor_publish(scene.editor, "compiling", TEST_GENERATION_A, NULL);
    cr_assert_eq(chmod(scene.project->root, 0755), 0);
    cr_assert_eq(chmod(temp_project_path(scene.project, relative), geteuid() == 0 ? roots : mine),
                 0);
    return scene;
}

static void expect_denial(const struct editor_scene *scene, const char *command)
{
    struct program_end end = run_without_permission(scene, command);
    cr_assert_eq(end.exit_code, 3, "%s%s", end.out, end.err);
    cr_assert_not_null(strstr(end.err, STATE_FILE ": permission denied"), "%s", end.err);
    cr_assert_not_null(strstr(end.err, "permission to read it"), "%s", end.err);
    cr_assert_null(strstr(end.err, "uloop fix"), "%s", end.err);
    program_end_clear(&end);
}

Test(no_permission, on_the_state_is_told_and_not_to_be_mended_by_fix, .timeout = 60)
{
    struct editor_scene scene = scene_without_permission(STATE_FILE, 0600, 0);
    expect_denial(&scene, "get-hierarchy");
    expect_denial(&scene, "wait");
    expect_shown(run_without_permission(&scene, "status"), "\"phase\": \"unreadable\"");
    editor_scene_free(&scene);
}

Test(no_permission, on_temp_is_told_also_by_fix, .timeout = 60)
{
    struct editor_scene scene = scene_without_permission("Temp", 0700, 0);
    const char *temp = temp_project_path(scene.project, "Temp");
    expect_denial(&scene, "get-hierarchy");
    expect_denial(&scene, "wait");
    struct program_end end = run_without_permission(&scene, "fix");
    cr_assert_eq(end.exit_code, 7, "%s%s", end.out, end.err);
    cr_assert_str_eq(end.out, "");
    char *words = memory_format("Cannot look into %s: permission denied.", temp);
    const char *told = strstr(end.err, words);
    cr_assert_not_null(told, "%s", end.err);
    cr_assert_null(strstr(told + 1, words), "it is told twice: %s", end.err);
    free(words);
    program_end_clear(&end);
    cr_assert_eq(chmod(temp, 0700), 0);
    cr_assert(temp_project_has(scene.project, STATE_FILE));
    editor_scene_free(&scene);
}
