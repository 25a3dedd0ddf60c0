/*
 * Many cycles of compile and reload, with several clients at once. How many: ULOOP_CYCLES, or a few
 * (docs/testing.md).
 */

#include "base/memory.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CLIENTS = 4,
    FEW_CYCLES = 12,
    BROKEN_EVERY = 3,        /* rounds: the sources of one in so many have an error */
    CYCLES_FOR_MEMORY = 400, /* from here on memory is looked at: fewer say nothing */
    MOST_TRIES = 100,        /* of one client that is told that the server is busy */
    CONSOLE_LINES = 1000,
    WARM_UP_ROUNDS = 100, /* which do not count: a heap takes its size in some hundred cycles */
    GENERATION_LENGTH = 32,
};

/* Refuses sources whose first line says BROKEN, repeating that line. */
#define COMPILER                                                                                   \
    "#!/bin/sh\n"                                                                                  \
    "while IFS= read -r line; do\n"                                                                \
    "    case $line in -out:*) out=${line#-out:\\\"}; out=${out%\\\"} ;; esac\n"                   \
    "done <\"${1#@}\"\n"                                                                           \
    "read -r first <Assets/A.cs\n"                                                                 \
    "case $first in *BROKEN*) echo \"Assets/A.cs(1,1): error CS1: $first\"; exit 1 ;; esac\n"      \
    "echo \"$first\" >\"$out\"\n"

struct scene {
    struct temp_project *project;
    struct program *host;
    long cycles;
    double *memory; /* of the host, in KiB, after each round that counts */
    size_t rounds;
};

static long wanted_cycles(void)
{
    const char *text = getenv("ULOOP_CYCLES");
    long cycles = text ? strtol(text, NULL, 10) : FEW_CYCLES;
    cr_assert(cycles > 0 && cycles <= 1000000, "ULOOP_CYCLES=%s is no number of cycles", text);
    return cycles;
}

static void start_host(struct scene *scene)
{
    *scene = (struct scene){.project = temp_project_new(), .cycles = wanted_cycles()};
    const char *compiler = temp_project_write(scene->project, "compiler", COMPILER);
    cr_assert_eq(chmod(compiler, 0755), 0);
    temp_project_write(scene->project, "Assets/A.cs", "// first\n");
    scene->memory = memory_new((size_t)scene->cycles * sizeof(*scene->memory));
    scene->host =
        program_start((const char *const[]){ULOOP_PROGRAM, "serve", "--compiler", compiler, NULL},
                      scene->project->root, NULL);
    program_await_output_text(scene->host, "ready on ");
}

static struct program *start_client(const struct scene *scene)
{
    return program_start((const char *const[]){ULOOP_PROGRAM, "compile", "--force-recompile", NULL},
                         scene->project->root, NULL);
}

/* Waits until a client has its result; one that was told that the server is busy asks again. */
static struct program_end await_result(const struct scene *scene, struct program *client)
{
    struct program_end end = program_wait(client);
    for (int tries = 0; end.exit_code == 5 && strstr(end.err, "UNITY_SERVER_BUSY"); tries++) {
        cr_assert_lt(tries, MOST_TRIES, "the server is always busy: %s", end.err);
        program_end_clear(&end);
        end = program_wait(start_client(scene));
    }
    return end;
}

/* All clients compile the same sources at once, each for itself. */
static void run_round(const struct scene *scene, size_t round, bool is_broken)
{
    struct program *clients[CLIENTS];
    char *line = memory_format("// %s in round %zu", is_broken ? "BROKEN" : "sound", round);
    char *source = memory_format("%s\n", line);
    temp_project_write(scene->project, "Assets/A.cs", source);
    for (size_t at = 0; at < CLIENTS; at++)
        clients[at] = start_client(scene);
    for (size_t at = 0; at < CLIENTS; at++) {
        struct program_end end = await_result(scene, clients[at]);
        cr_assert_eq(end.exit_code, is_broken, "round %zu, client %zu: exit code %d: %s%s", round,
                     at, end.exit_code, end.out, end.err);
        cr_assert(strstr(end.out, is_broken ? line : "\"Compiled 1 of 1 assembly"), "%s", end.out);
        program_end_clear(&end);
    }
    free(line);
    free(source);
}

/* What the process has allocated and touched, in KiB; pages of the program's file, which it shares
 * with the clients, do not count. 0 where the system does not say. */
static double own_memory(pid_t pid)
{
    char line[256];
    double memory = 0;
    char *path = memory_format("/proc/%ld/smaps_rollup", (long)pid);
    FILE *file = fopen(path, "r");
    free(path);
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "Anonymous:", strlen("Anonymous:")) == 0)
            memory = strtod(line + strlen("Anonymous:"), NULL);
    }
    if (file)
        (void)fclose(file);
    return memory;
}

/* The host keeps the lines of its last 1,000 compiles. Memory is compared once they are there:
 * compiles that change nothing bring them quickly. */
