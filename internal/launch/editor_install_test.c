#include "launch/editor_install.h"

#include "base/path.h"
#include "launch/editor_versions.h"
#include "launch/places.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION_FILE "ProjectSettings/ProjectVersion.txt"

struct scene {
    struct temp_project *home;
    struct temp_project *project; /* wants 2022.3.62f1 */
    struct error error;
    struct editor_install install;
};

static struct scene scene_new(void)
{
    struct scene scene = {.home = temp_folder_new(), .project = temp_project_new()};
    cr_assert_eq(setenv("HOME", scene.home->root, 1), 0);
    cr_assert_eq(unsetenv("XDG_CONFIG_HOME"), 0);
    cr_assert_eq(unsetenv("UNITY_EDITOR_PATH"), 0);
    return scene;
}

static void scene_free(struct scene *scene)
{
    error_clear(&scene->error);
    editor_install_clear(&scene->install);
    temp_project_free(scene->project);
    temp_project_free(scene->home);
}

/* Puts an Editor of that version below a folder of the home folder; returns its executable. */
static const char *install(struct scene *scene, const char *root, const char *version)
{
    char *relative = memory_format("%s/%s/%s", root, version, PLACES_PROGRAM);
    const char *path = temp_project_write(scene->home, relative, "");
    free(relative);
    return path;
}

static void write_hub_setting(struct scene *scene, const char *content)
{
    char *settings = places_hub_settings();
    char *path = path_join(settings, "secondaryInstallPath.json");
    (void)temp_project_write(scene->home, path + strlen(scene->home->root) + 1, content);
    free(path);
    free(settings);
}

static void move_hub_root(struct scene *scene, const char *folder)
{
    char *content = memory_format("\"%s\"", temp_project_path(scene->home, folder));
    write_hub_setting(scene, content);
    free(content);
}

static bool find(struct scene *scene)
{
    error_clear(&scene->error);
    editor_install_clear(&scene->install);
    return editor_install_find(scene->project->root, &scene->install, &scene->error);
}

static void expect_program(struct scene *scene, const char *program)
{
    cr_assert(find(scene), "%s", scene->error.message);
    cr_expect_str_eq(scene->install.program, program);
}

static void expect_refusal(struct scene *scene, const char *words)
{
    cr_assert_not(find(scene), "found %s", scene->install.program);
    cr_expect_eq(scene->error.code, E_EDITOR_NOT_FOUND);
    cr_expect(strstr(scene->error.message, words), "\"%s\" is not in: %s", words,
              scene->error.message);
    cr_expect_null(scene->install.program);
}

#if defined(__linux__)
Test(editor_install, is_found_where_the_hub_installs)
{
    struct scene scene = scene_new();
    const char *program = install(&scene, "Unity/Hub/Editor", "2022.3.62f1");
    expect_program(&scene, program);
    cr_expect_str_eq(scene.install.version, "2022.3.62f1");
    scene_free(&scene);
}
#endif

Test(editor_install, is_found_where_the_hubs_root_was_moved_to)
{
    struct scene scene = scene_new();
    const char *program = install(&scene, "big disk", "2022.3.62f1");
    move_hub_root(&scene, "big disk");
    expect_program(&scene, program);
    scene_free(&scene);
}

Test(editor_install, survives_a_setting_of_the_hub_that_says_nothing)
{
    static const char *const SETTINGS[] = {
        "\"\"", "", "null", "7", "{\"a\":", "\"/nowhere\"", "[]"};
    struct scene scene = scene_new();
    for (size_t i = 0; i < sizeof(SETTINGS) / sizeof(SETTINGS[0]); i++) {
        write_hub_setting(&scene, SETTINGS[i]);
        expect_refusal(&scene, "wants Unity 2022.3.62f1");
    }
    scene_free(&scene);
}

Test(editor_install, that_is_missing_is_named_with_the_installed_ones_in_their_order)
{
    struct scene scene = scene_new();
    move_hub_root(&scene, "editors");
    expect_refusal(&scene, "No other version is installed either.");
    (void)install(&scene, "editors", "6000.0.1f1");
    (void)install(&scene, "editors", "2022.3.9f1");
    (void)install(&scene, "editors", "2022.3.10f1");
    (void)temp_project_make_folder(scene.home, "editors/2021.3.1f1");
    expect_refusal(&scene, "The project wants Unity 2022.3.62f1, which the Hub has not installed. "
                           "Installed: 2022.3.9f1, 2022.3.10f1, 6000.0.1f1.");
    scene_free(&scene);
}

