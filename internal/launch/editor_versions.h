#ifndef ULOOP_LAUNCH_EDITOR_VERSIONS_H
#define ULOOP_LAUNCH_EDITOR_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

/* The Editors that the Hub installed. */

/* Is it the text of a version? It becomes part of a path, and the project that names it may be a
 * stranger's: no separators, no "..". */
bool editor_version_is_valid(const char *text);

/* The executable of that version; NULL when it is not installed. The caller frees. */
char *editor_version_program(const char *version);

/* The installed versions, the oldest first. Release with editor_versions_clear(). */
struct editor_versions {
    char **names;
    size_t count;
};

void editor_versions_list(struct editor_versions *versions);
void editor_versions_clear(struct editor_versions *versions);

/* Orders versions: numbers in them by value, the rest by letter. */
int editor_version_compare(const char *a, const char *b);

#endif
