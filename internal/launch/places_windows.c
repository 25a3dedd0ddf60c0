#include "base/memory.h"
#include "base/path.h"
#include "launch/places.h"

#include <stdlib.h>

const char PLACES_PROGRAM[] = "Editor\\Unity.exe";
const char *const PLACES_PROGRAM_IN_BUNDLE = NULL;

static char *in_folder_of(const char *variable, const char *relative)
{
    char *folder = places_variable(variable);
    char *path = folder ? path_join(folder, relative) : NULL;
    free(folder);
    return path;
}

char *places_hub_root(size_t index)
{
    static const char *const FOLDERS[PLACES_HUB_ROOTS] = {"ProgramFiles", "ProgramFiles(x86)",
                                                          "LOCALAPPDATA"};
    return index < PLACES_HUB_ROOTS ? in_folder_of(FOLDERS[index], "Unity\\Hub\\Editor") : NULL;
}

char *places_hub_settings(void)
{
    return in_folder_of("APPDATA", "UnityHub");
}

char *places_editor_log(void)
{
    return in_folder_of("LOCALAPPDATA", "Unity\\Editor\\Editor.log");
}
