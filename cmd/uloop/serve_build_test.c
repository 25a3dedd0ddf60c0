/* A project of some size, compiled by the host with the compiler that is installed. */

#include "base/memory.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ASSEMBLIES = 12,
    FILES = 25 /* in each */
};

#define OUTPUT "Library/ScriptAssemblies"

/* A tree: number 0 is what all others stand on, 5 to 11 are what nobody refers to. */
static int below(int assembly)
{
    return (assembly - 1) / 2;
}

static void write_definition(struct temp_project *project, int assembly)
{
    char *path = memory_format("Assets/Part %02d/Part%02d.asmdef", assembly, assembly);
    char *text = assembly == 0
                     ? memory_copy_string("{\"name\":\"Part00\"}")
                     : memory_format("{\"name\":\"Part%02d\",\"references\":[\"Part%02d\"]}",
                                     assembly, below(assembly));
    temp_project_write(project, path, text);
    free(text);
    free(path);
}

/* A class whose value comes from the class of the same number one part below. */
static void write_source(struct temp_project *project, int assembly, int file, const char *more)
{
    char *path = memory_format("Assets/Part %02d/C%02d.cs", assembly, file);
    char *value = assembly == 0
                      ? memory_format("%d", file)
                      : memory_format("new Part%02d.C%02d().Value() + 1", below(assembly), file);
    char *text = memory_format("namespace Part%02d {\n"
                               "    public class C%02d {\n"
                               "        public int Value() { return %s; }\n"
                               "        %s\n"
                               "    }\n"
                               "}\n",
                               assembly, file, value, more);
    temp_project_write(project, path, text);
    free(text);
    free(value);
    free(path);
}

struct scene {
    struct temp_project *project;
    struct program *host;
};

static struct scene scene_new(void)
{
    struct scene scene = {.project = temp_project_new()};
    if (access("/usr/bin/mcs", X_OK) != 0)
        cr_skip_test("mcs is not installed");
    for (int assembly = 0; assembly < ASSEMBLIES; assembly++) {
        write_definition(scene.project, assembly);
        for (int file = 0; file < FILES; file++)
            write_source(scene.project, assembly, file, "");
    }
    scene.host = program_start((const char *const[]){ULOOP_PROGRAM, "serve", NULL},
                               scene.project->root, NULL);
    program_await_output_text(scene.host, "ready on ");
    return scene;
}

static void scene_end(struct scene *scene)
{
    program_signal(scene->host, SIGTERM);
    struct program_end end = program_wait(scene->host);
    cr_expect_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
}

/* Compiles; what is printed must contain the words. The caller clears. */
static struct program_end compile(const struct scene *scene, int exit_code, const char *words)
{
    struct program_end end = program_run((const char *const[]){ULOOP_PROGRAM, "compile", NULL},
                                         scene->project->root, NULL);
    cr_assert_eq(end.exit_code, exit_code, "%s%s", end.out, end.err);
    cr_assert(strstr(end.out, words), "\"%s\" is not in: %s", words, end.out);
    return end;
}

static void expect_compile(const struct scene *scene, int exit_code, const char *words)
{
    struct program_end end = compile(scene, exit_code, words);
    program_end_clear(&end);
}

/* Which file lies under the name of an assembly now. */
static ino_t library(const struct scene *scene, int assembly)
{
    struct stat found;
    char *path = memory_format(OUTPUT "/Part%02d.dll", assembly);
    cr_assert_eq(stat(temp_project_path(scene->project, path), &found), 0, "%s", path);
    free(path);
    return found.st_ino;
}

Test(serve_build, compiles_what_an_edit_reaches_and_nothing_else)
{
    struct scene scene = scene_new();
    expect_compile(&scene, 0, "Compiled 12 of 12 assemblies");
    expect_compile(&scene, 0, "Nothing changed: 12 assemblies are up to date");
    write_source(scene.project, 11, 24, "public int More;");
    expect_compile(&scene, 0, "Compiled 1 of 12 assemblies");
    write_source(scene.project, 2, 7, "public int More;");
    expect_compile(&scene, 0, "Compiled 4 of 12 assemblies"); /* 2, 5, 6, and 11 above 5 */
    expect_compile(&scene, 0, "Nothing changed");
    scene_end(&scene);
}

Test(serve_build, tells_an_error_in_the_deepest_assembly_once)
{
    struct scene scene = scene_new();
    expect_compile(&scene, 0, "Compiled 12 of 12 assemblies");
    ino_t lowest = library(&scene, 0), highest = library(&scene, 11);
    write_source(scene.project, 0, 13, "int Wrong = \"text\";");
    struct program_end end = compile(&scene, 1, "\"ErrorCount\": 1,");
    cr_expect(strstr(end.out, "\"Message\": \"Assets/Part 00/C13.cs(4,"), "%s", end.out);
    cr_expect(strstr(end.out, "\"File\": \"Assets/Part 00/C13.cs\",\n      \"Line\": 4"), "%s",
              end.out);
    program_end_clear(&end);
    cr_expect_eq(library(&scene, 0), lowest); /* the old ones are all still there */
    cr_expect_eq(library(&scene, 11), highest);
    write_source(scene.project, 0, 13, "");
    expect_compile(&scene, 0, "Nothing changed");
    write_source(scene.project, 0, 13, "int Right = 1; public int Get() { return Right; }");
    expect_compile(&scene, 0, "Compiled 12 of 12 assemblies");
    scene_end(&scene);
}

Test(serve_build, tells_the_errors_of_every_assembly_that_has_any)
{
    struct scene scene = scene_new();
    write_source(scene.project, 3, 0, "int Wrong = \"text\";");
    write_source(scene.project, 4, 0, "int Wrong = \"text\";");
    write_source(scene.project, 6, 0, "int Wrong = \"text\";");
    struct program_end end = compile(&scene, 1, "\"ErrorCount\": 3,");
    const char *third = strstr(end.out, "Part 03"), *fourth = strstr(end.out, "Part 04");
    cr_expect(third && fourth && third < fourth && strstr(fourth, "Part 06"), "%s", end.out);
    program_end_clear(&end);
    scene_end(&scene);
}
