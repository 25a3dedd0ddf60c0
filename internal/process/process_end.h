#ifndef ULOOP_PROCESS_PROCESS_END_H
#define ULOOP_PROCESS_PROCESS_END_H

#include <stdint.h>

enum process_ending {
    PROCESS_ASK,  /* it may save and clean up, or refuse: SIGTERM; on Windows its windows are told
                     to close */
    PROCESS_KILL, /* it gets no say */
};

/*
 * Ends that life of the process which `start_token` names (process_start_token()). Another process
 * that was given the pid since is left alone. Does not wait for the end.
 *
 * Returns 0; UV_ESRCH when that life is over, and, on Windows, when there is no window to ask; or
 * another libuv error (UV_EPERM).
 */
int process_end(int64_t pid, const char *start_token, enum process_ending how);

#endif
