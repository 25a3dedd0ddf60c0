#ifndef ULOOP_PROJECT_PROJECT_H
#define ULOOP_PROJECT_PROJECT_H

#include "base/error.h"

#include <stdbool.h>

/* A Unity project on disk. Release with project_clear(). Rules: "Project and endpoint" in
 * docs/protocol.md. */
struct project {
    char *root; /* canonical root: absolute, links resolved, trailing separators trimmed; UTF-8 */
    char *endpoint_name; /* "UnityCliLoop-" and 16 hex digits of the root's SHA-256 */
};

/*
 * Opens the project at `path`, which must be one itself; with `path` NULL the first one from the
 * current folder up, not beyond a folder that has .git. Fails with E_PROJECT_NOT_FOUND, which tells
 * an empty or too long path, "there is no folder", "is not a folder", "cannot be read" and "is not
 * a Unity project" apart. *project is zero then.
 */
bool project_open(const char *path, struct project *project, struct error *error);

/* Is the folder a Unity project: has it both Assets and ProjectSettings? */
bool project_is_at(const char *folder);

/* A file of the project, `relative` written with '/' ("Temp/UnityCliLoop"). The caller frees. The
 * second takes the canonical root alone, for those who need no more of the project. */
char *project_file(const struct project *project, const char *relative);
char *project_path(const char *root, const char *relative);

void project_clear(struct project *project);

#endif
