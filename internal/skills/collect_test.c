#include "skills/builtin.h"
#include "skills/collect.h"
#include "skills/front_matter.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_skill(struct temp_project *project, const char *folder, const char *members)
{
    char *path = memory_format("%s/SKILL.md", folder);
    char *text = memory_format("---\n%s\n---\nfrom %s\n", members, folder);
    temp_project_write(project, path, text);
    free(text);
    free(path);
}

static struct skills collect(const struct temp_project *project)
{
    struct skills skills;
    struct error error = {0};
    cr_assert(skills_collect(project->root, &skills, &error), "%s", error.message);
    return skills;
}

static void expect_source(const struct skills *skills, const char *name, const char *source)
{
    const struct skill *skill = skills_find(skills, name);
    cr_assert(skill, "%s", name);
    cr_expect_str_eq(skill->source, source);
}

/* The reason for which the path was left out; fails the test when it was not. */
static const char *reason_for(const struct skills *skills, const char *path)
{
    for (size_t i = 0; i < skills->left_out_count; i++) {
        if (strcmp(skills->left_out[i].path, path) == 0)
            return skills->left_out[i].reason;
    }
    cr_assert_fail("%s was not left out", path);
    return NULL;
}

static void expect_left_out(const struct skills *skills, const char *path, const char *part)
{
    const char *reason = reason_for(skills, path);
    cr_expect(strstr(reason, part), "%s: %s", path, reason);
}

Test(collect, brings_along_skills_that_are_all_in_order)
{
    struct skills skills;
    struct error error = {0};
    cr_assert(skills_collect(NULL, &skills, &error));
    cr_assert_eq(skills.count, BUILTIN_SKILL_COUNT);
    cr_expect_eq(skills.left_out_count, (size_t)0);
    for (size_t i = 0; i < BUILTIN_SKILL_COUNT; i++) {
        struct front_matter front_matter;
        const char *fault = front_matter_read(BUILTIN_SKILLS[i], &front_matter);
        cr_assert_null(fault, "%s", fault);
        const struct skill *skill = skills_find(&skills, front_matter.name);
        cr_assert(skill, "%s", front_matter.name);
        cr_expect_str_eq(skill->source, "uloop");
        cr_expect_eq(skill->files.count, (size_t)1);
        front_matter_clear(&front_matter);
    }
    skills_clear(&skills);
}

Test(collect, looks_everywhere_a_package_can_lie)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *outside = temp_folder_new();
    write_skill(project, "Assets/Tools/Skill", "name: asset");
    write_skill(project, "Packages/com.a/Editor/Skill", "name: embedded");
    write_skill(project, "Library/PackageCache/com.b@1.2.3/Skill", "name: cached");
    write_skill(outside, "package/Skill", "name: elsewhere");
    temp_project_write(outside, "package/package.json", "{}");
    temp_project_write(project, "Local/package.json", "{}");
    write_skill(project, "Local/Skill", "name: local");
    char *manifest = memory_format("{\"dependencies\":{\"com.b\":\"1.2.3\",\"com.c\":\"file:%s/"
                                   "package\",\"com.d\":\"file:../Local\",\"com.e\":7}}",
                                   outside->root);
    temp_project_write(project, "Packages/manifest.json", manifest);
    struct skills skills = collect(project);
    char *source = memory_format("file:%s/package/Skill", outside->root);
    expect_source(&skills, "asset", "Assets/Tools/Skill");
    expect_source(&skills, "embedded", "Packages/com.a/Editor/Skill");
    expect_source(&skills, "cached", "Library/PackageCache/com.b@1.2.3/Skill");
    expect_source(&skills, "elsewhere", source);
    expect_source(&skills, "local", "file:../Local/Skill");
    cr_expect_eq(skills.count, 5 + BUILTIN_SKILL_COUNT);
    cr_expect_eq(skills.left_out_count, (size_t)0);
    free(source);
    free(manifest);
    skills_clear(&skills);
    temp_project_free(outside);
    temp_project_free(project);
}

