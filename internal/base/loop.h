#ifndef ULOOP_BASE_LOOP_H
#define ULOOP_BASE_LOOP_H

#include <uv.h>

/*
 * uv_loop_init(), which aborts instead of failing where the process may open no descriptors for its
 * signals. Returns 0 or libuv's error (UV_EMFILE, UV_ENFILE); UV_EBADF where a standard stream is
 * closed, whose number a descriptor of the loop must not get.
 */
int loop_open(uv_loop_t *loop);

#endif
