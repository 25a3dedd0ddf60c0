#ifndef ULOOP_BASE_PATH_H
#define ULOOP_BASE_PATH_H

#include "base/error.h"

#include <stdbool.h>

/* Which separators and roots a path has, and whether case counts. PATH_NATIVE is the style of the
 * system we run on. */
enum path_style {
    PATH_UNIX,
    PATH_DARWIN, /* as Unix, but names that differ by case alone are the same */
    PATH_WINDOWS,
#if defined(_WIN32)
    PATH_NATIVE = PATH_WINDOWS,
#elif defined(__APPLE__)
    PATH_NATIVE = PATH_DARWIN,
#else
    PATH_NATIVE = PATH_UNIX,
#endif
};

/* All paths are UTF-8. Returned strings are the caller's to free. */

/* `folder` and `name` with one separator between them. */
char *path_join(const char *folder, const char *name);

/* The folder that holds `path`, trailing separators aside; NULL when `path` is a root or one bare
 * name. */
char *path_parent(const char *path);

/* The part of `path` behind its last separator, borrowed from `path`. */
const char *path_name(const char *path, enum path_style style);

/* Cuts trailing separators in place; the root itself ("/", "C:\") stays. Rule: "Canonical root" in
 * docs/protocol.md. */
void path_trim(char *path, enum path_style style);

/* Are two paths the same text, as the style reads it? Case is folded for ASCII only: what differs
 * beyond that compares equal after path_canonical(), which gives the names as they are on disk. */
bool path_equals(const char *a, const char *b, enum path_style style);

bool path_is_absolute(const char *path, enum path_style style);

bool path_is_folder(const char *path);
bool path_is_file(const char *path); /* a regular file, or a symbolic link to one */
bool path_is_link(const char *path); /* a symbolic link, wherever it leads */
bool path_exists(const char *path);  /* a dangling symbolic link exists too */

/* The same where the difference matters between what is not there and what cannot be looked at.
 * False with *error E_SYSTEM in the second case, naming the folder. */
bool path_look(const char *path, bool *exists, struct error *error);

/*
 * The absolute path with symbolic links resolved and trailing separators trimmed.
 * NULL with *error set to `code` (naming the path and the system's reason) when it cannot be
 * resolved.
 */
char *path_canonical(const char *path, enum error_code code, struct error *error);

#endif
