#ifndef ULOOP_HOST_ASSEMBLY_DEFINITION_H
#define ULOOP_HOST_ASSEMBLY_DEFINITION_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* What an .asmdef file says, as far as a compile for the Editor goes. */
struct assembly_definition {
    char *name;
    char **references; /* as written: names, or "GUID:" and 32 hex digits */
    size_t reference_count;
    bool editor_only;     /* only for the Editor */
    bool left_out;        /* not for the Editor, or a define constraint is not met */
    bool auto_referenced; /* the predefined assemblies see it */
    bool allow_unsafe;
};

/*
 * Reads the file's text. `defines` are what define constraints ask for; ends with NULL. Returns
 * NULL, or in static words what is wrong; then nothing is to be released. Release with
 * assembly_definition_clear().
 */
const char *assembly_definition_read(struct slice text, const char *const *defines,
                                     struct assembly_definition *definition);

void assembly_definition_clear(struct assembly_definition *definition);

#endif