Test(collect, prefers_what_is_nearer_to_the_project)
{
    struct temp_project *project = temp_project_new();
    write_skill(project, "Library/PackageCache/com.a@1/Skill", "name: one");
    write_skill(project, "Packages/com.a/Skill", "name: one");
    write_skill(project, "Packages/com.b/Skill", "name: uloop-compile");
    write_skill(project, "Assets/B", "name: one");
    write_skill(project, "Assets/A", "name: one");
    struct skills skills = collect(project);
    expect_source(&skills, "one", "Assets/A");
    expect_left_out(&skills, "Assets/B", "Assets/A has a skill of the same name, one");
    expect_left_out(&skills, "Packages/com.a/Skill", "same name");
    expect_left_out(&skills, "Library/PackageCache/com.a@1/Skill", "same name");
    expect_source(&skills, "uloop-compile", "Packages/com.b/Skill");
    cr_expect_eq(skills.left_out_count, (size_t)3);
    skills_clear(&skills);
    temp_project_free(project);
}

Test(collect, takes_a_package_that_is_named_twice_once)
{
    struct temp_project *project = temp_project_new();
    write_skill(project, "Packages/com.a/Skill", "name: one");
    temp_project_write(project, "Packages/com.a/package.json", "{}");
    temp_project_write(project, "Packages/manifest.json",
                       "{\"dependencies\":{\"com.a\":\"file:com.a\"}}");
    struct skills skills = collect(project);
    expect_source(&skills, "one", "Packages/com.a/Skill");
    cr_expect_eq(skills.left_out_count, (size_t)0);
    skills_clear(&skills);
    temp_project_free(project);
}

Test(collect, offers_neither_internal_skills_nor_those_of_disabled_tools)
{
    struct temp_project *project = temp_project_new();
    write_skill(project, "Assets/A", "name: one\ninternal: true");
    write_skill(project, "Assets/B", "name: two\ntoolName: get-logs");
    write_skill(project, "Assets/C", "name: three\ntoolName: run-tests");
    temp_project_write(project, ".uloop/settings.tools.json", "{\"disabledTools\":[\"get-logs\"]}");
    struct skills skills = collect(project);
    cr_expect_null(skills_find(&skills, "one"));
    cr_expect_null(skills_find(&skills, "two"));
    cr_expect(skills_find(&skills, "three"));
    cr_expect_eq(skills.left_out_count, (size_t)1);
    expect_left_out(&skills, "Assets/B", "its tool get-logs is disabled");
    skills_clear(&skills);
    temp_project_free(project);
}

Test(collect, says_why_it_leaves_something_out)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/A/SKILL.md", "# no front matter\n");
    write_skill(project, "Assets/B", "name: ../../escape");
    write_skill(project, "Assets/C", "name: linked");
    cr_assert_eq(symlink("/etc/passwd", temp_project_path(project, "Assets/C/passwd")), 0);
    write_skill(project, "Assets/Good", "name: good");
    temp_project_write(
        project, "Packages/manifest.json",
        "{\"dependencies\":{\"a\":\"file:../Assets/Good\",\"b\":\"file:none.tgz\"}}");
    struct skills skills = collect(project);
    expect_left_out(&skills, "Assets/A", "does not begin with front matter");
    expect_left_out(&skills, "Assets/B", "letters, digits");
    expect_left_out(&skills, "Assets/C", "passwd is neither a file nor a folder");
    expect_left_out(&skills, "file:../Assets/Good", "no package.json");
    expect_source(&skills, "good", "Assets/Good");
    cr_expect_eq(skills.left_out_count, (size_t)4);
    skills_clear(&skills);
    temp_project_free(project);
}

Test(collect, goes_on_when_the_manifest_cannot_be_read)
{
    static const char *const manifests[] = {"{", "[]", "{\"dependencies\":\"file:x\"}", "\xFF", ""};
    static const size_t complaints[] = {1, 0, 0, 1, 1};
    for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++) {
        struct temp_project *project = temp_project_new();
        write_skill(project, "Library/PackageCache/com.a@1/Skill", "name: one");
        temp_project_write(project, "Packages/manifest.json", manifests[i]);
        struct skills skills = collect(project);
        cr_expect(skills_find(&skills, "one"));
        cr_expect_eq(skills.left_out_count, complaints[i], "%s", manifests[i]);
        skills_clear(&skills);
        temp_project_free(project);
    }
}

