#include "base/path.h"
#include "skills/marker.h"
#include "skills/shelf.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A project with one skill of its own, and the skills collected from it. */
struct scene {
    struct temp_project *project;
    struct skills skills;
};

static void collect(struct scene *scene)
{
    struct error error = {0};
    skills_clear(&scene->skills);
    cr_assert(skills_collect(scene->project->root, &scene->skills, &error), "%s", error.message);
}

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new()};
    temp_project_write(scene.project, "Assets/Skill/SKILL.md", "---\nname: one\n---\nfirst\n");
    temp_project_write(scene.project, "Assets/Skill/more/data.txt", "data\n");
    collect(&scene);
    return scene;
}

static void scene_free(struct scene *scene)
{
    skills_clear(&scene->skills);
    temp_project_free(scene->project);
}

static void write_file(const struct scene *scene, const char *path, const char *text)
{
    temp_project_write(scene->project, path, text);
}

static bool has(const struct scene *scene, const char *path)
{
    return temp_project_has(scene->project, path);
}

static void expect_content(const struct scene *scene, const char *path, const char *text)
{
    const char *content = temp_project_read(scene->project, path);
    cr_assert(content, "%s is missing", path);
    cr_expect_str_eq(content, text);
}

enum action {
    LOOK,
    INSTALL,
    UNINSTALL
};

/* Does one thing with a target's shelf; the caller clears the report. */
static struct shelf_report act(const struct scene *scene, enum action action,
                               enum skill_target_index target, bool flat)
{
    struct shelf shelf;
    struct shelf_report report = {0};
    struct error error = {0};
    bool done =
        shelf_open(&shelf, &SKILL_TARGETS[target], scene->project->root, false, flat, &error);
    cr_assert(done, "%s", error.message);
    if (action == LOOK)
        done = shelf_look(&shelf, &scene->skills, &report, &error);
    else if (action == INSTALL)
        done = shelf_install(&shelf, &scene->skills, &report, &error);
    else
        done = shelf_uninstall(&shelf, &report, &error);
    cr_assert(done, "%s", error.message);
    shelf_tidy(&shelf);
    shelf_close(&shelf);
    return report;
}

static const struct shelf_entry *find(const struct shelf_report *report, const char *name)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->items[i].name, name) == 0)
            return &report->items[i];
    }
    return NULL;
}

static void expect_status(const struct scene *scene, enum skill_target_index target,
                          const char *name, enum skill_status status)
{
    struct shelf_report report = act(scene, LOOK, target, false);
    const struct shelf_entry *entry = find(&report, name);
    cr_assert(entry, "%s is not there", name);
    cr_expect_eq(entry->status, status, "%s is %s", name, skill_status_name(entry->status));
    shelf_report_clear(&report);
}

static void expect_outcome(const struct scene *scene, enum action action,
                           enum skill_target_index target, const char *name,
                           enum skill_outcome outcome)
{
    struct shelf_report report = act(scene, action, target, false);
    const struct shelf_entry *entry = find(&report, name);
    cr_assert(entry, "%s is not there", name);
    cr_expect_eq(entry->outcome, outcome, "%s is %s", name, skill_outcome_name(entry->outcome));
    shelf_report_clear(&report);
}

static void do_only(const struct scene *scene, enum action action, enum skill_target_index target,
                    bool flat)
{
    struct shelf_report report = act(scene, action, target, flat);
    shelf_report_clear(&report);
}

Test(shelf, goes_from_missing_to_installed_to_outdated_and_back)
{
    struct scene scene = scene_new();
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_MISSING);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_ADDED);
    expect_content(&scene, ".claude/skills/one/SKILL.md", "---\nname: one\n---\nfirst\n");
    expect_content(&scene, ".claude/skills/one/more/data.txt", "data\n");
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_INSTALLED);
    expect_status(&scene, SKILL_FOR_CLAUDE, "uloop-compile", SKILL_INSTALLED);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_UNTOUCHED);

    write_file(&scene, "Assets/Skill/SKILL.md", "---\nname: one\n---\nsecond\n");
    cr_assert_eq(remove(temp_project_path(scene.project, "Assets/Skill/more/data.txt")), 0);
    collect(&scene);
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_OUTDATED);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_UPDATED);
    expect_content(&scene, ".claude/skills/one/SKILL.md", "---\nname: one\n---\nsecond\n");
    cr_expect_not(has(&scene, ".claude/skills/one/more"));
    cr_expect_eq(temp_project_count(scene.project, ".claude/skills"), scene.skills.count);

    expect_outcome(&scene, UNINSTALL, SKILL_FOR_CLAUDE, "one", SKILL_REMOVED);
    cr_expect_not(has(&scene, ".claude"));
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_MISSING);
    scene_free(&scene);
}

