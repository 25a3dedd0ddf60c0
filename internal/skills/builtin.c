#include "skills/builtin.h"

static const unsigned char COMPILE[] = {
#include "compile.inc"
};
static const unsigned char FIX[] = {
#include "fix.inc"
};
static const unsigned char FOCUS_WINDOW[] = {
#include "focus-window.inc"
};
static const unsigned char LAUNCH[] = {
#include "launch.inc"
};
static const unsigned char WAIT[] = {
#include "wait.inc"
};

#define SKILL(text)                                                                                \
    {                                                                                              \
        (const char *)(text), sizeof(text)                                                         \
    }

const struct slice BUILTIN_SKILLS[] = {
    SKILL(COMPILE), SKILL(FIX), SKILL(FOCUS_WINDOW), SKILL(LAUNCH), SKILL(WAIT),
};

const size_t BUILTIN_SKILL_COUNT = sizeof(BUILTIN_SKILLS) / sizeof(BUILTIN_SKILLS[0]);
