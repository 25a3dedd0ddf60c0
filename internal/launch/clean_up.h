#ifndef ULOOP_LAUNCH_CLEAN_UP_H
#define ULOOP_LAUNCH_CLEAN_UP_H

#include "readiness/wait.h"

#include <stdbool.h>

/*
 * Removes what an Editor that crashed left behind and the next one would stumble over: the state of
 * its server, and, if its lock file is there, that file and everything else in Temp as far as it
 * can. Only for a project that nobody has open: E_PROJECT_IN_USE when a host or an Editor has begun
 * there meanwhile. Fails with E_SYSTEM when the state or the lock file stays, or Temp is a link out
 * of the project.
 */
bool clean_up_after_crash(struct wait *wait, struct error *error);

/* Did an Editor leave its lock file behind, or has it the project open? */
bool clean_up_finds_lock(const char *project_root);

/* Removes Assets/_Recovery, where Unity keeps scenes that it saved in a crash, and its .meta file.
 * Nothing there is fine. Fails with E_SYSTEM when something stays. */
bool clean_up_recovered_scenes(const char *project_root, struct error *error);

#endif
