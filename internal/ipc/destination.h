#ifndef ULOOP_IPC_DESTINATION_H
#define ULOOP_IPC_DESTINATION_H

#include <stdint.h>

/* The number of the protocol that a request says it speaks. A server that wants another one names
 * it in its refusal. */
#define DESTINATION_PROTOCOL_VERSION 1

/* Where requests go, and what each must carry to be taken there. Strings are borrowed. */
struct destination {
    const char *address;      /* ipc/address.h */
    const char *token;        /* ipc/token.h; NULL where none is known */
    int64_t protocol_version; /* as the server asked for; 0 until it did */
};

#endif
