#include "base/memory.h"
#include "readiness/state.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A writer that rotates the state file as fast as it can, and readers that look all the time. */

enum {
    ROTATIONS = 5000,
    READERS = 8,
};

struct names {
    char *target;
    char *written; /* .tmp.write */
    char *pending; /* .tmp */
    char *backup;  /* .bak */
};

struct race {
    const char *root;
    struct names names;
    atomic_bool over;
};

struct reader {
    pthread_t thread;
    struct race *race;
    unsigned long long readings;
    unsigned long long newest;
    char *fault; /* what it must not have seen */
};

static bool write_file(const char *path, unsigned long long generation)
{
    char *content = memory_format("{\"phase\":\"ready\",\"generationId\":\"%llu\"}", generation);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t length = (ssize_t)strlen(content);
    bool written = file >= 0 && write(file, content, (size_t)length) == length;
    written = file >= 0 && close(file) == 0 && written;
    free(content);
    return written;
}

/* The writer's steps of docs/protocol.md, "server-state.json". */
static bool rotate(const struct names *names, unsigned long long generation)
{
    if (!write_file(names->written, generation) || rename(names->written, names->pending) != 0)
        return false;
    if (access(names->target, F_OK) == 0) {
        (void)unlink(names->backup);
        if (rename(names->target, names->backup) != 0)
            return false;
    }
    return rename(names->pending, names->target) == 0;
}

static void look(struct reader *reader)
{
    struct server_state state;
    struct error error = {0};
    state_read(reader->race->root, &state, &error);
    unsigned long long generation = state.generation ? strtoull(state.generation, NULL, 10) : 0;
    if (state.kind != STATE_READY)
        reader->fault = memory_format("%s after generation %llu: %s", state_kind_name(state.kind),
                                      reader->newest, error.message ? error.message : "");
    else if (generation < reader->newest)
        reader->fault =
            memory_format("generation %llu after generation %llu", generation, reader->newest);
    reader->newest = generation;
    reader->readings++;
    error_clear(&error);
    state_clear(&state);
}

static void *read_on(void *context)
{
    struct reader *reader = context;
    while (!atomic_load(&reader->race->over) && !reader->fault)
        look(reader);
    return NULL;
}

Test(state_race, readers_never_miss_the_state_nor_see_an_older_one, .timeout = 300)
{
    struct temp_project *project = temp_project_new();
    struct race race = {.root = project->root,
                        .names = {.target = state_path(project->root, ""),
                                  .written = state_path(project->root, ".tmp.write"),
                                  .pending = state_path(project->root, ".tmp"),
                                  .backup = state_path(project->root, ".bak")}};
    struct reader readers[READERS];
    cr_assert(rotate(&race.names, 1));
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.race = &race};
        cr_assert_eq(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    bool rotated = true;
    for (unsigned long long generation = 2; generation <= ROTATIONS && rotated; generation++)
        rotated = rotate(&race.names, generation);
    atomic_store(&race.over, true);
    for (size_t i = 0; i < READERS; i++) {
        cr_assert_eq(pthread_join(readers[i].thread, NULL), 0);
        cr_expect_null(readers[i].fault, "%s", readers[i].fault);
        cr_expect_gt(readers[i].readings, 0);
        free(readers[i].fault);
    }
    cr_expect(rotated);
    free(race.names.target);
    free(race.names.written);
    free(race.names.pending);
    free(race.names.backup);
}
