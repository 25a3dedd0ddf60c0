#ifndef ULOOP_PROCESS_EDITOR_H
#define ULOOP_PROCESS_EDITOR_H

#include "base/path.h"

#include <stdbool.h>
#include <stddef.h>

/* Which project a process has open as a Unity Editor. Rules: "Finding the Editor's process" in
 * docs/protocol.md. */

/*
 * From an argument vector: the project's path as the command line gives it, trimmed; NULL when this
 * is no Editor of a project (another program, an AssetImportWorker, no -projectPath). The caller
 * frees.
 */
char *editor_project_of_arguments(char *const *arguments, size_t count, enum path_style style);

/* The same from one line, as systems give it that do not keep the vector: quotes, and bare spaces
 * inside the path. */
char *editor_project_of_line(const char *line, enum path_style style);

/* Is argv[0] a Unity Editor's executable, and the command line not that of one of its helpers? */
bool editor_is_editor(char *const *arguments, size_t count, enum path_style style);

#endif
