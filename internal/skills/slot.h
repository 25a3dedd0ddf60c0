#ifndef ULOOP_SKILLS_SLOT_H
#define ULOOP_SKILLS_SLOT_H

#include "skills/collect.h"
#include "skills/marker.h"

/* The place of one skill in a folder of skills, and how it is filled and emptied. */

enum slot_kind {
    SLOT_EMPTY,
    SLOT_OURS,    /* installed by us and file for file as we left it */
    SLOT_CHANGED, /* installed by us, and changed since */
    SLOT_FOREIGN,
};

struct slot {
    enum slot_kind kind;
    char *path;
    struct marker marker; /* of one that is ours or changed */
};

/* Looks at the slot of that name in `folder`. Release with slot_clear(). */
void slot_look(const char *folder, const char *name, struct slot *slot);

/*
 * Fills the slot, which must be empty or ours, with the skill. The new folder is written beside,
 * the old one moved away, the new one renamed, the old one removed. made_folders: for the marker.
 * Fails with E_SYSTEM; the slot is as it was then.
 */
bool slot_fill(const struct slot *slot, const struct skill *skill, size_t made_folders,
               struct error *error);

/* Empties a slot that is ours. Fails with E_SYSTEM. */
bool slot_empty(const struct slot *slot, struct error *error);

/* Removes from `folder` what slot_fill() or slot_empty() of a process that was killed left
 * behind. */
void slot_sweep(const char *folder);

void slot_clear(struct slot *slot);

#endif