static void fill_console(const struct scene *scene)
{
    for (int at = 0; at < CONSOLE_LINES; at++) {
        struct program_end end = program_run(
            (const char *const[]){ULOOP_PROGRAM, "compile", "--no-wait-for-domain-reload", NULL},
            scene->project->root, NULL);
        cr_assert_eq(end.exit_code, 0, "%s%s", end.out, end.err);
        program_end_clear(&end);
    }
}

/* Stored results stay for two minutes; nobody wants these any more, and listing ever more of them
 * would take ever more memory. */
static void remove_results(const struct scene *scene)
{
    const char *folder = temp_project_path(scene->project, "Temp/UnityCliLoop/compile-results");
    DIR *results = opendir(folder);
    cr_assert_not_null(results);
    for (const struct dirent *entry; (entry = readdir(results));) {
        if (strstr(entry->d_name, ".json"))
            (void)unlinkat(dirfd(results), entry->d_name, 0);
    }
    (void)closedir(results);
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t at = 0; at < count; at++)
        sum += values[at];
    return sum / (double)count;
}

static void expect_flat_memory(const struct scene *scene)
{
    size_t half = scene->rounds / 2;
    double first = mean(scene->memory, half);
    double last = mean(scene->memory + scene->rounds - half, half);
    (void)fprintf(stderr, "memory of the host: %.0f KiB, then %.0f KiB (%+.2f %%)\n", first, last,
                  (last / first - 1) * 100);
    cr_expect_leq(last, first * 1.02, "the host's memory grows");
}

/* What the host has published, as its log says. */
struct published {
    char phase[16];
    char reason[40];
    char generation[GENERATION_LENGTH + 1];
};

/* The log's next line about a phase; *at moves behind it. */
static bool next_published(const char **at, struct published *published)
{
    while (**at) {
        size_t length = strcspn(*at, "\n");
        char *line = memory_copy_bytes(*at, length);
        const char *text = strstr(line, "] ");
        bool found = text && sscanf(text, "] %15[a-z] [%39[a-z-]] %32[0-9a-f]", published->phase,
                                    published->reason, published->generation) == 3;
        *at += length + ((*at)[length] == '\n');
        free(line);
        if (found)
            return true;
    }
    return false;
}

static bool may_follow(const char *before, const char *after)
{
    static const char *const PAIRS[] = {
        "starting ready",       "ready compiling",  "compiling ready", "ready reloading",
        "reloading recovering", "recovering ready", "ready stopping",  "stopping stopped",
    };
    char *pair = memory_format("%s %s", before, after);
    bool may = false;
    for (size_t at = 0; at < sizeof(PAIRS) / sizeof(PAIRS[0]) && !may; at++)
        may = strcmp(PAIRS[at], pair) == 0;
    free(pair);
    return may;
}

static int compare_generations(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* The phases in their order; only the end of a compile brings a generation back, the one before. */
static long check_log(const char *log)
{
    struct published before_compile = {0}, last = {.phase = "none"}, now;
    size_t count = 0, size = strlen(log) / GENERATION_LENGTH + 1;
    char(*generations)[GENERATION_LENGTH + 1] = memory_new(size * sizeof(*generations));
    long reloads = 0;
    for (const char *at = log; next_published(&at, &now); last = now) {
        if (strcmp(last.phase, "none") == 0)
            cr_assert_str_eq(now.phase, "starting");
        else
            cr_assert(may_follow(last.phase, now.phase), "%s after %s", now.phase, last.phase);
        if (strcmp(now.phase, "compiling") == 0)
            before_compile = last;
        reloads += strcmp(now.phase, "reloading") == 0;
        if (strcmp(last.phase, "compiling") == 0)
            cr_assert_str_eq(now.generation, before_compile.generation);
        else
            memcpy(generations[count++], now.generation, sizeof(now.generation));
    }
    cr_assert_str_eq(last.phase, "stopped");
    qsort(generations, count, sizeof(*generations), compare_generations);
    for (size_t at = 1; at < count; at++)
        cr_assert_str_neq(generations[at - 1], generations[at], "a generation came twice");
    free(generations);
    return reloads;
}

Test(cycles, give_every_one_of_several_clients_its_result)
{
    struct scene scene;
    long done = 0, counted = 0;
    start_host(&scene);
    bool looks_at_memory = scene.cycles >= CYCLES_FOR_MEMORY;
    size_t warm_up = looks_at_memory ? WARM_UP_ROUNDS : 0;
    for (size_t round = 0; counted < scene.cycles; round++) {
        bool is_broken = round % BROKEN_EVERY == BROKEN_EVERY - 1;
        run_round(&scene, round, is_broken);
        if (round == 0 && looks_at_memory)
            fill_console(&scene);
        remove_results(&scene);
        done += is_broken ? 0 : CLIENTS;
        if (round < warm_up)
            continue;
        counted += is_broken ? 0 : CLIENTS;
        scene.memory[scene.rounds++] = own_memory(program_pid(scene.host));
    }
    program_signal(scene.host, SIGTERM);
    struct program_end end = program_wait(scene.host);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cr_expect_eq(check_log(end.err), done);
    if (looks_at_memory && scene.memory[0] > 0)
        expect_flat_memory(&scene);
    program_end_clear(&end);
    free(scene.memory);
    temp_project_free(scene.project);
}
