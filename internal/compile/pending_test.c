#include "compile/pending.h"

#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "pending-compile.json"

static const struct pending PENDING = {
    .request_id = "compile_1_0123abcd", .generation_before = "aaaa", .force_recompile = true};

Test(pending, is_loaded_as_it_was_saved_until_it_is_forgotten)
{
    struct temp_project *project = temp_project_new();
    struct pending loaded = {0};
    struct error error = {0};
    cr_expect_not(pending_load(project->root, &loaded));
    cr_assert(pending_save(project->root, &PENDING, &error), "%s", error.message);
    cr_assert(pending_load(project->root, &loaded));
    cr_expect_str_eq(loaded.request_id, PENDING.request_id);
    cr_expect_str_eq(loaded.generation_before, PENDING.generation_before);
    cr_expect(loaded.force_recompile);
    pending_forget(project->root);
    cr_expect_not(temp_project_has(project, ".uloop/" FILE_NAME));
    pending_clear(&loaded);
    temp_project_free(project);
}

Test(pending, is_neither_written_nor_removed_through_a_link)
{
    struct temp_project *project = temp_project_new(), *elsewhere = temp_folder_new();
    struct pending loaded = {0};
    struct error error = {0};
    cr_assert_eq(symlink(elsewhere->root, temp_project_path(project, ".uloop")), 0);
    cr_expect_not(pending_save(project->root, &PENDING, &error));
    cr_expect(error.message && strstr(error.message, "symbolic link"), "%s", error.message);
    cr_expect_eq(temp_project_count(elsewhere, ""), (size_t)0);
    (void)temp_project_write(elsewhere, FILE_NAME, "{\"requestId\":\"compile_1_0123abcd\"}");
    cr_expect_not(pending_load(project->root, &loaded));
    pending_forget(project->root);
    cr_expect(temp_project_has(elsewhere, FILE_NAME));
    error_clear(&error);
    temp_project_free(elsewhere);
    temp_project_free(project);
}
