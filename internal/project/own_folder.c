#include "project/own_folder.h"

#include "base/file.h"
#include "base/path.h"
#include "project/project.h"

#include <stdlib.h>

static const char NAME[] = ".uloop";

bool own_folder_make(const char *project_root, struct error *error)
{
    char *folder = project_path(project_root, NAME);
    bool done;
    if (!path_is_folder(project_root))
        done = error_set(error, E_PROJECT_NOT_FOUND, "The project folder %s is not there any more.",
                         project_root);
    else if (path_is_link(folder))
        done = error_set(error, E_SYSTEM,
                         "%s is a symbolic link; nothing was written where it leads.", folder);
    else
        done = file_make_folder(folder, error);
    free(folder);
    return done;
}

bool own_folder_is_there(const char *project_root)
{
    char *folder = project_path(project_root, NAME);
    bool is_there = path_is_folder(folder) && !path_is_link(folder);
    free(folder);
    return is_there;
}
