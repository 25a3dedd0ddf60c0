#include "project/sha256.h"

#include <sha2.h>

void sha256(struct slice content, unsigned char digest[SHA256_SIZE])
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, (const unsigned char *)content.data, content.length);
    SHA256Final(digest, &context);
}
