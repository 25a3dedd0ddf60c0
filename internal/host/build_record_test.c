#include "host/build_record.h"

#include "base/memory.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A fingerprint that can be compared. */
struct fingerprint {
    char text[FINGERPRINT_SIZE];
};

static struct fingerprint fingerprint_of(const struct assembly *assembly, const char *toolchain,
                                         const char *reference)
{
    struct fingerprint made;
    build_fingerprint(assembly, toolchain, &reference, made.text);
    return made;
}

Test(build_record, has_a_fingerprint_that_changes_with_everything_that_counts)
{
    struct script a = {.path = (char *)"A.cs"}, b = {.path = (char *)"B.cs"};
    const struct script *scripts[] = {&a, &b};
    struct assembly assembly = {
        .name = (char *)"X", .scripts = scripts, .script_count = 2, .reference_count = 1};
    struct fingerprint first = fingerprint_of(&assembly, "mcs", "ref");
    struct fingerprint same = fingerprint_of(&assembly, "mcs", "ref");
    cr_expect_eq(strlen(first.text), 64);
    cr_expect_str_eq(first.text, same.text);
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "csc", "ref").text);
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "mcs", "other").text);
    b.digest[31] = 1;
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "mcs", "ref").text);
    b.digest[31] = 0;
    b.path = (char *)"C.cs";
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "mcs", "ref").text);
    b.path = (char *)"B.cs";
    assembly.allow_unsafe = true;
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "mcs", "ref").text);
    assembly.allow_unsafe = false;
    assembly.script_count = 1;
    cr_expect_str_neq(first.text, fingerprint_of(&assembly, "mcs", "ref").text);
}

static struct build_record record_of(struct temp_project *project, const char *name)
{
    struct build_record record;
    build_record_open(&record, project->root);
    build_record_set(&record, project->root, name, "f1");
    return record;
}

Test(build_record, knows_a_library_again)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    temp_project_write(project, BUILD_FOLDER "/X.dll", "library");
    struct build_record record = record_of(project, "X");
    cr_assert(build_record_save(&record, project->root, &error), "%s", error.message);
    build_record_close(&record);
    build_record_open(&record, project->root);
    cr_expect(build_record_is_current(&record, project->root, "X", "f1"));
    cr_expect_not(build_record_is_current(&record, project->root, "X", "f2"));
    cr_expect_not(build_record_is_current(&record, project->root, "Y", "f1"));
    build_record_close(&record);
}

Test(build_record, does_not_trust_a_library_that_was_replaced_or_removed)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_write(project, BUILD_FOLDER "/X.dll", "library");
    struct build_record record = record_of(project, "X");
    cr_expect(build_record_is_current(&record, project->root, "X", "f1"));
    testkit_write_file(path, "another one", 11);
    cr_expect_not(build_record_is_current(&record, project->root, "X", "f1"));
    cr_assert_eq(remove(path), 0);
    cr_expect_not(build_record_is_current(&record, project->root, "X", "f1"));
    build_record_close(&record);
}

Test(build_record, is_empty_when_it_cannot_be_read)
{
    static const char *const TEXTS[] = {
        "",
        "[]",
        "{\"version\":1}",
        "{\"version\":99,\"assemblies\":{}}",
        "{\"version\":1,\"assemblies\":7}",
    };
    struct temp_project *project = temp_project_new();
    struct build_record record;
    for (size_t at = 0; at < sizeof(TEXTS) / sizeof(TEXTS[0]); at++) {
        temp_project_write(project, BUILD_FOLDER "/uloop-build.json", TEXTS[at]);
        build_record_open(&record, project->root);
        cr_expect_eq(cJSON_GetArraySize(record.assemblies), 0);
        cr_expect_not(build_record_is_current(&record, project->root, "X", "f1"));
        build_record_close(&record);
    }
}

Test(build_record, removes_the_libraries_of_assemblies_that_are_no_more)
{
    struct temp_project *project = temp_project_new();
    struct assembly kept = {.name = (char *)"Kept"};
    struct assembly_graph graph = {.items = &kept, .count = 1};
    temp_project_write(project, BUILD_FOLDER "/Kept.dll", "x");
    temp_project_write(project, BUILD_FOLDER "/Gone.dll", "x");
    temp_project_write(project, BUILD_FOLDER "/NotOurs.dll", "x");
    temp_project_write(project, "Library/outside.dll", "x");
    struct build_record record = record_of(project, "Kept");
    build_record_set(&record, project->root, "Gone", "f1");
    build_record_set(&record, project->root, "../outside", "f1");
    cr_expect_eq(build_record_prune(&record, project->root, &graph), 2);
    cr_expect(temp_project_has(project, BUILD_FOLDER "/Kept.dll"));
    cr_expect(temp_project_has(project, BUILD_FOLDER "/NotOurs.dll"));
    cr_expect(temp_project_has(project, "Library/outside.dll"));
    cr_expect_not(temp_project_has(project, BUILD_FOLDER "/Gone.dll"));
    cr_expect_eq(cJSON_GetArraySize(record.assemblies), 1);
    build_record_close(&record);
}
