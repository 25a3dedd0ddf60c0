#ifndef ULOOP_LAUNCH_EDITOR_INSTALL_H
#define ULOOP_LAUNCH_EDITOR_INSTALL_H

#include "base/error.h"

#include <stdbool.h>

/* The Editor that a project is opened with. Release with editor_install_clear(). */
struct editor_install {
    char *version; /* as the project names it; NULL when it names none and none is needed */
    char *program; /* the executable's path */
};

/*
 * Finds it: what UNITY_EDITOR_PATH names, else the version of ProjectSettings/ProjectVersion.txt
 * where the Hub's root was moved to, else where the Hub installs by itself. Fails with
 * E_EDITOR_NOT_FOUND, which names the version and those that are installed, or says what is wrong
 * with UNITY_EDITOR_PATH or with the project's version.
 */
bool editor_install_find(const char *project_root, struct editor_install *install,
                         struct error *error);

void editor_install_clear(struct editor_install *install);

#endif