Test(shelf, leaves_folders_that_were_there_before)
{
    struct scene scene = scene_new();
    temp_project_make_folder(scene.project, ".claude/skills");
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect_eq(temp_project_count(scene.project, ".claude/skills"), (size_t)0);

    temp_project_make_folder(scene.project, ".codex");
    do_only(&scene, INSTALL, SKILL_FOR_CODEX, false);
    cr_expect(has(&scene, ".codex/skills/uloop/one/SKILL.md"));
    do_only(&scene, UNINSTALL, SKILL_FOR_CODEX, false);
    cr_expect_eq(temp_project_count(scene.project, ".codex"), (size_t)0);
    scene_free(&scene);
}

Test(shelf, remembers_which_folders_it_made_when_a_later_installation_finds_them_there)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    write_file(&scene, "Assets/Two/SKILL.md", "---\nname: two\n---\n");
    write_file(&scene, "Assets/Skill/SKILL.md", "---\nname: one\n---\nsecond\n");
    collect(&scene);
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect_not(has(&scene, ".claude"));
    scene_free(&scene);
}

Test(shelf, leaves_a_foreign_skill_alone)
{
    struct scene scene = scene_new();
    write_file(&scene, ".claude/skills/one/SKILL.md", "mine");
    write_file(&scene, ".claude/skills/other/SKILL.md", "mine too");
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_FOREIGN);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_KEPT);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "uloop-fix", SKILL_UNTOUCHED);
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    expect_content(&scene, ".claude/skills/one/SKILL.md", "mine");
    expect_content(&scene, ".claude/skills/other/SKILL.md", "mine too");
    cr_expect_eq(temp_project_count(scene.project, ".claude/skills"), (size_t)2);
    scene_free(&scene);
}

Test(shelf, leaves_a_skill_alone_that_was_changed_since)
{
    static const char *const additions[] = {"SKILL.md", "more/data.txt", "note.txt", ".hidden"};
    for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]); i++) {
        struct scene scene = scene_new();
        char *path = memory_format(".claude/skills/one/%s", additions[i]);
        do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
        write_file(&scene, path, "by hand");
        expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_CHANGED);
        write_file(&scene, "Assets/Skill/SKILL.md", "---\nname: one\n---\nsecond\n");
        collect(&scene);
        expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_KEPT);
        expect_outcome(&scene, UNINSTALL, SKILL_FOR_CLAUDE, "one", SKILL_KEPT);
        expect_content(&scene, path, "by hand");
        cr_expect_eq(temp_project_count(scene.project, ".claude/skills"), (size_t)1);
        free(path);
        scene_free(&scene);
    }
}

Test(shelf, counts_a_removed_file_as_a_change)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_assert_eq(remove(temp_project_path(scene.project, ".claude/skills/one/more/data.txt")), 0);
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_CHANGED);
    scene_free(&scene);
}

Test(shelf, does_not_believe_a_marker_that_was_moved)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_assert_eq(rename(temp_project_path(scene.project, ".claude/skills/one"),
                        temp_project_path(scene.project, ".claude/skills/mine")),
                 0);
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect(has(&scene, ".claude/skills/mine/SKILL.md"));
    cr_expect_eq(temp_project_count(scene.project, ".claude/skills"), (size_t)1);
    scene_free(&scene);
}

Test(shelf, does_not_do_what_a_forged_marker_says)
{
    struct scene scene = scene_new();
    write_file(&scene, "precious", "x");
    write_file(&scene, ".claude/skills/evil/" MARKER_FILE,
               "{\"installedBy\":\"uloop\",\"name\":\"evil\",\"madeFolders\":9007199254740991,"
               "\"files\":{\"../../../precious\":\"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db"
               "02258717921a4881\"}}");
    expect_outcome(&scene, UNINSTALL, SKILL_FOR_CLAUDE, "evil", SKILL_KEPT);
    cr_expect(has(&scene, "precious"));
    cr_expect(has(&scene, ".claude/skills/evil"));
    scene_free(&scene);
}

