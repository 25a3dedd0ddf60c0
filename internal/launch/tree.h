#ifndef ULOOP_LAUNCH_TREE_H
#define ULOOP_LAUNCH_TREE_H

#include "base/error.h"

#include <stdbool.h>

/*
 * Removes everything in the folder, and leaves the folder. A link is removed, never followed, also
 * when somebody swaps a folder for a link meanwhile; the folder itself must be none. Another file
 * system that is mounted in it stays. Goes on after a failure.
 *
 * Returns true when nothing is left; else *error (E_SYSTEM) names the first thing that stays.
 */
bool tree_empty(const char *folder, struct error *error);

#endif
