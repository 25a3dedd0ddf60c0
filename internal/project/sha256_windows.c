#include "project/sha256.h"

#include "base/memory.h"

#include <windows.h>

#include <bcrypt.h>

static bool hash(struct slice content, unsigned char digest[SHA256_SIZE])
{
    BCRYPT_ALG_HANDLE algorithm = NULL;
    if (BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) != 0)
        return false;
    bool hashed = BCryptHash(algorithm, NULL, 0, (PUCHAR)content.data, (ULONG)content.length,
                             digest, SHA256_SIZE) == 0;
    (void)BCryptCloseAlgorithmProvider(algorithm, 0);
    return hashed;
}

void sha256(struct slice content, unsigned char digest[SHA256_SIZE])
{
    /* The system's own provider can fail for want of memory alone. */
    if (!hash(content, digest))
        memory_exhausted();
}
