#ifndef ULOOP_SKILLS_BUILTIN_H
#define ULOOP_SKILLS_BUILTIN_H

#include "base/slice.h"

#include <stddef.h>

/* The SKILL.md of each skill that uloop brings along: the files under builtin/, embedded. */
extern const struct slice BUILTIN_SKILLS[];
extern const size_t BUILTIN_SKILL_COUNT;

#endif
