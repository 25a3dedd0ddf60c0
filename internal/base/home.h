#ifndef ULOOP_BASE_HOME_H
#define ULOOP_BASE_HOME_H

#include "base/error.h"

/*
 * The user's home folder, canonical; the caller frees. It is what HOME says (USERPROFILE on
 * Windows), not the system's list of users, which a statically linked program cannot ask. NULL with
 * E_SYSTEM when that is not set, or is no absolute path of a folder.
 */
char *home_folder(struct error *error);

#endif
