#ifndef ULOOP_SKILLS_COLLECT_H
#define ULOOP_SKILLS_COLLECT_H

#include "base/buffer.h"
#include "base/error.h"
#include "skills/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* A skill that can be installed. */
struct skill {
    char *name;
    char *source; /* where it comes from, below the project ("Assets/Tools/Skill"), or "uloop" */
    char *folder; /* NULL for one that is built in */
    struct slice content; /* of a built-in one, which is a SKILL.md and nothing else */
    struct folder_files files;
};

/* Something that looks like a skill and is not offered. */
struct left_out {
    char *path;   /* as `source` above */
    char *reason; /* the rest of a sentence: "its SKILL.md gives it no name" */
};

/* What was found, skills in the order of their names. Release with skills_clear(). */
struct skills {
    struct skill *items;
    size_t count;
    struct left_out *left_out;
    size_t left_out_count;
};

/*
 * Collects the skills of a project and the built-in ones: folders with a SKILL.md below Assets,
 * below Packages, in the `file:` packages that Packages/manifest.json names, and below
 * Library/PackageCache. Of equal names the first counts, in that order, the built-in ones last:
 * what is nearer to the project knows it better. Not offered are those that are marked `internal:
 * true`, and those whose tool the project's settings disable.
 *
 * project_root: canonical root; NULL for the built-in skills alone.
 *
 * Whatever of a project cannot be read is left out, with the reason. Fails with E_CATALOG_BROKEN
 * alone, when the project does not say which tools are disabled.
 */
bool skills_collect(const char *project_root, struct skills *skills, struct error *error);

/* NULL when there is none of that name. */
const struct skill *skills_find(const struct skills *skills, const char *name);

/* Appends the content of one of the skill's files. Fails with E_SYSTEM, also when it is no longer
 * the one that was collected. */
bool skill_read_file(const struct skill *skill, const struct folder_file *file,
                     struct buffer *content, struct error *error);

void skills_clear(struct skills *skills);

#endif
