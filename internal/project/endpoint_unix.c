#include "project/endpoint.h"

char *endpoint_address(const char *name)
{
    return endpoint_shared_socket(name);
}
