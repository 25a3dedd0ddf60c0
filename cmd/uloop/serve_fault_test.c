/* What can be wrong with a project or its disk: told to the client and in the log, and survived. */

#include "base/memory.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE   "Temp/UnityCliLoop/server-state.json"
#define LIBRARY "Library/ScriptAssemblies/Assembly-CSharp.dll"

struct scene {
    struct temp_project *project;
    struct program *host;
};

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new()};
    temp_project_write(scene.project, "Assets/A.cs", "class A {}\n");
    return scene;
}

/* Makes the text a script that stands in for a compiler; $out is the library to make. */
static const char *fake_compiler(struct scene *scene, const char *script)
{
    char *text = memory_format("#!/bin/sh\n"
                               "out=$(sed -n 's/^-out:\"\\(.*\\)\"$/\\1/p' \"${1#@}\")\n%s\n",
                               script);
    const char *path = temp_project_write(scene->project, "compiler", text);
    free(text);
    cr_assert_eq(chmod(path, 0755), 0);
    return path;
}

static void start_host(struct scene *scene, const char *compiler, const struct program_limit *limit)
{
    const char *const arguments[] = {ULOOP_PROGRAM, "serve", "--compiler", compiler, NULL};
    scene->host = program_start_with(&(struct program_setup){.arguments = arguments,
                                                             .folder = scene->project->root,
                                                             .limits = limit,
                                                             .limit_count = limit ? 1 : 0});
    program_await_output_text(scene->host, "ready on ");
}

static void start_faked(struct scene *scene, const char *script)
{
    start_host(scene, fake_compiler(scene, script), NULL);
}

static void expect_uloop(const struct scene *scene, const char *command, int exit_code,
                         const char *words)
{
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, command, NULL},
                                         scene->project->root, NULL);
    const char *said = exit_code <= 1 ? end.out : end.err;
    cr_assert_eq(end.exit_code, exit_code, "%s: %s%s", command, end.out, end.err);
    cr_assert(strstr(said, words), "\"%s\" is not in: %s", words, said);
    program_end_clear(&end);
}

/* A compile that fails with these words, which the log has too; the host is ready again. */
static void expect_failure(struct scene *scene, const char *words)
{
    expect_uloop(scene, "compile", 1, words);
    program_await_error_text(scene->host, words);
    expect_uloop(scene, "status", 0, "\"ready\"");
}

static void scene_end(struct scene *scene)
{
    program_signal(scene->host, SIGTERM);
    struct program_end end = program_wait(scene->host);
    cr_assert_eq(end.exit_code, 0, "signal %d: %s", end.signal, end.err);
    program_end_clear(&end);
    cr_expect(strstr(temp_project_read(scene->project, STATE), "\"stopped\""));
}

/* --- The project --- */

static void add_assembly(struct scene *scene, const char *folder, const char *definition)
{
    char *path = memory_format("Assets/%s/Definition.asmdef", folder);
    char *source = memory_format("Assets/%s/Source.cs", folder);
    temp_project_write(scene->project, path, definition);
    temp_project_write(scene->project, source, "");
    free(source);
    free(path);
}

Test(serve_fault, names_who_is_in_a_cycle)
{
    struct scene scene = scene_new();
    add_assembly(&scene, "One", "{\"name\":\"One\",\"references\":[\"Two\"]}");
    add_assembly(&scene, "Two", "{\"name\":\"Two\",\"references\":[\"Three\"]}");
    add_assembly(&scene, "Three", "{\"name\":\"Three\",\"references\":[\"One\"]}");
    start_faked(&scene, ": > \"$out\"");
    expect_failure(&scene, "in a cycle: ");
    add_assembly(&scene, "Three", "{\"name\":\"Three\"}");
    expect_uloop(&scene, "compile", 0, "Compiled 4 of 4");
    scene_end(&scene);
}

