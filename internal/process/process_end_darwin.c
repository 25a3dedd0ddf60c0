#include "process/process_end.h"

#include "process/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int process_end(int64_t pid, const char *start_token, enum process_ending how)
{
    if (process_look(pid) == PROCESS_GONE)
        return UV_ESRCH;
    char *token = process_start_token(pid);
    bool same = token && strcmp(token, start_token) == 0;
    free(token);
    if (!same)
        return UV_ESRCH;
    return kill((pid_t)pid, how == PROCESS_ASK ? SIGTERM : SIGKILL) == 0
               ? 0
               : uv_translate_sys_error(errno);
}
