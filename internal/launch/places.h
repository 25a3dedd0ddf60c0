#ifndef ULOOP_LAUNCH_PLACES_H
#define ULOOP_LAUNCH_PLACES_H

#include <stddef.h>

/*
 * Where Unity and its Hub keep their things on this system. Rule: "Finding the Editor's process" in
 * docs/protocol.md. The caller frees every result; NULL where the environment does not tell (no
 * HOME).
 */

/* An environment variable, in UTF-8; NULL when it is not set or empty. */
char *places_variable(const char *name);

/* The folders in which the Hub installs Editors, one folder a version, unless its root was moved:
 * the one of that index, NULL behind the last and for one that this environment does not have. */
char *places_hub_root(size_t index);
#define PLACES_HUB_ROOTS 3

/* The Hub's settings, where secondaryInstallPath.json says where its root was moved to. */
char *places_hub_settings(void);

/* The log that an Editor writes when it is not told another. */
char *places_editor_log(void);

/* The Editor's executable, relative to the folder of its version, and relative to what a person
 * may take for it (macOS: Unity.app); the latter is NULL where there is no such thing. */
extern const char PLACES_PROGRAM[];
extern const char *const PLACES_PROGRAM_IN_BUNDLE;

#endif
