#include "project/endpoint.h"

char *endpoint_address(const char *name)
{
    return endpoint_pipe(name);
}
