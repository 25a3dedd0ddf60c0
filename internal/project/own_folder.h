#ifndef ULOOP_PROJECT_OWN_FOLDER_H
#define ULOOP_PROJECT_OWN_FOLDER_H

#include "base/error.h"

#include <stdbool.h>

/*
 * The folder .uloop of a project, in which uloop keeps files of its own. Whoever writes or removes
 * one asks here before: a link in its place is never followed, for what is kept there would be
 * written, replaced and removed somewhere else.
 */

/*
 * Makes the folder unless it is there. Fails with E_PROJECT_NOT_FOUND when the project's own folder
 * is gone, which is not made again, and with E_SYSTEM where a link or anything else is in the way.
 */
bool own_folder_make(const char *project_root, struct error *error);

/* Is it there, itself and not through a link? */
bool own_folder_is_there(const char *project_root);

#endif
