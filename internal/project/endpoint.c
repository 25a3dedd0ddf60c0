#include "project/endpoint.h"

#include "base/memory.h"
#include "project/sha256.h"

char *endpoint_name(const char *canonical_root)
{
    unsigned char digest[SHA256_SIZE];
    sha256(slice_of(canonical_root), digest);
    return memory_format("UnityCliLoop-%02x%02x%02x%02x%02x%02x%02x%02x", digest[0], digest[1],
                         digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
}

char *endpoint_shared_socket(const char *name)
{
    return memory_format("/tmp/uloop/%s.sock", name);
}

char *endpoint_user_socket(const char *name, unsigned long euid)
{
    return memory_format("/tmp/uloop-%lu/%s.sock", euid, name);
}

char *endpoint_pipe(const char *name)
{
    return memory_format("\\\\.\\pipe\\uloop-%s", name);
}
