#ifndef ULOOP_HOST_ASSEMBLY_GRAPH_H
#define ULOOP_HOST_ASSEMBLY_GRAPH_H

#include "host/source_tree.h"

#include <stdbool.h>
#include <stddef.h>

/* One library to be made. */
struct assembly {
    char *name;
    const struct script **scripts; /* borrowed from the tree; sorted by path */
    size_t script_count;
    size_t *references; /* places in the graph, all before its own */
    size_t reference_count;
    bool allow_unsafe;
};

/* In an order in which they can be compiled. */
struct assembly_graph {
    struct assembly *items;
    size_t count;
};

/*
 * Makes assemblies of a tree as Unity does for the Editor: a script belongs to the definition in
 * its own folder or the nearest above; the rest of Assets to Assembly-CSharp, and below a folder
 * named Editor to Assembly-CSharp-Editor, which see every definition that is auto-referenced.
 * Without scripts there is no assembly; a reference to one that is not there is left to the
 * compiler to complain of. Pure. Malformed, duplicate and cyclic definitions are added to *faults;
 * the graph is empty then. The tree must outlive the graph. Release with assembly_graph_clear().
 */
void assembly_graph_make(const struct source_tree *tree, const char *const *defines,
                         struct assembly_graph *graph, struct diagnostics *faults);

void assembly_graph_clear(struct assembly_graph *graph);

#endif
