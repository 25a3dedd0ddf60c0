#include "base/memory.h"
#include "base/path.h"
#include "launch/places.h"

#include <stdlib.h>

const char PLACES_PROGRAM[] = "Editor/Unity";
const char *const PLACES_PROGRAM_IN_BUNDLE = NULL;

static char *in_home(const char *relative)
{
    char *home = places_variable("HOME");
    char *path = home ? path_join(home, relative) : NULL;
    free(home);
    return path;
}

char *places_hub_root(size_t index)
{
    return index == 0 ? in_home("Unity/Hub/Editor") : NULL;
}

/* The Hub is an Electron program, which keeps to the XDG folders; the Editor does not. */
char *places_hub_settings(void)
{
    char *config = places_variable("XDG_CONFIG_HOME");
    char *path = config ? path_join(config, "UnityHub") : in_home(".config/UnityHub");
    free(config);
    return path;
}

char *places_editor_log(void)
{
    return in_home(".config/unity3d/Editor.log");
}
