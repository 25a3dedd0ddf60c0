#include "skills/target.h"

const struct skill_target SKILL_TARGETS[SKILL_TARGET_COUNT] = {
    [SKILL_FOR_CLAUDE] = {"claude", "Claude Code", ".claude/skills", ".claude/skills", false},
    [SKILL_FOR_CODEX] = {"codex", "Codex", ".codex/skills", ".codex/skills", true},
    [SKILL_FOR_CURSOR] = {"cursor", "Cursor", ".cursor/skills", ".cursor/skills", false},
    [SKILL_FOR_GEMINI] = {"gemini", "Gemini CLI", ".gemini/skills", ".gemini/skills", false},
    [SKILL_FOR_AGENTS] = {"agents", "agents that read .agents", ".agents/skills", ".agents/skills",
                          false},
    [SKILL_FOR_WINDSURF] = {"windsurf", "Windsurf", ".windsurf/skills", ".codeium/windsurf/skills",
                            false},
    [SKILL_FOR_ANTIGRAVITY] = {"antigravity", "Antigravity", ".agent/skills",
                               ".gemini/antigravity/skills", false},
};