Test(serve_fault, names_both_who_have_one_name)
{
    struct scene scene = scene_new();
    add_assembly(&scene, "One", "{\"name\":\"Same\"}");
    add_assembly(&scene, "Two", "{\"name\":\"same\"}");
    start_faked(&scene, ": > \"$out\"");
    expect_failure(&scene, "Assets/Two/Definition.asmdef: error: An assembly named same is also "
                           "defined by Assets/One/Definition.asmdef.");
    add_assembly(&scene, "Two", "{\"name\":\"Other\"}");
    temp_project_write(scene.project, "Assets/Two/Another.asmdef", "{\"name\":\"Another\"}");
    expect_failure(&scene, "The folder Assets/Two holds another assembly definition");
    scene_end(&scene);
}

Test(serve_fault, names_every_malformed_definition)
{
    static const char *const MALFORMED[] = {"",
                                            "{",
                                            "[]",
                                            "{}",
                                            "{\"name\":7}",
                                            "{\"name\":\"\"}",
                                            "{\"name\":\"../evil\"}",
                                            "{\"name\":\"a\",\"references\":7}",
                                            "{\"name\":\"a\",\"references\":[7]}",
                                            "\x01\x02"};
    struct scene scene = scene_new();
    start_faked(&scene, ": > \"$out\"");
    for (size_t at = 0; at < sizeof(MALFORMED) / sizeof(MALFORMED[0]); at++) {
        add_assembly(&scene, "One", MALFORMED[at]);
        expect_failure(&scene, "Assets/One/Definition.asmdef: error: ");
    }
    cr_expect_not(temp_project_has(scene.project, "Library/evil.dll"));
    add_assembly(&scene, "One", "{\"name\":\"One\"}");
    expect_uloop(&scene, "compile", 0, "Compiled 2 of 2");
    scene_end(&scene);
}

/* Root may read everything, unless what it starts is not allowed to. */
static void obey_permissions(void)
{
    static const int ABOVE[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH};
    for (size_t at = 0; at < sizeof(ABOVE) / sizeof(ABOVE[0]) && geteuid() == 0; at++) {
        if (prctl(PR_CAPBSET_DROP, ABOVE[at], 0, 0, 0) != 0)
            cr_skip_test("root cannot be held to permissions here");
    }
}

Test(serve_fault, names_what_it_may_not_read)
{
    struct scene scene = scene_new();
    const char *source = temp_project_write(scene.project, "Assets/B.cs", "class B {}\n");
    const char *folder = temp_project_make_folder(scene.project, "Assets/Secret");
    obey_permissions();
    start_faked(&scene, ": > \"$out\"");
    cr_assert_eq(chmod(source, 0), 0);
    expect_failure(&scene, "Assets/B.cs: permission denied");
    cr_assert_eq(chmod(source, 0644), 0);
    cr_assert_eq(chmod(folder, 0), 0);
    expect_failure(&scene, "Assets/Secret: permission denied");
    cr_assert_eq(chmod(folder, 0755), 0);
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
}

Test(serve_fault, is_not_held_up_by_what_is_no_source)
{
    struct scene scene = scene_new();
    const char *pipe = temp_project_path(scene.project, "Assets/B.cs");
    start_faked(&scene, ": > \"$out\"");
    cr_assert_eq(mkfifo(pipe, 0600), 0);
    expect_failure(&scene, "Assets/B.cs is not a regular file");
    cr_assert_eq(unlink(pipe), 0);
    cr_assert_eq(symlink("/nowhere", pipe), 0);
    temp_project_make_folder(scene.project, "Assets/C.cs");
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
}

/* --- The compiler --- */

#define NONE "No C# compiler is in any folder of PATH: neither mcs nor csc."

/* A project whose host finds programs in this folder only, which is empty. */
static const char *make_bare_path(struct scene *scene)
{
    return memory_format("PATH=%s", temp_project_make_folder(scene->project, "programs"));
}

static struct program_end run_bare(const struct scene *scene, const char *path,
                                   const char *const *arguments)
{
    return program_run_with(
        &(struct program_setup){.arguments = arguments,
                                .folder = scene->project->root,
                                .environment = (const char *const[]){path, NULL}});
}

