#include "window/window.h"

#include <inttypes.h>
#include <windows.h>

struct search {
    DWORD pid;
    HWND window;
};

/* Windows come in their order on the screen, the topmost first. */
static BOOL CALLBACK consider(HWND window, LPARAM context)
{
    struct search *search = (struct search *)context;
    DWORD owner = 0;
    (void)GetWindowThreadProcessId(window, &owner);
    bool is_main =
        owner == search->pid && IsWindowVisible(window) && GetWindow(window, GW_OWNER) == NULL;
    if (is_main)
        search->window = window;
    return !is_main;
}

/* Windows lets only the foreground's own threads hand the foreground on: so we join its input. */
static bool take_foreground(HWND window)
{
    DWORD foreground = GetWindowThreadProcessId(GetForegroundWindow(), NULL);
    DWORD own = GetCurrentThreadId();
    bool joined = foreground != 0 && foreground != own && AttachThreadInput(own, foreground, TRUE);
    (void)BringWindowToTop(window);
    bool taken = SetForegroundWindow(window);
    if (joined)
        (void)AttachThreadInput(own, foreground, FALSE);
    return taken;
}

bool window_focus(int64_t pid, struct error *error)
{
    struct search search = {.pid = (DWORD)pid};
    (void)EnumWindows(consider, (LPARAM)&search);
    if (!search.window)
        return error_set(error, E_SYSTEM, "Process %" PRId64 " has no window.", pid);
    /* Asynchronously: an Editor whose main thread is busy must not hold us up. */
    if (IsIconic(search.window))
        (void)ShowWindowAsync(search.window, SW_RESTORE);
    return take_foreground(search.window) ||
           error_set(error, E_SYSTEM,
                     "Windows did not bring the window of process %" PRId64 " to the front.", pid);
}
