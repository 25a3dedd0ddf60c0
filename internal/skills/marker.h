#ifndef ULOOP_SKILLS_MARKER_H
#define ULOOP_SKILLS_MARKER_H

#include "base/error.h"
#include "skills/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* The file in every skill's folder that uloop installed, and in no other. */
#define MARKER_FILE ".uloop-skill.json"

/* What it says. Release with marker_clear(). */
struct marker {
    char *name;
    char *source;        /* as in struct skill */
    size_t made_folders; /* how many of the folders above, the nearest first, uloop had to make */
    struct folder_files files; /* as they were installed */
};

/*
 * Reads the marker of the folder at `path`. False when there is none that can be understood, or it
 * is not that of the skill `name`: then the folder is not ours, whatever is in it. What a marker
 * says is a claim, which anyone can make; it is only ever compared with what is there.
 */
bool marker_read(const char *path, const char *name, struct marker *marker);

/* Writes it. Fails with E_SYSTEM. */
bool marker_write(const char *path, const struct marker *marker, struct error *error);

void marker_clear(struct marker *marker);

#endif