Test(collect, follows_no_link)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *outside = temp_folder_new();
    write_skill(outside, "Skill", "name: outside");
    cr_assert_eq(symlink(outside->root, temp_project_path(project, "Assets/Link")), 0);
    cr_assert_eq(symlink(outside->root, temp_project_path(project, "Packages")), 0);
    cr_assert_eq(symlink("..", temp_project_path(project, "Assets/Loop")), 0);
    temp_project_make_folder(project, "Assets/Half");
    cr_assert_eq(symlink(temp_project_path(outside, "Skill/SKILL.md"),
                         temp_project_path(project, "Assets/Half/SKILL.md")),
                 0);
    struct skills skills = collect(project);
    cr_expect_eq(skills.count, BUILTIN_SKILL_COUNT);
    skills_clear(&skills);
    temp_project_free(outside);
    temp_project_free(project);
}

Test(collect, is_not_held_up_by_what_is_no_file)
{
    struct temp_project *project = temp_project_new();
    temp_project_make_folder(project, "Assets/A/SKILL.md");
    temp_project_make_folder(project, "Assets/B");
    cr_assert_eq(mkfifo(temp_project_path(project, "Assets/B/SKILL.md"), 0600), 0);
    temp_project_make_folder(project, "Packages");
    cr_assert_eq(mkfifo(temp_project_path(project, "Packages/manifest.json"), 0600), 0);
    temp_project_make_folder(project, "Library");
    temp_project_write(project, "Library/PackageCache", "a file");
    struct skills skills = collect(project);
    cr_expect_eq(skills.count, BUILTIN_SKILL_COUNT);
    expect_left_out(&skills, "Packages/manifest.json", "is not a regular file");
    skills_clear(&skills);
    temp_project_free(project);
}

Test(collect, looks_only_so_deep_and_not_at_all_into_some_folders)
{
    struct temp_project *project = temp_project_new();
    struct buffer path = {0};
    buffer_append_string(&path, "Assets");
    for (int i = 0; i < 25; i++)
        buffer_append_string(&path, "/d");
    write_skill(project, path.data, "name: deep");
    write_skill(project, "Assets/.hidden/Skill", "name: hidden");
    write_skill(project, "Assets/node_modules/Skill", "name: modules");
    write_skill(project, "Packages/com.a/Samples~/Skill", "name: sample");
    write_skill(project, "Assets/Outer", "name: outer");
    write_skill(project, "Assets/Outer/inner", "name: inner");
    struct skills skills = collect(project);
    cr_expect_null(skills_find(&skills, "deep"));
    cr_expect_null(skills_find(&skills, "hidden"));
    cr_expect_null(skills_find(&skills, "modules"));
    cr_expect(skills_find(&skills, "sample"));
    cr_expect_null(skills_find(&skills, "inner"));
    cr_assert(skills_find(&skills, "outer"));
    cr_expect(folder_files_find(&skills_find(&skills, "outer")->files, "inner/SKILL.md"));
    skills_clear(&skills);
    buffer_clear(&path);
    temp_project_free(project);
}

Test(collect, fails_when_it_cannot_know_which_tools_are_disabled)
{
    struct temp_project *project = temp_project_new();
    struct skills skills;
    struct error error = {0};
    temp_project_write(project, ".uloop/settings.tools.json", "{");
    cr_assert_not(skills_collect(project->root, &skills, &error));
    cr_expect_eq(error.code, E_CATALOG_BROKEN);
    error_clear(&error);
    temp_project_free(project);
}

Test(collect, notices_a_file_that_changes_afterwards)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    struct buffer content = {0};
    write_skill(project, "Assets/A", "name: one");
    struct skills skills = collect(project);
    const struct skill *skill = skills_find(&skills, "one");
    cr_assert(skill_read_file(skill, &skill->files.items[0], &content, &error));
    cr_expect(strstr(content.data, "from Assets/A"));
    temp_project_write(project, "Assets/A/SKILL.md", "other");
    cr_assert_not(skill_read_file(skill, &skill->files.items[0], &content, &error));
    cr_expect(strstr(error.message, "was changed"), "%s", error.message);
    error_clear(&error);
    buffer_clear(&content);
    skills_clear(&skills);
    temp_project_free(project);
}
