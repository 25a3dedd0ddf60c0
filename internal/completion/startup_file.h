#ifndef ULOOP_COMPLETION_STARTUP_FILE_H
#define ULOOP_COMPLETION_STARTUP_FILE_H

#include "completion/script.h"

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>

/* The file that a shell reads when it starts, and our lines in it. */

/* The lines between which ours stand. */
#define STARTUP_BEGIN "# >>> uloop completion >>>"
#define STARTUP_END   "# <<< uloop completion <<<"

/*
 * The shell's start-up file: ~/.bashrc, ~/.zshrc (in $ZDOTDIR), ~/.config/fish/config.fish and
 * ~/.config/powershell/profile.ps1 (in $XDG_CONFIG_HOME), on Windows
 * Documents\PowerShell\profile.ps1. The caller frees.
 */
char *startup_file_path(enum shell shell, const char *home);

/*
 * Appends the file's text with our lines in it: in the place of those that are there, else at the
 * end. Everything else stays byte for byte. Fails with E_SYSTEM, naming `path`, when the markers
 * are not one pair in order, or the file is no text.
 */
bool startup_file_edit(struct slice text, const char *path, struct slice lines, struct buffer *out,
                       struct error *error);

/*
 * Does that to the file on disk, at once; makes it when it is not there. A symbolic link is
 * followed when it leads to a file below `home` (canonical). Permissions and owner stay.
 * *changed: whether there was anything to do, and it was done. Fails with E_SYSTEM; the file is as
 * it was then.
 */
bool startup_file_install(const char *path, const char *home, struct slice lines, bool *changed,
                          struct error *error);

#endif
