#include "process/lock_file.h"

#include "base/memory.h"

#include <stdlib.h>
#include <windows.h>

static wchar_t *wide(const char *text)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *made = memory_new(sizeof(wchar_t) * (size_t)(length > 0 ? length : 1));
    (void)MultiByteToWideChar(CP_UTF8, 0, text, -1, made, length);
    return made;
}

/* Opened without sharing: the system refuses whoever comes second. */
bool lock_file_take(struct lock_file *lock, const char *path, int64_t *holder, struct error *error)
{
    wchar_t *name = wide(path);
    HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL, OPEN_ALWAYS,
                                FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD reason = GetLastError();
    free(name);
    *holder = 0;
    if (handle != INVALID_HANDLE_VALUE) {
        lock->handle = (intptr_t)handle;
        return true;
    }
    if (reason == ERROR_SHARING_VIOLATION)
        return error_set(error, E_PROJECT_IN_USE, "Another process holds %s.", path);
    return error_set(error, E_SYSTEM, "Cannot open %s: error %lu.", path, reason);
}

void lock_file_release(struct lock_file *lock)
{
    if (lock->handle != 0)
        (void)CloseHandle((HANDLE)lock->handle);
    lock->handle = 0;
}

void lock_file_remove(struct lock_file *lock, const char *path)
{
    FILE_DISPOSITION_INFO gone = {.DeleteFile = TRUE};
    (void)path; /* the handle is the file's, and nobody could put another in its place */
    if (lock->handle != 0)
        (void)SetFileInformationByHandle((HANDLE)lock->handle, FileDispositionInfo, &gone,
                                         sizeof(gone));
    lock_file_release(lock);
}

int64_t lock_file_holder(const char *path)
{
    (void)path; /* Windows does not say who has a file open */
    return 0;
}
