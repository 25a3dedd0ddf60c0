#include "project/sha256.h"

#include <CommonCrypto/CommonDigest.h>

void sha256(struct slice content, unsigned char digest[SHA256_SIZE])
{
    CC_SHA256(content.data, (CC_LONG)content.length, digest);
}
