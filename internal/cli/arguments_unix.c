#include "cli/arguments.h"

char **arguments_as_utf8(int *argc, char **argv)
{
    (void)argc;
    return argv; /* bytes are what was typed; what is no UTF-8 is refused where it is read */
}
