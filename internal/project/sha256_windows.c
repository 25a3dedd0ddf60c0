#include "project/sha256.h"

#include "base/memory.h"

#include <windows.h>

#include <bcrypt.h>

void sha256(struct slice content, unsigned char digest[SHA256_SIZE])
{
    /* The built-in provider can fail for want of memory alone. */
    if (BCryptHash(BCRYPT_SHA256_ALG_HANDLE, NULL, 0, (PUCHAR)content.data, (ULONG)content.length,
                   digest, SHA256_SIZE) != 0)
        memory_exhausted();
}