Test(serve_fault, says_from_the_start_that_there_is_no_compiler)
{
    struct scene scene = scene_new();
    const char *path = make_bare_path(&scene);
    scene.host = program_start_with(
        &(struct program_setup){.arguments = (const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                                .folder = scene.project->root,
                                .environment = (const char *const[]){path, NULL}});
    program_await_output_text(scene.host, "ready on ");
    program_await_error_text(scene.host, NONE " Install one (Debian: mono-mcs)");
    struct program_end end =
        run_bare(&scene, path, (const char *const[]){ULOOP_PROGRAM, "serve", "--status", NULL});
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    cr_expect(strstr(end.out, "\"phase\": \"ready\""), "%s", end.out);
    cr_expect(strstr(end.out, "\"lastError\": \"" NONE), "%s", end.out);
    program_end_clear(&end);
    expect_uloop(&scene, "get-logs", 0, NONE);
    expect_failure(&scene, NONE);
    /* It is looked for again each time. */
    cr_assert_eq(rename(fake_compiler(&scene, ": > \"$out\""),
                        temp_project_path(scene.project, "programs/mcs")),
                 0);
    cr_assert_eq(symlink("/bin/sed", temp_project_path(scene.project, "programs/sed")), 0);
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    expect_uloop(&scene, "status", 0, "\"lastError\": null");
    scene_end(&scene);
    free((void *)path);
}

Test(serve_fault, says_in_the_background_too_that_there_is_no_compiler)
{
    struct scene scene = scene_new();
    const char *path = make_bare_path(&scene);
    struct program_end end =
        run_bare(&scene, path, (const char *const[]){ULOOP_PROGRAM, "serve", "--detach", NULL});
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    cr_expect(strstr(end.err, "uloop serve: " NONE), "%s", end.err);
    program_end_clear(&end);
    cr_expect(strstr(temp_project_read(scene.project, "Logs/uloop-serve.log"), NONE));
    end = run_bare(&scene, path, (const char *const[]){ULOOP_PROGRAM, "serve", "--stop", NULL});
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    cr_expect(strstr(temp_project_read(scene.project, STATE), "\"lastError\":null"));
    end = run_bare(&scene, path,
                   (const char *const[]){ULOOP_PROGRAM, "serve", "--detach", "--quiet", NULL});
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    cr_expect_str_eq(end.err, "");
    program_end_clear(&end);
    end = run_bare(&scene, path, (const char *const[]){ULOOP_PROGRAM, "serve", "--stop", NULL});
    program_end_clear(&end);
    free((void *)path);
}

/* --- The disk --- */

/* Lays a small disk over a folder, which only what this test starts can see. */
static const char *mount_disk(struct scene *scene, const char *folder, const char *size)
{
    const char *path = temp_project_make_folder(scene->project, folder);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", path, "tmpfs", 0, size) != 0)
        cr_skip_test("nothing can be mounted here");
    return path;
}

static void change_disk(const char *path, unsigned long flags, const char *size)
{
    cr_assert_eq(mount("none", path, "tmpfs", MS_REMOUNT | flags, size), 0, "%s", strerror(errno));
}

Test(serve_fault, says_that_the_disk_is_full_and_keeps_what_was_compiled)
{
    struct scene scene = scene_new();
    const char *disk = mount_disk(&scene, "Library", "size=1m");
    start_faked(&scene, "exec head -c 40000 /dev/zero > \"$out\"");
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    change_disk(disk, 0, "size=64k");
    temp_project_write(scene.project, "Assets/A.cs", "class B {}\n");
    expect_failure(&scene, "No space left on device");
    cr_expect_not(temp_project_has(scene.project, "Library/ScriptAssemblies.building"));
    cr_expect(temp_project_has(scene.project, LIBRARY));
    change_disk(disk, 0, "size=1m");
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
    cr_assert_eq(umount2(disk, MNT_DETACH), 0);
}

Test(serve_fault, says_that_the_disk_is_full_before_a_compiler_could_run)
{
    struct scene scene = scene_new();
    const char *disk = mount_disk(&scene, "Library", "size=8k,nr_inodes=3");
    start_faked(&scene, ": > \"$out\"");
    temp_project_write(scene.project, "Library/filler", "");
    expect_failure(&scene, "no space left on device");
    change_disk(disk, 0, "size=1m,nr_inodes=100");
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
    cr_assert_eq(umount2(disk, MNT_DETACH), 0);
}

Test(serve_fault, says_that_the_disk_is_read_only)
{
    struct scene scene = scene_new();
    const char *disk = mount_disk(&scene, "Library", "size=1m");
    change_disk(disk, MS_RDONLY, "size=1m");
    start_faked(&scene, ": > \"$out\"");
    expect_failure(&scene, "read-only file system");
    change_disk(disk, 0, "size=1m");
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
    cr_assert_eq(umount2(disk, MNT_DETACH), 0);
}

/* Fills the disk to the last byte with a file. */
static void fill_disk(const char *path)
{
    static const char zeros[4096];
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(file, 0);
    while (write(file, zeros, sizeof(zeros)) > 0)
        continue;
    cr_assert_eq(errno, ENOSPC);
    (void)close(file);
}

Test(serve_fault, begins_no_compile_that_it_could_not_announce)
{
    struct scene scene = scene_new();
    const char *disk = mount_disk(&scene, "Temp", "size=64k");
    const char *filler = temp_project_path(scene.project, "Temp/filler");
    start_faked(&scene, ": > \"$out\"");
    fill_disk(filler);
    expect_uloop(&scene, "compile", 5, "no space left on device");
    program_await_error_text(scene.host, "no compile was begun: ");
    expect_uloop(&scene, "status", 0, "\"ready\""); /* and so it is */
    expect_uloop(&scene, "get-logs", 0, "no space left on device");
    cr_assert_eq(unlink(filler), 0);
    expect_uloop(&scene, "compile", 0, "Compiled 1 of 1");
    scene_end(&scene);
    cr_assert_eq(umount2(disk, MNT_DETACH), 0);
}

Test(serve_fault, answers_when_the_disk_fills_up_while_it_compiles)
{
    struct scene scene = scene_new();
    const char *disk = mount_disk(&scene, "Temp", "size=64k");
    start_faked(&scene, ": > \"$out\"; head -c 1000000 /dev/zero > Temp/filler; true");
    struct program *compile = program_start((const char *const[]){ULOOP_PROGRAM, "compile", NULL},
                                            scene.project->root, NULL);
    program_await_error_text(scene.host, "the result could not be stored: ");
    program_await_error_text(scene.host, "the state cannot be written: ");
    /* Whoever looks now is told to wait: nobody is sent into a reload. */
    cr_expect(strstr(temp_project_read(scene.project, STATE), "\"compiling\""));
    cr_assert_eq(unlink(temp_project_path(scene.project, "Temp/filler")), 0);
    struct program_end end = program_wait(compile);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    cr_expect(strstr(end.out, "The result could not be stored: "), "%s", end.out);
    program_end_clear(&end);
    expect_uloop(&scene, "status", 0, "\"ready\"");
    scene_end(&scene);
    cr_assert_eq(umount2(disk, MNT_DETACH), 0);
}

Test(serve_fault, survives_a_limit_for_the_size_of_files)
{
    struct scene scene = scene_new();
    const struct program_limit limit = {.resource = RLIMIT_FSIZE, .value = 2048};
    for (int file = 0; file < 100; file++) {
        char *path = memory_format("Assets/A file with a long name, number %03d.cs", file);
        temp_project_write(scene.project, path, "");
        free(path);
    }
    start_host(&scene, fake_compiler(&scene, ": > \"$out\""), &limit);
    expect_failure(&scene, "file too large");
    scene_end(&scene);
}
