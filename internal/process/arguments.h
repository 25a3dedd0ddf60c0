#ifndef ULOOP_PROCESS_ARGUMENTS_H
#define ULOOP_PROCESS_ARGUMENTS_H

#include "base/buffer.h"
#include "process/process.h"

/* More than any system lets a process be started with (Linux: three quarters of 8 MiB). */
#define PROCESS_MOST_ARGUMENT_BYTES ((size_t)6 << 20)

/*
 * Makes a vector of strings that each end with a NUL, the last one perhaps without. Takes the
 * block's bytes; the block is empty afterwards. PROCESS_HAS_NONE when there are none,
 * PROCESS_NOT_READ when there is no memory.
 */
enum process_reading process_arguments_take(struct buffer *block,
                                            struct process_arguments *arguments);

#endif
