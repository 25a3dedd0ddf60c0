#include "base/home.h"

#include "base/path.h"

#include <stdlib.h>

char *home_folder(struct error *error)
{
    const char *name = PATH_NATIVE == PATH_WINDOWS ? "USERPROFILE" : "HOME";
    const char *value = getenv(name);
    if (!value || !path_is_absolute(value, PATH_NATIVE) || !path_is_folder(value)) {
        error_set(error, E_SYSTEM, "The home folder is not known: %s is %s%s.", name,
                  value ? "no folder's absolute path: " : "not set", value ? value : "");
        return NULL;
    }
    return path_canonical(value, E_SYSTEM, error);
}
