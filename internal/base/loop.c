#include "base/loop.h"

#include <stdbool.h>
#include <stddef.h>

/* The six descriptors that a loop takes on Linux. The pipe for the signals of the whole process is
 * among them, and must not be refused; and what libuv has of the rest when one is, it leaks. */
#define TRIED_PIPES 3

static bool is_above_streams(const uv_file ends[2])
{
    return ends[0] > 2 && ends[1] > 2;
}

static void close_end(uv_file end)
{
    uv_fs_t request;
    (void)uv_fs_close(NULL, &request, end, NULL);
    uv_fs_req_cleanup(&request);
}

int loop_open(uv_loop_t *loop)
{
    uv_file pipes[TRIED_PIPES][2];
    size_t count = 0;
    int status = 0;
    while (count < TRIED_PIPES && status == 0) {
        status = uv_pipe(pipes[count], 0, 0);
        if (status == 0 && !is_above_streams(pipes[count++]))
            status = UV_EBADF;
    }
    while (count > 0) {
        close_end(pipes[--count][0]);
        close_end(pipes[count][1]);
    }
    return status < 0 ? status : uv_loop_init(loop);
}
