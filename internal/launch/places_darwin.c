#include "base/memory.h"
#include "base/path.h"
#include "launch/places.h"

#include <stdlib.h>

const char PLACES_PROGRAM[] = "Unity.app/Contents/MacOS/Unity";
const char *const PLACES_PROGRAM_IN_BUNDLE = "Contents/MacOS/Unity";

static char *in_home(const char *relative)
{
    char *home = places_variable("HOME");
    char *path = home ? path_join(home, relative) : NULL;
    free(home);
    return path;
}

char *places_hub_root(size_t index)
{
    return index == 0 ? memory_copy_string("/Applications/Unity/Hub/Editor") : NULL;
}

char *places_hub_settings(void)
{
    return in_home("Library/Application Support/UnityHub");
}

char *places_editor_log(void)
{
    return in_home("Library/Logs/Unity/Editor.log");
}
