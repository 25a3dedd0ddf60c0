#include "skills/folder.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct folder_files read_skill(const char *path)
{
    struct folder_files files;
    struct error error = {0};
    cr_assert(folder_read_skill(path, &files, &error), "%s", error.message);
    return files;
}

static struct folder_files read_all(const char *path, const char *except)
{
    struct folder_files files;
    struct error error = {0};
    cr_assert(folder_read_all(path, except, &files, &error), "%s", error.message);
    return files;
}

static void expect_refused(const char *path, const char *part)
{
    struct folder_files files;
    struct error error = {0};
    cr_assert_not(folder_read_skill(path, &files, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, part), "%s", error.message);
    cr_expect_eq(files.count, (size_t)0);
    error_clear(&error);
}

Test(skill_folder, lists_names_with_their_kinds_and_in_order)
{
    struct temp_project *folder = temp_folder_new();
    struct folder_listing listing;
    struct error error = {0};
    temp_project_write(folder, "b", "");
    temp_project_make_folder(folder, "a");
    cr_assert_eq(symlink("b", temp_project_path(folder, "c")), 0);
    cr_assert(folder_list(folder->root, &listing, &error));
    cr_assert_eq(listing.count, (size_t)3);
    cr_expect_str_eq(listing.items[0].name, "a");
    cr_expect_eq(listing.items[0].kind, FOLDER_ITEM_FOLDER);
    cr_expect_eq(folder_find(&listing, "b")->kind, FOLDER_ITEM_FILE);
    cr_expect_eq(folder_find(&listing, "c")->kind, FOLDER_ITEM_OTHER);
    cr_expect_null(folder_find(&listing, "d"));
    folder_listing_clear(&listing);
    temp_project_free(folder);
}

Test(skill_folder, that_does_not_exist_is_empty)
{
    struct temp_project *folder = temp_folder_new();
    struct folder_files files = read_skill(temp_project_path(folder, "none"));
    cr_expect_eq(files.count, (size_t)0);
    folder_files_clear(&files);
    temp_project_free(folder);
}

Test(skill_folder, has_the_digests_of_its_files)
{
    struct temp_project *folder = temp_folder_new();
    temp_project_write(folder, "SKILL.md", "abc");
    temp_project_write(folder, "references/more.md", "");
    struct folder_files files = read_skill(folder->root);
    cr_assert_eq(files.count, (size_t)2);
    cr_expect_str_eq(folder_files_find(&files, "SKILL.md")->digest,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cr_expect_str_eq(folder_files_find(&files, "references/more.md")->digest,
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    folder_files_clear(&files);
    temp_project_free(folder);
}

Test(skill_folder, leaves_out_hidden_files_and_what_the_editor_puts_beside)
{
    struct temp_project *folder = temp_folder_new();
    temp_project_write(folder, "SKILL.md", "abc");
    temp_project_write(folder, "SKILL.md.meta", "guid");
    temp_project_write(folder, ".hidden", "");
    temp_project_write(folder, ".git/config", "");
    temp_project_write(folder, "references.meta", "");
    temp_project_make_folder(folder, "empty");
    struct folder_files files = read_skill(folder->root);
    cr_expect_eq(files.count, (size_t)1);
    folder_files_clear(&files);
    temp_project_free(folder);
}

Test(skill_folder, is_refused_with_what_is_no_file)
{
    struct temp_project *folder = temp_folder_new();
    temp_project_write(folder, "one/SKILL.md", "");
    temp_project_write(folder, "secret", "");
    cr_assert_eq(symlink("../secret", temp_project_path(folder, "one/link")), 0);
    expect_refused(temp_project_path(folder, "one"), "neither a file nor a folder");
    temp_project_write(folder, "two/SKILL.md", "");
    cr_assert_eq(mkfifo(temp_project_path(folder, "two/pipe"), 0600), 0);
    expect_refused(temp_project_path(folder, "two"), "neither a file nor a folder");
    temp_project_write(folder, "three/\xFF", "");
    expect_refused(temp_project_path(folder, "three"), "not UTF-8");
    temp_project_free(folder);
}

Test(skill_folder, is_refused_over_the_limits)
{
    struct temp_project *folder = temp_folder_new();
    for (int i = 0; i <= FOLDER_MOST_FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "many/%d", i);
        temp_project_write(folder, name, "");
    }
    expect_refused(temp_project_path(folder, "many"), "256 of a skill");
    temp_project_write(folder, "deep/1/2/3/4/5/6/7/8/9/SKILL.md", "");
    expect_refused(temp_project_path(folder, "deep"), "than 8 folders");
    temp_project_write(folder, "large/a", "a");
    temp_project_write(folder, "large/b", "b");
    cr_assert_eq(truncate(temp_project_path(folder, "large/a"), (off_t)FOLDER_MOST_BYTES), 0);
    expect_refused(temp_project_path(folder, "large"), "a skill is larger");
    temp_project_free(folder);
}

Test(skill_folder, that_was_installed_is_read_with_everything_in_it)
{
    struct temp_project *folder = temp_folder_new();
    temp_project_write(folder, "SKILL.md", "abc");
    temp_project_write(folder, "marker", "");
    temp_project_write(folder, "below/marker", "");
    temp_project_write(folder, ".hidden", "");
    temp_project_make_folder(folder, "empty");
    cr_assert_eq(symlink("SKILL.md", temp_project_path(folder, "link")), 0);
    struct folder_files files = read_all(folder->root, "marker");
    cr_expect_eq(files.count, (size_t)5);
    cr_expect_null(folder_files_find(&files, "marker"));
    cr_expect(folder_files_find(&files, "below/marker"));
    cr_expect(folder_files_find(&files, ".hidden"));
    cr_expect_str_empty(folder_files_find(&files, "empty")->digest);
    cr_expect_str_empty(folder_files_find(&files, "link")->digest);
    folder_files_clear(&files);
    temp_project_free(folder);
}

Test(skill_folder, is_equal_to_another_with_the_same_contents_alone)
{
    struct folder_files a = {0};
    struct folder_files b = {0};
    cr_expect(folder_files_equal(&a, &b));
    folder_files_add(&a, "one", "11");
    cr_expect_not(folder_files_equal(&a, &b));
    folder_files_add(&b, "one", "11");
    cr_expect(folder_files_equal(&a, &b));
    folder_files_add(&a, "two", "22");
    folder_files_add(&b, "two", "23");
    cr_expect_not(folder_files_equal(&a, &b));
    folder_files_clear(&b);
    folder_files_add(&b, "two", "22");
    folder_files_add(&b, "one", "11");
    cr_expect(folder_files_equal(&a, &b));
    folder_files_add(&a, "three", "");
    folder_files_add(&b, "three", "");
    cr_expect_not(folder_files_equal(&a, &b), "what is no file is never the same");
    folder_files_clear(&a);
    folder_files_clear(&b);
}
