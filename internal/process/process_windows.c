#include "base/memory.h"
#include "process/arguments.h"

#include <shellapi.h>
#include <stdlib.h>
#include <string.h>
#include <tlhelp32.h>
#include <winternl.h>

/* Of NtQueryInformationProcess, Windows 8.1 and later; the SDK does not name it. */
#define PROCESS_COMMAND_LINE_INFORMATION ((PROCESSINFOCLASS)60)

static HANDLE open_process(int64_t pid)
{
    if (pid <= 0 || pid > UINT32_MAX) {
        SetLastError(ERROR_INVALID_PARAMETER); /* what Windows says of a pid that is nobody's */
        return NULL;
    }
    return OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, (DWORD)pid);
}

enum process_presence process_look(int64_t pid)
{
    HANDLE process = open_process(pid);
    if (!process) {
        DWORD reason = GetLastError();
        if (reason == ERROR_INVALID_PARAMETER)
            return PROCESS_GONE;
        return reason == ERROR_ACCESS_DENIED ? PROCESS_ALIVE : PROCESS_UNKNOWN;
    }
    /* Somebody's open handle keeps an ended process's id: only the wait tells. */
    DWORD waited = WaitForSingleObject(process, 0);
    (void)CloseHandle(process);
    return waited == WAIT_TIMEOUT ? PROCESS_ALIVE : PROCESS_GONE;
}

char *process_start_token(int64_t pid)
{
    HANDLE process = open_process(pid);
    if (!process)
        return NULL;
    FILETIME start, end, kernel, user;
    bool known = GetProcessTimes(process, &start, &end, &kernel, &user);
    (void)CloseHandle(process);
    return known ? memory_format("%08lx%08lx", start.dwHighDateTime, start.dwLowDateTime) : NULL;
}

static bool append_utf8(struct buffer *block, const wchar_t *text)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    if (size <= 0 || !buffer_reserve(block, (size_t)size))
        return false;
    (void)WideCharToMultiByte(CP_UTF8, 0, text, -1, block->data + block->length, size, NULL, NULL);
    block->length += (size_t)size; /* its NUL included */
    return true;
}

/* The process's command line; the caller frees. */
static UNICODE_STRING *command_line(HANDLE process)
{
    typedef NTSTATUS(NTAPI * query_function)(HANDLE, PROCESSINFOCLASS, PVOID, ULONG, PULONG);
    query_function query = (query_function)(uintptr_t)GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
                                                                     "NtQueryInformationProcess");
    ULONG size = 0;
    if (query)
        (void)query(process, PROCESS_COMMAND_LINE_INFORMATION, NULL, 0, &size);
    if (size < sizeof(UNICODE_STRING) || size > PROCESS_MOST_ARGUMENT_BYTES)
        return NULL;
    UNICODE_STRING *line = calloc(1, size + sizeof(wchar_t)); /* its text ends with a NUL then */
    if (line && query(process, PROCESS_COMMAND_LINE_INFORMATION, line, size, &size) < 0) {
        free(line);
        line = NULL;
    }
    return line;
}

/* Why a process was not opened. Windows denies its own and other users' as a matter of course. */
static enum process_reading why_not_opened(void)
{
    DWORD reason = GetLastError();
    return reason == ERROR_INVALID_PARAMETER || reason == ERROR_ACCESS_DENIED ? PROCESS_HAS_NONE
                                                                              : PROCESS_NOT_READ;
}

enum process_reading process_arguments_read(int64_t pid, struct process_arguments *arguments)
{
    *arguments = (struct process_arguments){0};
    HANDLE process = open_process(pid);
    if (!process)
        return why_not_opened();
    UNICODE_STRING *line = command_line(process);
    int count = 0;
    wchar_t **items = line && line->Length > 0 ? CommandLineToArgvW(line->Buffer, &count) : NULL;
    struct buffer block = {0};
    bool read = items != NULL;
    for (int i = 0; read && i < count; i++)
        read = append_utf8(&block, items[i]);
    (void)LocalFree(items);
    free(line);
    (void)CloseHandle(process);
    if (read)
        return process_arguments_take(&block, arguments);
    buffer_clear(&block);
    return process_look(pid) == PROCESS_GONE ? PROCESS_HAS_NONE : PROCESS_NOT_READ;
}

enum process_reading process_program(int64_t pid, char *program, size_t size)
{
    HANDLE process = open_process(pid);
    if (!process)
        return why_not_opened();
    wchar_t path[PROCESS_PROGRAM_SIZE];
    DWORD length = PROCESS_PROGRAM_SIZE;
    bool known = QueryFullProcessImageNameW(process, 0, path, &length) &&
                 WideCharToMultiByte(CP_UTF8, 0, path, -1, program, (int)size, NULL, NULL) > 0;
    (void)CloseHandle(process);
    return known ? PROCESS_READ : PROCESS_HAS_NONE;
}

char *process_working_folder(int64_t pid)
{
    (void)pid; /* only to be had by reading the other process's memory */
    return NULL;
}

bool process_each(process_visitor visit, void *context)
{
    HANDLE table = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (table == INVALID_HANDLE_VALUE)
        return false;
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    bool wants_more = true;
    bool shown = Process32FirstW(table, &entry);
    while (shown && wants_more) {
        wants_more = entry.th32ProcessID == 0 || visit(context, (int64_t)entry.th32ProcessID);
        shown = Process32NextW(table, &entry);
    }
    bool complete = !wants_more || GetLastError() == ERROR_NO_MORE_FILES;
    (void)CloseHandle(table);
    return complete;
}

/* On the loop's thread. */
static void exited(uv_async_t *async)
{
    struct process_watch *watch = async->data;
    watch->on_exit(watch->context);
}

/* On a thread of the system's. */
static void CALLBACK wait_ended(void *context, BOOLEAN timed_out)
{
    (void)timed_out;
    struct process_watch *watch = context;
    (void)uv_async_send(&watch->handle.async);
}

int process_watch_start(struct process_watch *watch, uv_loop_t *loop, int64_t pid,
                        void (*on_exit)(void *context), void *context)
{
    *watch = (struct process_watch){.on_exit = on_exit, .context = context};
    HANDLE process = open_process(pid);
    if (!process)
        return GetLastError() == ERROR_INVALID_PARAMETER
                   ? UV_ESRCH
                   : uv_translate_sys_error((int)GetLastError());
    int status = uv_async_init(loop, &watch->handle.async, exited);
    if (status < 0) {
        (void)CloseHandle(process);
        return status;
    }
    watch->handle.async.data = watch;
    watch->process = (intptr_t)process;
    watch->active = true;
    if (RegisterWaitForSingleObject(&watch->wait, process, wait_ended, watch, INFINITE,
                                    WT_EXECUTEONLYONCE))
        return 0;
    status = uv_translate_sys_error((int)GetLastError());
    process_watch_stop(watch);
    return status;
}

void process_watch_stop(struct process_watch *watch)
{
    if (!watch->active)
        return;
    watch->active = false;
    if (watch->wait) /* returns when wait_ended() cannot run any more */
        (void)UnregisterWaitEx(watch->wait, INVALID_HANDLE_VALUE);
    (void)CloseHandle((HANDLE)watch->process);
    uv_close(&watch->handle.any, NULL);
}
