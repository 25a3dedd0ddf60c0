#ifndef ULOOP_SKILLS_TARGET_H
#define ULOOP_SKILLS_TARGET_H

#include <stdbool.h>

/* An agent that skills can be installed for, and where it looks for them. The table is explained in
 * docs/skills.md. */
struct skill_target {
    const char *name;          /* as the option is called: "claude" */
    const char *agent;         /* as people call it: "Claude Code" */
    const char *folder;        /* below a project, with '/' */
    const char *global_folder; /* below the home folder */
    bool looks_below;          /* known to find skills in folders of that folder, too */
};

enum skill_target_index {
    SKILL_FOR_CLAUDE,
    SKILL_FOR_CODEX,
    SKILL_FOR_CURSOR,
    SKILL_FOR_GEMINI,
    SKILL_FOR_AGENTS,
    SKILL_FOR_WINDSURF,
    SKILL_FOR_ANTIGRAVITY,
    SKILL_TARGET_COUNT,
};

extern const struct skill_target SKILL_TARGETS[SKILL_TARGET_COUNT];

#endif
