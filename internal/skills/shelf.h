#ifndef ULOOP_SKILLS_SHELF_H
#define ULOOP_SKILLS_SHELF_H

#include "skills/collect.h"
#include "skills/target.h"

/*
 * Installing skills where one agent looks for them. Whatever uloop did not put there stays as it
 * is: a folder is only ever replaced or removed when it has our marker and is, file for file, as we
 * left it. Layout and rules: docs/skills.md.
 */

/* How a skill stands on a shelf. */
enum skill_status {
    SKILL_MISSING,
    SKILL_INSTALLED,
    SKILL_OUTDATED,
    SKILL_CHANGED,  /* ours, but no longer as it was installed: somebody works on it */
    SKILL_FOREIGN,  /* something of that name is there that is not ours */
    SKILL_ORPHANED, /* ours, and none of the skills collected */
};

/* What was done with a skill. */
enum skill_outcome {
    SKILL_UNTOUCHED,
    SKILL_ADDED,
    SKILL_UPDATED,
    SKILL_REMOVED,
    SKILL_KEPT, /* something should have been done, but what is there is not ours to touch */
};

/* One skill on one shelf. */
struct shelf_entry {
    char *name;
    char *source;             /* as in struct skill */
    char *path;               /* where it is, or would be */
    enum skill_status status; /* before anything was done */
    enum skill_outcome outcome;
};

struct shelf_report {
    struct shelf_entry *items;
    size_t count;
};

/* A folder that skills may lie in. */
struct shelf_place {
    char *path;     /* absolute; NULL for none */
    char *relative; /* to the shelf's base, with '/' */
    size_t depth;   /* how many folders that names */
};

/* Where one agent looks for skills. Release with shelf_close(). */
struct shelf {
    const struct skill_target *target;
    char *base;
    struct shelf_place wanted; /* where skills are installed */
    struct shelf_place other;  /* where an earlier installation may have put them */
    size_t kept; /* of the folders from the base on, those that were there before us */
};

/* The words of --json. */
const char *skill_status_name(enum skill_status status);
const char *skill_outcome_name(enum skill_outcome outcome);

/*
 * base: canonical root of the project, or the home folder where `global` is set. flat: directly in
 * the agent's folder, where skills otherwise lie in a folder of ours because the agent looks below.
 * Fails with E_SYSTEM when a symbolic link leads the folder out of `base`.
 */
bool shelf_open(struct shelf *shelf, const struct skill_target *target, const char *base,
                bool global, bool flat, struct error *error);

/* Adds how each skill stands, and what else of ours is there. */
bool shelf_look(const struct shelf *shelf, const struct skills *skills, struct shelf_report *report,
                struct error *error);

/*
 * Installs what is missing, replaces what is outdated, and adds what was done with each skill. Each
 * folder is replaced at once: an agent sees the old one, for a moment none, then the new one whole.
 * Fails with E_SYSTEM at the first that cannot be written; the ones before it are installed then,
 * and that one is as it was.
 */
bool shelf_install(const struct shelf *shelf, const struct skills *skills,
                   struct shelf_report *report, struct error *error);

/* Removes everything of ours, and adds what was done with each skill. Fails with E_SYSTEM. */
bool shelf_uninstall(const struct shelf *shelf, struct shelf_report *report, struct error *error);

/* Removes the folders that we had made and that are empty now. */
void shelf_tidy(const struct shelf *shelf);

void shelf_close(struct shelf *shelf);

void shelf_report_clear(struct shelf_report *report);

#endif
