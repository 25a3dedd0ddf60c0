/*
 * A window that says of itself that it belongs to the process named by the first argument, as the
 * Editor's does (_NET_WM_PID). With a second argument, "minimized", it begins so. It tells on
 * standard output when the window manager, which must be running, has taken it ("managed"), and
 * counts when it gets the keyboard ("focused 1", "focused 2", …). It lives until its standard input
 * ends.
 *
 * It uses libxcb, so that the client of our own is not its own witness.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

enum {
    WINDOW_SIZE = 100,
    MOST_WINDOWS = 1024,
    HINTS_SIZE = 9, /* of WM_HINTS, in words */
    HINT_STATE = 2, /* the flag, and the place, of the state to begin with */
    ICONIC = 3
};

static xcb_atom_t atom_of(xcb_connection_t *display, const char *name)
{
    xcb_intern_atom_cookie_t asked = xcb_intern_atom(display, 0, (uint16_t)strlen(name), name);
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(display, asked, NULL);
    xcb_atom_t atom = reply ? reply->atom : XCB_ATOM_NONE;
    free(reply);
    return atom;
}

static void put_numbers(xcb_connection_t *display, xcb_window_t window, xcb_atom_t property,
                        xcb_atom_t type, const uint32_t *numbers, uint32_t count)
{
    (void)xcb_change_property(display, XCB_PROP_MODE_REPLACE, window, property, type, 32, count,
                              numbers);
}

static xcb_window_t make_window(xcb_connection_t *display, const xcb_screen_t *screen, uint32_t pid,
                                bool minimized)
{
    const uint32_t events = XCB_EVENT_MASK_FOCUS_CHANGE;
    const uint32_t hints[HINTS_SIZE] = {HINT_STATE, 0, ICONIC};
    xcb_window_t window = xcb_generate_id(display);
    (void)xcb_create_window(display, XCB_COPY_FROM_PARENT, window, screen->root, 0, 0, WINDOW_SIZE,
                            WINDOW_SIZE, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                            XCB_CW_EVENT_MASK, &events);
    put_numbers(display, window, atom_of(display, "_NET_WM_PID"), XCB_ATOM_CARDINAL, &pid, 1);
    if (minimized)
        put_numbers(display, window, XCB_ATOM_WM_HINTS, XCB_ATOM_WM_HINTS, hints, HINTS_SIZE);
    (void)xcb_map_window(display, window);
    (void)xcb_flush(display);
    return window;
}

/* Is the window in the window manager's list? */
static bool is_listed(xcb_connection_t *display, xcb_window_t root, xcb_atom_t list,
                      xcb_window_t window)
{
    xcb_get_property_cookie_t asked =
        xcb_get_property(display, 0, root, list, XCB_ATOM_WINDOW, 0, MOST_WINDOWS);
    xcb_get_property_reply_t *reply = xcb_get_property_reply(display, asked, NULL);
    bool found = false;
    if (reply) {
        const xcb_window_t *windows = xcb_get_property_value(reply);
        int count = xcb_get_property_value_length(reply) / (int)sizeof(*windows);
        for (int i = 0; i < count; i++)
            found = found || windows[i] == window;
    }
    free(reply);
    return found;
}

/* Takes what has come from the server: how many events, < 0 when the server is gone. */
static int take_events(xcb_connection_t *display, int *focused)
{
    xcb_generic_event_t *event;
    int count = 0;
    for (; (event = xcb_poll_for_event(display)) != NULL; count++) {
        const xcb_focus_in_event_t *focus = (const xcb_focus_in_event_t *)event;
        if ((event->response_type & 0x7F) == XCB_FOCUS_IN &&
            focus->mode == XCB_NOTIFY_MODE_NORMAL && focus->detail != XCB_NOTIFY_DETAIL_POINTER) {
            (void)printf("focused %d\n", ++*focused);
            (void)fflush(stdout);
        }
        free(event);
    }
    return xcb_connection_has_error(display) == 0 ? count : -1;
}

int main(int argc, char **argv)
{
    int number;
    xcb_connection_t *display = xcb_connect(NULL, &number);
    if (argc < 2 || xcb_connection_has_error(display) != 0)
        return EXIT_FAILURE;
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(display)).data;
    xcb_atom_t list = atom_of(display, "_NET_CLIENT_LIST");
    const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
    (void)xcb_change_window_attributes(display, screen->root, XCB_CW_EVENT_MASK, &mask);
    xcb_window_t window =
        make_window(display, screen, (uint32_t)strtoul(argv[1], NULL, 10), argc > 2);
    struct pollfd polled[] = {{.fd = xcb_get_file_descriptor(display), .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    bool managed = false;
    int focused = 0;
    while (polled[1].revents == 0) {
        if (!managed && is_listed(display, screen->root, list, window)) {
            managed = true;
            (void)puts("managed");
            (void)fflush(stdout);
        }
        int events = take_events(display, &focused);
        if (events < 0)
            return EXIT_FAILURE;
        if (events == 0) /* else look again: poll() does not see what libxcb has read already */
            (void)poll(polled, 2, -1);
    }
    xcb_disconnect(display);
    return EXIT_SUCCESS;
}
