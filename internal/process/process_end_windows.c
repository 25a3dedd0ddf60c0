#include "process/process_end.h"

#include "process/process.h"

#include <stdlib.h>
#include <string.h>

struct asked {
    DWORD pid;
    bool any;
};

static BOOL CALLBACK ask(HWND window, LPARAM context)
{
    struct asked *asked = (struct asked *)context;
    DWORD owner = 0;
    (void)GetWindowThreadProcessId(window, &owner);
    if (owner == asked->pid && IsWindowVisible(window) && PostMessageW(window, WM_CLOSE, 0, 0))
        asked->any = true;
    return TRUE;
}

static int ask_windows(int64_t pid)
{
    struct asked asked = {.pid = (DWORD)pid};
    (void)EnumWindows(ask, (LPARAM)&asked);
    return asked.any ? 0 : UV_ESRCH;
}

int process_end(int64_t pid, const char *start_token, enum process_ending how)
{
    if (process_look(pid) == PROCESS_GONE)
        return UV_ESRCH;
    /* While the handle is open the pid is not given to another process. */
    HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD)pid);
    if (!process)
        return uv_translate_sys_error((int)GetLastError());
    char *token = process_start_token(pid);
    int status = UV_ESRCH;
    if (token && strcmp(token, start_token) == 0) {
        if (how == PROCESS_ASK)
            status = ask_windows(pid);
        else
            status = TerminateProcess(process, 1) ? 0 : uv_translate_sys_error((int)GetLastError());
    }
    free(token);
    (void)CloseHandle(process);
    return status;
}
