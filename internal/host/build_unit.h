#ifndef ULOOP_HOST_BUILD_UNIT_H
#define ULOOP_HOST_BUILD_UNIT_H

#include "host/assembly_graph.h"
#include "host/build_record.h"
#include "host/compiler.h"
#include "host/compiler_run.h"

#include <stdbool.h>

struct build;

/* How far one assembly of a build has come. */
enum unit_state {
    UNIT_CURRENT, /* its library is the one that a compile would make */
    UNIT_WAITING,
    UNIT_RUNNING,
    UNIT_MADE,   /* its library lies in the staging folder */
    UNIT_FAILED, /* it has errors */
    UNIT_SKIPPED /* something that it refers to has */
};

struct build_unit {
    struct build *build;             /* whose it is */
    const struct assembly *assembly; /* borrowed from the graph */
    enum unit_state state;
    char fingerprint[FINGERPRINT_SIZE];
    struct compiler_run run;
    struct diagnostics found;
};

/* What all units of a build have in common; borrowed. */
struct unit_setting {
    const char *project_root;
    const struct compiler *compiler;
    char *const *references;
    size_t reference_count;
    const char *const *defines;
};

/*
 * Starts the compiler on units[at], whose references are current or made. on_done(&units[at]) is
 * called when it has ended, and never before this returns; then call unit_finish(). False with an
 * error in the unit's diagnostics, and on_done never called, when the compiler could not even be
 * told what to do.
 */
bool unit_start(struct build_unit *units, size_t at, const struct unit_setting *setting,
                uv_loop_t *loop, void (*on_done)(void *unit));

/* Reads how the compiler ended: state and diagnostics. */
void unit_finish(struct build_unit *unit, const struct unit_setting *setting);

void unit_clear(struct build_unit *unit);

#endif
