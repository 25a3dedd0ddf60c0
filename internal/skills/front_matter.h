#ifndef ULOOP_SKILLS_FRONT_MATTER_H
#define ULOOP_SKILLS_FRONT_MATTER_H

#include "base/slice.h"

#include <stdbool.h>

/* A skill's name is at most this long, as in the specification of agent skills. */
#define SKILL_LONGEST_NAME 64

/* What the lines between the two `---` at the top of a SKILL.md say that matters to us. Release
 * with front_matter_clear(). */
struct front_matter {
    char *name;
    char *tool_name; /* the tool that the skill is about; NULL when it names none */
    bool internal;   /* for those who work on the package: not to be installed */
};

/*
 * Reads it. Of YAML it takes top-level `key: value` lines, with or without quotes and a comment,
 * and skips all else. Returns NULL, or what keeps the text from being a skill's (static words).
 */
const char *front_matter_read(struct slice text, struct front_matter *out);

/* Can the text be a skill's name, which becomes a folder's: ASCII letters, digits, '-' and '_', and
 * neither of the last two in front? */
bool skill_name_is_valid(const char *name);

void front_matter_clear(struct front_matter *front_matter);

#endif
