#ifndef ULOOP_PROJECT_SHA256_H
#define ULOOP_PROJECT_SHA256_H

#include "base/slice.h"

#define SHA256_SIZE 32

/* SHA-256 as the system's own library computes it. */
void sha256(struct slice content, unsigned char digest[SHA256_SIZE]);

#endif
