#include "launch/editor_log.h"

#include "launch/places.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
    struct temp_project *folder;
    struct editor_log log;
};

static void look(struct scene *scene, const char *first, const char *second)
{
    const char *arguments[] = {first, second};
    size_t count = first ? second ? 2 : 1 : 0;
    editor_log_clear(&scene->log);
    editor_log_look(&scene->log, scene->folder->root, arguments, count);
}

static struct scene scene_new(void)
{
    struct scene scene = {.folder = temp_folder_new()};
    cr_assert_eq(setenv("HOME", scene.folder->root, 1), 0);
    return scene;
}

static void scene_free(struct scene *scene)
{
    editor_log_clear(&scene->log);
    temp_project_free(scene->folder);
}

static void expect_path(struct scene *scene, const char *relative)
{
    if (relative)
        cr_expect_str_eq(scene->log.path, temp_project_path(scene->folder, relative));
    else
        cr_expect_null(scene->log.path);
}

/* expected: NULL for none. */
static void expect_tail(struct scene *scene, const char *expected)
{
    struct buffer json = {0};
    bool found = editor_log_append_tail(&scene->log, &json);
    cr_expect_eq(found, expected != NULL);
    if (expected)
        cr_expect_str_eq(json.data, expected);
    else
        cr_expect_eq(json.length, 0);
    buffer_clear(&json);
}

Test(editor_log, is_where_unity_puts_it)
{
    struct scene scene = scene_new();
    look(&scene, NULL, NULL);
    char *path = places_editor_log();
    cr_expect_str_eq(scene.log.path, path);
    cr_expect_eq(strncmp(path, scene.folder->root, strlen(scene.folder->root)), 0);
    free(path);
    scene_free(&scene);
}

Test(editor_log, is_where_the_arguments_say)
{
    struct scene scene = scene_new();
    look(&scene, "-logFile", "logs/editor.txt");
    expect_path(&scene, "logs/editor.txt");
    look(&scene, "-LOGFILE=x.txt", NULL);
    expect_path(&scene, "x.txt");
    look(&scene, "-logFile", temp_project_path(scene.folder, "absolute"));
    expect_path(&scene, "absolute");
    look(&scene, "-logFile", "-");
    expect_path(&scene, NULL);
    look(&scene, "-logFile", "-quit");
    expect_path(&scene, NULL);
    look(&scene, "-logFile", NULL);
    expect_path(&scene, NULL);
    scene_free(&scene);
}

Test(editor_log, has_no_tail_when_nothing_was_written)
{
    struct scene scene = scene_new();
    look(&scene, "-logFile", "log");
    expect_tail(&scene, NULL);
    (void)temp_project_write(scene.folder, "log", "old\n");
    look(&scene, "-logFile", "log");
    expect_tail(&scene, NULL);
    (void)temp_project_make_folder(scene.folder, "folder");
    look(&scene, "-logFile", "folder");
    expect_tail(&scene, NULL);
    scene_free(&scene);
}

Test(editor_log, has_what_was_added_to_an_old_one)
{
    struct scene scene = scene_new();
    (void)temp_project_write(scene.folder, "log", "old\n");
    look(&scene, "-logFile", "log");
    (void)temp_project_write(scene.folder, "log", "old\nnew\r\nlast\n\n");
    expect_tail(&scene, "[\"new\",\"last\"]");
    scene_free(&scene);
}

Test(editor_log, has_all_of_one_that_took_the_old_ones_place)
{
    struct scene scene = scene_new();
    const char *path = temp_project_write(scene.folder, "log", "old\n");
    look(&scene, "-logFile", "log");
    cr_assert_eq(rename(path, temp_project_path(scene.folder, "log-prev")), 0);
    (void)temp_project_write(scene.folder, "log", "first\nsecond");
    expect_tail(&scene, "[\"first\",\"second\"]");
    scene_free(&scene);
}

Test(editor_log, has_its_last_lines_only)
{
    struct scene scene = scene_new();
    struct buffer content = {0};
    struct buffer expected = {0};
    look(&scene, "-logFile", "log");
    for (int line = 1; line <= 5000; line++) {
        buffer_append_format(&content, "line %d of the log\n", line);
        if (line > 5000 - 20)
            buffer_append_format(&expected, "%s\"line %d of the log\"", expected.length ? "," : "[",
                                 line);
    }
    buffer_append_char(&expected, ']');
    (void)temp_project_write(scene.folder, "log", content.data);
    expect_tail(&scene, expected.data);
    buffer_clear(&expected);
    buffer_clear(&content);
    scene_free(&scene);
}

Test(editor_log, has_a_part_of_a_line_without_an_end)
{
    struct scene scene = scene_new();
    struct buffer content = {0};
    struct buffer json = {0};
    look(&scene, "-logFile", "log");
    for (int i = 0; i < 100000; i++)
        buffer_append_char(&content, 'x');
    (void)temp_project_write(scene.folder, "log", content.data);
    cr_assert(editor_log_append_tail(&scene.log, &json));
    cr_expect_eq(json.length, 16384 + 4);
    buffer_clear(&json);
    buffer_clear(&content);
    scene_free(&scene);
}

Test(editor_log, is_json_whatever_was_written)
{
    struct scene scene = scene_new();
    look(&scene, "-logFile", "log");
    (void)temp_project_write_bytes(scene.folder, "log", "a\xFF\"\0b\n\n\x1B[1m", 11);
    expect_tail(&scene, "[\"a\xEF\xBF\xBD\\\"\",\"\",\"\\u001b[1m\"]");
    scene_free(&scene);
}
