#ifndef ULOOP_CATALOG_CATALOG_H
#define ULOOP_CATALOG_CATALOG_H

#include "base/error.h"
#include "base/slice.h"
#include "catalog/tool.h"

#include <stdbool.h>
#include <stddef.h>

/* A catalog or settings file larger than this is refused. */
#define CATALOG_MOST_BYTES ((size_t)16 * 1024 * 1024)

/* One tool of a catalog. Names and definition are borrowed from the catalog. */
struct catalog_entry {
    const char *name;
    const char *description; /* "" when there is none */
    const cJSON *definition;
    bool disabled; /* .uloop/settings.tools.json hides it */
};

/* The tools of a project. Release with catalog_clear(). */
struct catalog {
    struct catalog_entry *entries;
    size_t count;
    char *source;                /* the file it was read from, or "the built-in catalog" */
    char *settings_path;         /* the file that disables tools; NULL when there is none */
    const cJSON *disabled_names; /* its list of names, whether there are such tools or not; NULL
                                    when there is none */
    cJSON *tree;
    cJSON *settings_tree;
};

/*
 * Loads the tools of a project: its .uloop/tools.json, else the built-in catalog; and which of them
 * its .uloop/settings.tools.json disables. project_root: canonical root, or NULL for the built-in
 * catalog alone.
 *
 * Fails with E_CATALOG_BROKEN, naming the file: one that is there and cannot be read or understood
 * is never silently replaced by the built-in catalog. Contract: "Other files of a project" and
 * "Internal commands" in docs/protocol.md.
 */
bool catalog_load(const char *project_root, struct catalog *catalog, struct error *error);

/* The same from the text of a catalog file; `source` is what errors call it. */
bool catalog_parse(struct slice text, const char *source, struct catalog *catalog,
                   struct error *error);

/* Marks the tools that the project's .uloop/settings.tools.json disables; of a catalog that came
 * from elsewhere. Fails with E_CATALOG_BROKEN, naming the file. */
bool catalog_apply_settings(struct catalog *catalog, const char *project_root, struct error *error);

/* The tool of that name, disabled or not; NULL when there is none. Of equal names the first counts.
 */
const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *name);

void catalog_clear(struct catalog *catalog);

/* The catalog that is built in, as JSON of the shape {"tools":[…]}. */
struct slice catalog_builtin(void);

#endif