Test(shelf, names_what_is_ours_and_no_longer_collected)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_assert_eq(remove(temp_project_path(scene.project, "Assets/Skill/SKILL.md")), 0);
    collect(&scene);
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_ORPHANED);
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect(has(&scene, ".claude/skills/one"));
    expect_outcome(&scene, UNINSTALL, SKILL_FOR_CLAUDE, "one", SKILL_REMOVED);
    cr_expect_not(has(&scene, ".claude"));
    scene_free(&scene);
}

Test(shelf, moves_skills_between_the_layouts)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CODEX, false);
    cr_expect(has(&scene, ".codex/skills/uloop/one/SKILL.md"));
    do_only(&scene, INSTALL, SKILL_FOR_CODEX, true);
    cr_expect(has(&scene, ".codex/skills/one/SKILL.md"));
    cr_expect_not(has(&scene, ".codex/skills/uloop"));
    expect_status(&scene, SKILL_FOR_CODEX, "one", SKILL_INSTALLED);
    do_only(&scene, INSTALL, SKILL_FOR_CODEX, false);
    cr_expect(has(&scene, ".codex/skills/uloop/one/SKILL.md"));
    cr_expect_not(has(&scene, ".codex/skills/one"));
    do_only(&scene, UNINSTALL, SKILL_FOR_CODEX, true);
    cr_expect_not(has(&scene, ".codex"));
    scene_free(&scene);
}

static void expect_refused(const struct scene *scene, const char *part)
{
    struct shelf shelf;
    struct error error = {0};
    cr_assert_not(shelf_open(&shelf, &SKILL_TARGETS[SKILL_FOR_CLAUDE], scene->project->root, false,
                             false, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, part), "%s", error.message);
    error_clear(&error);
}

Test(shelf, follows_a_link_within_the_project_and_none_out_of_it)
{
    struct scene scene = scene_new();
    struct temp_project *outside = temp_folder_new();
    const char *link = temp_project_path(scene.project, ".claude");
    cr_assert_eq(symlink(outside->root, link), 0);
    expect_refused(&scene, "leads out of");
    cr_assert_eq(unlink(link), 0);
    temp_project_make_folder(scene.project, ".claude");
    link = temp_project_path(scene.project, ".claude/skills");
    cr_assert_eq(symlink(outside->root, link), 0);
    expect_refused(&scene, "leads out of");
    cr_assert_eq(unlink(link), 0);
    cr_assert_eq(symlink("nowhere", link), 0);
    expect_refused(&scene, "Cannot resolve");
    cr_assert_eq(unlink(link), 0);
    temp_project_make_folder(scene.project, "shared/skills");
    cr_assert_eq(symlink("../shared/skills", link), 0);
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect(has(&scene, "shared/skills/one/SKILL.md"));
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect_eq(temp_project_count(scene.project, "shared/skills"), (size_t)0);
    cr_expect(path_is_link(link));
    cr_expect_eq(temp_project_count(outside, ""), (size_t)0);
    temp_project_free(outside);
    scene_free(&scene);
}

Test(shelf, takes_a_link_in_a_skills_place_for_foreign)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_assert_eq(rename(temp_project_path(scene.project, ".claude/skills/one"),
                        temp_project_path(scene.project, "one")),
                 0);
    cr_assert_eq(symlink("../../one", temp_project_path(scene.project, ".claude/skills/one")), 0);
    expect_status(&scene, SKILL_FOR_CLAUDE, "one", SKILL_FOREIGN);
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    do_only(&scene, UNINSTALL, SKILL_FOR_CLAUDE, false);
    cr_expect(has(&scene, "one/SKILL.md"));
    cr_expect(has(&scene, ".claude/skills/one"));
    scene_free(&scene);
}

