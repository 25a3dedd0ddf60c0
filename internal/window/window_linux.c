#include "window/window.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/path.h"
#include "window/x11.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * X11 through the window manager, by the conventions of EWMH: every window that it manages is in a
 * list of the root window's, tells its process in _NET_WM_PID, and is activated by a message. With
 * Wayland this works for as long as both speak through Xwayland, as Unity's Editor does; Wayland
 * itself lets no program touch another one's windows.
 */

#define MOST_AUTHORITY_BYTES ((size_t)1 << 20)
#define HOST_NAME_SIZE       256

/* The names that are spoken of, as the server's numbers. */
struct atoms {
    uint32_t supported, active_window, client_list, client_list_stacking, wm_pid;
};

static bool get_atoms(struct x11 *x11, struct atoms *atoms, struct error *error)
{
    return x11_atom(x11, "_NET_SUPPORTED", &atoms->supported, error) &&
           x11_atom(x11, "_NET_ACTIVE_WINDOW", &atoms->active_window, error) &&
           x11_atom(x11, "_NET_CLIENT_LIST", &atoms->client_list, error) &&
           x11_atom(x11, "_NET_CLIENT_LIST_STACKING", &atoms->client_list_stacking, error) &&
           x11_atom(x11, "_NET_WM_PID", &atoms->wm_pid, error);
}

static bool check_manager(struct x11 *x11, const struct atoms *atoms, struct error *error)
{
    struct x11_values supported;
    if (!x11_property(x11, x11->root, atoms->supported, X11_ATOM, &supported, error))
        return false;
    bool found = false;
    for (size_t i = 0; i < supported.count; i++)
        found = found || supported.items[i] == atoms->active_window;
    x11_values_clear(&supported);
    return found || error_set(error, E_SYSTEM,
                              "The display has no window manager that brings windows to the front "
                              "for others (_NET_ACTIVE_WINDOW).");
}

/* Does the window belong to the process? False with *error only where the connection failed. */
static bool is_window_of(struct x11 *x11, const struct atoms *atoms, uint32_t window, int64_t pid,
                         struct error *error)
{
    struct x11_values pids;
    if (window == 0 || !x11_property(x11, window, atoms->wm_pid, X11_CARDINAL, &pids, error))
        return false;
    bool is = pids.count > 0 && pids.items[0] == pid;
    x11_values_clear(&pids);
    return is;
}

/* The process's windows, the one on top last; the order of their making where the manager does not
 * tell how they are stacked. */
static bool list_windows(struct x11 *x11, const struct atoms *atoms, struct x11_values *windows,
                         struct error *error)
{
    if (!x11_property(x11, x11->root, atoms->client_list_stacking, X11_WINDOW, windows, error))
        return false;
    return windows->count > 0 ||
           x11_property(x11, x11->root, atoms->client_list, X11_WINDOW, windows, error);
}

/* The process's topmost window, which is the one that its user had last. */
static bool find_window(struct x11 *x11, const struct atoms *atoms, int64_t pid, uint32_t *window,
                        struct error *error)
{
    struct x11_values windows;
    if (!list_windows(x11, atoms, &windows, error))
        return false;
    *window = 0;
    for (size_t i = windows.count; i > 0 && *window == 0 && error->code == E_NONE; i--) {
        if (is_window_of(x11, atoms, windows.items[i - 1], pid, error))
            *window = windows.items[i - 1];
    }
    x11_values_clear(&windows);
    if (*window == 0 && error->code == E_NONE)
        error_set(error, E_SYSTEM, "Process %" PRId64 " has no window on the display.", pid);
    return *window != 0;
}

/* Waits until a window of the process is the active one. */
static bool await_active(struct x11 *x11, const struct atoms *atoms, int64_t pid,
                         struct error *error)
{
    for (;;) {
        struct x11_values active;
        if (!x11_property(x11, x11->root, atoms->active_window, X11_WINDOW, &active, error))
            return false;
        uint32_t window = active.count > 0 ? active.items[0] : 0;
        x11_values_clear(&active);
        if (is_window_of(x11, atoms, window, pid, error))
            return true;
        if (error->code != E_NONE)
            return false;
        if (x11_await_change(x11, error))
            continue;
        if (clock_now_ms() >= x11->deadline_ms)
            error_set(error, E_SYSTEM,
                      "The window manager was asked, but does not bring the window to the front.");
        return false;
    }
}

static bool focus(struct x11 *x11, int64_t pid, struct error *error)
{
    enum {
        SOURCE_USER = 2 /* a person asks: focus stealing prevention is for programs' own wishes */
    };
    static const uint32_t DATA[5] = {SOURCE_USER};
    struct atoms atoms;
    uint32_t window;
    return get_atoms(x11, &atoms, error) && check_manager(x11, &atoms, error) &&
           find_window(x11, &atoms, pid, &window, error) && x11_watch_root(x11, error) &&
           x11_send_to_manager(x11, window, atoms.active_window, DATA, error) &&
           await_active(x11, &atoms, pid, error);
}

/* XAUTHORITY, or .Xauthority in the home folder. NULL where neither is known. */
static char *authority_path(void)
{
    const char *path = getenv("XAUTHORITY");
    const char *home = getenv("HOME");
    if (path && *path)
        return memory_copy_string(path);
    return home && *home ? path_join(home, ".Xauthority") : NULL;
}

/* Connects to the display. Without a cookie it tries all the same: many let their own user in. */
static bool open_display(const char *name, struct x11 *x11, struct error *error)
{
    struct x11_display display;
    char host[HOST_NAME_SIZE] = "";
    struct buffer authority = {0};
    struct error ignored = {0};
    if (!x11_display_parse(name, &display, error))
        return false;
    char *path = authority_path();
    if (path && gethostname(host, sizeof(host) - 1) == 0)
        (void)file_read(path, MOST_AUTHORITY_BYTES, &authority, &ignored);
    struct slice cookie = x11_cookie_find(buffer_slice(&authority), host, display.number);
    uint64_t deadline_ms = clock_after(clock_now_ms(), WINDOW_LIMIT_MS);
    bool opened = x11_open(x11, &display, cookie, deadline_ms, error);
    error_clear(&ignored);
    buffer_clear(&authority);
    free(path);
    x11_display_clear(&display);
    return opened;
}

/* Tells why there is no X server to ask. */
static void describe_no_display(struct error *error)
{
    const char *wayland = getenv("WAYLAND_DISPLAY");
    if (wayland && *wayland) {
        error_set(error, E_SYSTEM,
                  "Bringing a window to the front is not supported on Wayland without X: it lets "
                  "no program touch another one's windows.");
        error_set_next(error, "Switch to the Editor's window by hand.");
    } else {
        error_set(error, E_SYSTEM,
                  "There is no display to bring a window to the front of: DISPLAY is not set.");
        error_set_next(error, "Run the command in the desktop session that shows the Editor, or "
                              "set DISPLAY to its display (such as :0).");
    }
}

bool window_focus(int64_t pid, struct error *error)
{
    const char *display = getenv("DISPLAY");
    struct x11 x11;
    if (!display || !*display) {
        describe_no_display(error);
        return false;
    }
    if (!open_display(display, &x11, error))
        return false;
    bool focused = focus(&x11, pid, error);
    x11_close(&x11);
    return focused;
}
