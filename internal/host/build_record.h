#ifndef ULOOP_HOST_BUILD_RECORD_H
#define ULOOP_HOST_BUILD_RECORD_H

#include "base/error.h"
#include "host/assembly_graph.h"
#include "project/sha256.h"

#include <cJSON.h>
#include <stdbool.h>

/*
 * What the libraries in Library/ScriptAssemblies were made of, so that the next compile can tell
 * what did not change. Kept in uloop-build.json beside them.
 */
struct build_record {
    cJSON *assemblies; /* name → { fingerprint, library } */
};

/* The hex digits of a digest and the NUL behind them. */
#define FINGERPRINT_SIZE ((size_t)(2 * SHA256_SIZE + 1))

/*
 * A fingerprint of everything that an assembly is made of: its scripts and options, `toolchain` (a
 * text that names compiler, further references and defines), and the fingerprints of what it
 * refers to. `of_references` is in the order of assembly->references.
 */
void build_fingerprint(const struct assembly *assembly, const char *toolchain,
                       const char *const *of_references, char fingerprint[FINGERPRINT_SIZE]);

/* Reads the record; one that is missing or cannot be read is empty: everything is compiled then. */
void build_record_open(struct build_record *record, const char *project_root);

/* Was the assembly's library made of this, and is it still the one that was made? */
bool build_record_is_current(const struct build_record *record, const char *project_root,
                             const char *name, const char *fingerprint);

/* Says that the library that lies there now was made of this. */
void build_record_set(struct build_record *record, const char *project_root, const char *name,
                      const char *fingerprint);

/* Removes the libraries of assemblies that are no more, from the record too; returns how many. */
size_t build_record_prune(struct build_record *record, const char *project_root,
                          const struct assembly_graph *graph);

/* Fails with E_SYSTEM. */
bool build_record_save(const struct build_record *record, const char *project_root,
                       struct error *error);

void build_record_close(struct build_record *record);

/* The path of an assembly's library, relative to the project: below Library/ScriptAssemblies, or
 * below the folder of a build that is still running. The caller frees. */
char *build_library_path(const char *folder, const char *name);

#define BUILD_FOLDER         "Library/ScriptAssemblies"
#define BUILD_STAGING_FOLDER "Library/ScriptAssemblies.building"

#endif
