#include "skills/marker.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>

Test(marker, says_what_was_written)
{
    struct temp_project *project = temp_folder_new();
    const char *folder = temp_project_make_folder(project, "x");
    struct marker marker = {
        .name = (char[]){"x"}, .source = (char[]){"Assets/\"a\""}, .made_folders = 2};
    struct error error = {0};
    folder_files_add(&marker.files, "more/SKILL \\.md", "12ab");
    cr_assert(marker_write(folder, &marker, &error), "%s", error.message);
    folder_files_clear(&marker.files);
    cr_assert(marker_read(folder, "x", &marker));
    cr_expect_str_eq(marker.name, "x");
    cr_expect_str_eq(marker.source, "Assets/\"a\"");
    cr_expect_eq(marker.made_folders, (size_t)2);
    cr_expect_str_eq(folder_files_find(&marker.files, "more/SKILL \\.md")->digest, "12ab");
    marker_clear(&marker);
    temp_project_free(project);
}

Test(marker, takes_only_a_whole_marker_for_one)
{
    static const char *const markers[] = {
        "",
        "{",
        "[]",
        "{\"name\":\"x\",\"files\":{}}",
        "{\"installedBy\":\"uloop\",\"files\":{}}",
        "{\"installedBy\":\"uloop\",\"name\":\"y\",\"files\":{}}",
        "{\"installedBy\":\"uloop\",\"name\":\"x\",\"files\":[]}",
        "{\"installedBy\":\"uloop\",\"name\":\"x\"}",
        "{\"installedBy\":7,\"name\":\"x\",\"files\":{}}",
    };
    struct temp_project *project = temp_folder_new();
    struct marker marker;
    const char *folder = temp_project_make_folder(project, "x");
    cr_expect_not(marker_read(folder, "x", &marker));
    for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
        temp_project_write(project, "x/" MARKER_FILE, markers[i]);
        cr_expect_not(marker_read(folder, "x", &marker), "%s", markers[i]);
    }
    temp_project_write(project, "x/" MARKER_FILE,
                       "{\"installedBy\":\"uloop\",\"name\":\"x\",\"files\":{\"a\":1,\"b\":\"2\"},"
                       "\"madeFolders\":-3}");
    cr_assert(marker_read(folder, "x", &marker));
    cr_expect_eq(marker.files.count, (size_t)1);
    cr_expect_eq(marker.made_folders, (size_t)0);
    marker_clear(&marker);
    temp_project_free(project);
}
