#ifndef ULOOP_CMD_BACKGROUND_H
#define ULOOP_CMD_BACKGROUND_H

#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor.h"

#include <stdbool.h>
#include <sys/types.h>

#define STATE "Temp/UnityCliLoop/server-state.json"
#define LOG   "Logs/uloop-serve.log"

enum {
    LIMIT_MS = 30000
};

/* A project with one script, and what runs in its background; that ends with the test. */
struct background {
    struct temp_project *project;
    struct test_editor *names; /* knows the socket */
    pid_t host;                /* 0 for none */
};

struct background *background_new(void);

/* `uloop serve` with up to five options. */
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})
struct program_end background_serve(const struct background *background,
                                    const char *const *options);

/* The same: it must end so, and say these words. */
void background_expect(const struct background *background, const char *const *options,
                       int exit_code, const char *words);

/* Another command likewise; the words are on its standard output. */
void background_expect_uloop(const struct background *background, const char *command,
                             int exit_code, const char *words);

/* Starts the host in the background, and holds what is said of it against the contract. */
void background_detach(struct background *background, const char *const *options);

/* Stops it, and looks whether it left nothing but its state. */
void background_stop(struct background *background);

void background_expect_state(const struct background *background, const char *phase);

/* Blocks until the process has ended; its exit status may still wait for whoever is its parent. */
void background_await_end(pid_t pid);
bool background_has_ended(pid_t pid);

#endif
