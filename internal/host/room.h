#ifndef ULOOP_HOST_ROOM_H
#define ULOOP_HOST_ROOM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How much memory many may take together. Whoever finds too little of it left waits, and gets it in
 * the order in which they came.
 */

/* One that wants a part. Zero-initialised it has none; on_given and data are its owner's to set. */
struct room_part {
    size_t size;  /* what it has, or waits for */
    bool is_held; /* it has it */
    struct room_part *next;
    void (*on_given)(struct room_part *part); /* it waited, and has its part now */
    void *data;
};

/* Zero-initialised but for `most`. */
struct room {
    size_t most, taken;
    struct room_part *waiting;
};

/* True when the part, which must have none, has this much now; false when it waits. Somebody alone
 * has as much as is wanted. */
bool room_take(struct room *room, struct room_part *part, size_t size);

/* Gives back what the part has, or waits no longer. Who can have theirs then are told. */
void room_leave(struct room *room, struct room_part *part);

#endif