Test(editor_install, is_what_the_environment_names_whatever_the_project_wants)
{
    struct scene scene = scene_new();
    const char *program = temp_project_write(scene.home, "own/Unity", "");
    cr_assert_eq(setenv("UNITY_EDITOR_PATH", program, 1), 0);
    expect_program(&scene, program);
    cr_assert_eq(unlink(temp_project_path(scene.project, VERSION_FILE)), 0);
    expect_program(&scene, program);
    cr_expect_null(scene.install.version);
    const char *link = temp_project_path(scene.home, "unity-editor");
    cr_assert_eq(symlink(program, link), 0);
    cr_assert_eq(setenv("UNITY_EDITOR_PATH", link, 1), 0);
    expect_program(&scene, program);
    scene_free(&scene);
}

Test(editor_install, refuses_what_the_environment_names_when_it_is_no_file)
{
    struct scene scene = scene_new();
    (void)install(&scene, "Unity/Hub/Editor", "2022.3.62f1");
    cr_assert_eq(setenv("UNITY_EDITOR_PATH", "/nowhere/Unity", 1), 0);
    expect_refusal(&scene, "UNITY_EDITOR_PATH names no executable.");
    cr_assert_eq(setenv("UNITY_EDITOR_PATH", scene.home->root, 1), 0);
    expect_refusal(&scene, "UNITY_EDITOR_PATH names no executable.");
    scene_free(&scene);
}

Test(editor_install, reads_the_version_from_whatever_unity_writes)
{
    static const char *const CONTENTS[] = {
        "m_EditorVersion: 2022.3.62f1\nm_EditorVersionWithRevision: 2022.3.62f1 (4af31df58517)\n",
        "m_EditorVersionWithRevision: 6000.0.1f1 (x)\r\nm_EditorVersion: 2022.3.62f1\r\n",
        "m_EditorVersion:2022.3.62f1",
    };
    struct scene scene = scene_new();
    const char *program = install(&scene, "editors", "2022.3.62f1");
    move_hub_root(&scene, "editors");
    for (size_t i = 0; i < sizeof(CONTENTS) / sizeof(CONTENTS[0]); i++) {
        (void)temp_project_write(scene.project, VERSION_FILE, CONTENTS[i]);
        expect_program(&scene, program);
    }
    scene_free(&scene);
}

Test(editor_install, refuses_a_project_that_names_no_version)
{
    struct scene scene = scene_new();
    move_hub_root(&scene, "editors");
    (void)install(&scene, "", "evil");
    (void)temp_project_make_folder(scene.home, "editors");
    static const char *const CONTENTS[] = {"m_EditorVersion: ../evil\n", "m_EditorVersion: ..\n",
                                           "m_EditorVersion: 1/../../evil\n", "m_EditorVersion:\n",
                                           "m_EditorVersion: 2022\\3\n"};
    for (size_t i = 0; i < sizeof(CONTENTS) / sizeof(CONTENTS[0]); i++) {
        (void)temp_project_write(scene.project, VERSION_FILE, CONTENTS[i]);
        expect_refusal(&scene, "is no version.");
    }
    (void)temp_project_write(scene.project, VERSION_FILE, "");
    expect_refusal(&scene, "has no line m_EditorVersion.");
    const char *path = temp_project_path(scene.project, VERSION_FILE);
    cr_assert_eq(unlink(path), 0);
    expect_refusal(&scene, "does not exist.");
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_refusal(&scene, "is not a regular file.");
    scene_free(&scene);
}

Test(editor_install, needs_no_home_folder)
{
    struct scene scene = scene_new();
    cr_assert_eq(unsetenv("HOME"), 0);
    expect_refusal(&scene, "wants Unity 2022.3.62f1");
    scene_free(&scene);
}

Test(editor_version, is_ordered_by_the_numbers_in_it)
{
    static const char *const ORDER[] = {"5.6.7f1",     "2017.4.40f1", "2022.3.9f1", "2022.3.10f1",
                                        "2022.3.10f2", "2022.3.10p1", "6000.0.1a1", "6000.0.1f1"};
    /* Unity's numbers jump from 2023 to 6000, which keeps them in order. */
    for (size_t i = 0; i + 1 < sizeof(ORDER) / sizeof(ORDER[0]); i++) {
        cr_expect_lt(editor_version_compare(ORDER[i], ORDER[i + 1]), 0, "%s", ORDER[i]);
        cr_expect_gt(editor_version_compare(ORDER[i + 1], ORDER[i]), 0, "%s", ORDER[i]);
        cr_expect_eq(editor_version_compare(ORDER[i], ORDER[i]), 0, "%s", ORDER[i]);
    }
}
