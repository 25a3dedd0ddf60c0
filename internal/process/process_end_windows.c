#include "process/process_end.h"

#include "process/process.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
    EVENT_NAME_SIZE = 64,
};

/* For all sessions: who stops a host may have come over the network. */
static void name_event(wchar_t name[EVENT_NAME_SIZE], DWORD pid)
{
    (void)swprintf(name, EVENT_NAME_SIZE, L"Global\\uloop-ask-%lu", pid);
}

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

static int ask_process(int64_t pid)
{
    wchar_t name[EVENT_NAME_SIZE];
    name_event(name, (DWORD)pid);
    HANDLE event = OpenEventW(EVENT_MODIFY_STATE, FALSE, name);
    if (!event)
        return GetLastError() == ERROR_FILE_NOT_FOUND ? ask_windows(pid)
                                                      : uv_translate_sys_error((int)GetLastError());
    int status = SetEvent(event) ? 0 : uv_translate_sys_error((int)GetLastError());
    (void)CloseHandle(event);
    return status;
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
            status = ask_process(pid);
        else
            status = TerminateProcess(process, 1) ? 0 : uv_translate_sys_error((int)GetLastError());
    }
    free(token);
    (void)CloseHandle(process);
    return status;
}

/* On the loop's thread. */
static void asked(uv_async_t *async)
{
    struct process_ask_watch *watch = async->data;
    watch->on_ask(watch->context);
}

/* On a thread of the system's. */
static void CALLBACK wait_ended(void *context, BOOLEAN timed_out)
{
    (void)timed_out;
    struct process_ask_watch *watch = context;
    (void)uv_async_send(&watch->async);
}

/* An event that is there already is somebody else's, who waits for this process's id. */
static int make_event(HANDLE *event)
{
    wchar_t name[EVENT_NAME_SIZE];
    name_event(name, GetCurrentProcessId());
    *event = CreateEventW(NULL, FALSE, FALSE, name);
    DWORD reason = GetLastError();
    if (*event && reason != ERROR_ALREADY_EXISTS)
        return 0;
    if (*event)
        (void)CloseHandle(*event);
    return uv_translate_sys_error((int)reason);
}

int process_ask_watch_start(struct process_ask_watch *watch, uv_loop_t *loop,
                            void (*on_ask)(void *context), void *context)
{
    HANDLE event;
    *watch = (struct process_ask_watch){.on_ask = on_ask, .context = context};
    int status = make_event(&event);
    if (status < 0)
        return status;
    status = uv_async_init(loop, &watch->async, asked);
    if (status < 0) {
        (void)CloseHandle(event);
        return status;
    }
    watch->async.data = watch;
    watch->event = event;
    if (RegisterWaitForSingleObject(&watch->wait, event, wait_ended, watch, INFINITE,
                                    WT_EXECUTEONLYONCE))
        return 0;
    status = uv_translate_sys_error((int)GetLastError());
    process_ask_watch_stop(watch);
    return status;
}

void process_ask_watch_stop(struct process_ask_watch *watch)
{
    if (!watch->event)
        return;
    if (watch->wait) /* returns when wait_ended() cannot run any more */
        (void)UnregisterWaitEx(watch->wait, INVALID_HANDLE_VALUE);
    (void)CloseHandle(watch->event);
    watch->event = NULL;
    uv_close((uv_handle_t *)&watch->async, NULL);
}
