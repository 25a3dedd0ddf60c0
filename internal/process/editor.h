#ifndef ULOOP_PROCESS_EDITOR_H
#define ULOOP_PROCESS_EDITOR_H

#include "base/path.h"

#include <stdbool.h>
#include <stddef.h>

/* Which project a process has open as a Unity Editor. Rules: "Finding the Editor's process" in
 * docs/protocol.md. */

/* Is this, by its base name, a Unity Editor's executable? */
bool editor_is_program(const char *program, enum path_style style);

/* Is argv[0] a Unity Editor's executable, and the command line not that of one of its helpers
 * (AssetImportWorker)? */
bool editor_is_editor(char *const *arguments, size_t count, enum path_style style);

/* Is the argument the Editor's option of that name (without its dash), alone or with "=value"? */
bool editor_is_option(const char *argument, const char *name);

/*
 * Is it a -batchmode run? From its command line alone it cannot be told whether it serves the
 * bridge, so it is nobody's server unless something else names its pid: the state or
 * EditorInstance.json.
 */
bool editor_is_batch(char *const *arguments, size_t count);

/*
 * From an argument vector: the project's path as the command line gives it, trimmed; NULL when this
 * is no Editor of a project (another program, an AssetImportWorker, no -projectPath). A -batchmode
 * run has a project like any other. The caller frees.
 */
char *editor_project_of_arguments(char *const *arguments, size_t count, enum path_style style);

/* The same from one line, as systems give it that do not keep the vector: quotes, and bare spaces
 * inside the path. */
char *editor_project_of_line(const char *line, enum path_style style);

#endif
