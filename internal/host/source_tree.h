#ifndef ULOOP_HOST_SOURCE_TREE_H
#define ULOOP_HOST_SOURCE_TREE_H

#include "host/diagnostics.h"
#include "project/sha256.h"

#include <stddef.h>

/* A C# source. */
struct script {
    char *path; /* relative to the project, with '/' */
    unsigned char digest[SHA256_SIZE];
};

/* An .asmdef file, not yet understood. */
struct definition_file {
    char *path;
    char *folder; /* the part of `path` in front of its last '/' */
    struct buffer text;
    char *guid; /* of the .meta file beside it; NULL where there is none */
};

/* What a project's Assets and Packages hold for a compiler, both lists sorted by path. */
struct source_tree {
    struct script *scripts;
    size_t script_count, script_capacity;
    struct definition_file *definitions;
    size_t definition_count, definition_capacity;
    struct diagnostics faults; /* what could not be read: a compile must fail then */
};

/*
 * Reads the tree. Left out, as Unity leaves them out: names that begin with '.' or end with '~' or
 * ".tmp", and "cvs". Links to folders are followed, but not into a folder they are in. Blocks on
 * the disk and touches nothing but *tree, so it can run on a thread of its own. Release with
 * source_tree_clear().
 */
void source_tree_scan(const char *project_root, struct source_tree *tree);

void source_tree_clear(struct source_tree *tree);

#endif