Test(shelf, says_what_is_in_its_way)
{
    struct scene scene = scene_new();
    write_file(&scene, ".claude", "a file");
    struct shelf shelf;
    struct shelf_report report = {0};
    struct error error = {0};
    bool done = shelf_open(&shelf, &SKILL_TARGETS[SKILL_FOR_CLAUDE], scene.project->root, false,
                           false, &error) &&
                shelf_install(&shelf, &scene.skills, &report, &error);
    cr_expect_not(done);
    cr_expect(strstr(error.message, ".claude"), "%s", error.message);
    expect_content(&scene, ".claude", "a file");
    error_clear(&error);
    shelf_report_clear(&report);
    shelf_close(&shelf);
    scene_free(&scene);
}

/* The id of a process that is gone. */
static int dead_pid(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return (int)pid;
}

Test(shelf, clears_up_after_an_installation_that_was_killed)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    char *ours = memory_format(".claude/skills/.one.%d.old", dead_pid());
    char *living = memory_format(".claude/skills/.one.%d.new", (int)getppid());
    char *foreign = memory_format(".claude/skills/.two.%d.new", dead_pid());
    cr_assert_eq(rename(temp_project_path(scene.project, ".claude/skills/one"),
                        temp_project_path(scene.project, ours)),
                 0);
    do_only(&scene, INSTALL, SKILL_FOR_CURSOR, false);
    cr_assert_eq(rename(temp_project_path(scene.project, ".cursor/skills/one"),
                        temp_project_path(scene.project, living)),
                 0);
    temp_project_make_folder(scene.project, foreign);
    expect_outcome(&scene, INSTALL, SKILL_FOR_CLAUDE, "one", SKILL_ADDED);
    cr_expect_not(has(&scene, ours));
    cr_expect(has(&scene, living), "another process is still at it");
    cr_expect(has(&scene, foreign));
    free(foreign);
    free(living);
    free(ours);
    scene_free(&scene);
}

Test(shelf, clears_up_no_file_that_it_does_not_know)
{
    struct scene scene = scene_new();
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    char *old = memory_format(".claude/skills/.one.%d.old", dead_pid());
    char *note = memory_format("%s/note", old);
    cr_assert_eq(rename(temp_project_path(scene.project, ".claude/skills/one"),
                        temp_project_path(scene.project, old)),
                 0);
    write_file(&scene, note, "mine");
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    expect_content(&scene, note, "mine");
    free(note);
    free(old);
    scene_free(&scene);
}

Test(shelf, keeps_the_permission_to_run_a_script)
{
    struct scene scene = scene_new();
    struct stat status;
    write_file(&scene, "Assets/Skill/run.sh", "#!/bin/sh\n");
    cr_assert_eq(chmod(temp_project_path(scene.project, "Assets/Skill/run.sh"), 0755), 0);
    collect(&scene);
    do_only(&scene, INSTALL, SKILL_FOR_CLAUDE, false);
    cr_assert_eq(stat(temp_project_path(scene.project, ".claude/skills/one/run.sh"), &status), 0);
    cr_expect(status.st_mode & S_IXUSR);
    cr_assert_eq(stat(temp_project_path(scene.project, ".claude/skills/one/SKILL.md"), &status), 0);
    cr_expect_not(status.st_mode & S_IXUSR);
    scene_free(&scene);
}

Test(shelf, lies_below_the_home_folder_for_all_projects)
{
    static const char *const folders[SKILL_TARGET_COUNT] = {
        ".claude/skills/one",
        ".codex/skills/uloop/one",
        ".cursor/skills/one",
        ".gemini/skills/one",
        ".agents/skills/one",
        ".codeium/windsurf/skills/one",
        ".gemini/antigravity/skills/one",
    };
    struct scene scene = scene_new();
    for (size_t i = 0; i < SKILL_TARGET_COUNT; i++) {
        struct shelf shelf;
        struct error error = {0};
        struct shelf_report report = {0};
        cr_assert(shelf_open(&shelf, &SKILL_TARGETS[i], scene.project->root, true, false, &error));
        cr_assert(shelf_install(&shelf, &scene.skills, &report, &error), "%s", error.message);
        cr_expect(has(&scene, folders[i]), "%s", folders[i]);
        shelf_report_clear(&report);
        shelf_close(&shelf);
    }
    scene_free(&scene);
}
