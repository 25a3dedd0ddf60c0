#include "window/x11_display.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_display(const char *text, const char *socket, const char *number,
                           unsigned long screen)
{
    struct x11_display display;
    struct error error = {0};
    cr_assert(x11_display_parse(text, &display, &error), "%s: %s", text, error.message);
    cr_expect_str_eq(display.socket, socket);
    cr_expect_str_eq(display.number, number);
    cr_expect_eq(display.screen, screen);
    x11_display_clear(&display);
}

Test(x11_display, is_a_number_with_or_without_a_screen)
{
    expect_display(":0", "/tmp/.X11-unix/X0", "0", 0);
    expect_display(":99.2", "/tmp/.X11-unix/X99", "99", 2);
    expect_display("unix:10.0", "/tmp/.X11-unix/X10", "10", 0);
}

Test(x11_display, is_none_of_another_machine_and_no_nonsense)
{
    static const char *const REFUSED[] = {
        "",     "0",    ":",     "localhost:10.0", "host:0",  "::0",      ":0.",
        ":0.x", ":0x1", ":-1",   "unix:",          "unix",    ":0.0.0",   ":123456",
        " :0",  ":0 ",  "tcp/:", ":0.123456",      ":/../..", "/tmp/x:0", "unix0:0",
    };
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        struct x11_display display;
        struct error error = {0};
        cr_expect_not(x11_display_parse(REFUSED[i], &display, &error), "%s", REFUSED[i]);
        cr_expect_eq(error.code, E_SYSTEM);
        error_clear(&error);
    }
}

/* Entries as xauth writes them: family, address, display, name, data. */
#define ENTRY_OF_ANOTHER_HOST                                                                      \
    "\1\0\0\5other\0\1"                                                                            \
    "7"                                                                                            \
    "\0\x12MIT-MAGIC-COOKIE-1\0\4host"
#define ENTRY_OF_ANOTHER_KIND                                                                      \
    "\1\0\0\4here\0\1"                                                                             \
    "7"                                                                                            \
    "\0\x13XDM-AUTHORIZATION-1\0\4kind"
#define ENTRY                                                                                      \
    "\1\0\0\4here\0\1"                                                                             \
    "7"                                                                                            \
    "\0\x12MIT-MAGIC-COOKIE-1\0\4gold"
#define ENTRY_OF_ANY_HOST                                                                          \
    "\xFF\xFF\0\0\0\0\0\x12MIT-MAGIC-COOKIE-1\0\3"                                                 \
    "any"

static struct slice bytes(const char *data, size_t size)
{
    return (struct slice){.data = data, .length = size - 1};
}

static void expect_cookie(struct slice authority, const char *expected)
{
    struct slice cookie = x11_cookie_find(authority, "here", "7");
    if (expected)
        cr_expect(slice_equals(cookie, expected), "%.*s", (int)cookie.length, cookie.data);
    else
        cr_expect_null(cookie.data);
}

Test(x11_cookie, is_the_one_for_this_host_and_display)
{
    static const char CONTENT[] = ENTRY_OF_ANOTHER_HOST ENTRY_OF_ANOTHER_KIND ENTRY;
    expect_cookie(bytes(CONTENT, sizeof(CONTENT)), "gold");
    struct slice other = x11_cookie_find(bytes(CONTENT, sizeof(CONTENT)), "here", "8");
    cr_expect_null(other.data);
}

Test(x11_cookie, may_be_for_any_host_and_display)
{
    static const char CONTENT[] = ENTRY_OF_ANOTHER_HOST ENTRY_OF_ANY_HOST;
    expect_cookie(bytes(CONTENT, sizeof(CONTENT)), "any");
}

Test(x11_cookie, is_none_in_a_file_that_is_cut_off)
{
    static const char CONTENT[] = ENTRY;
    for (size_t length = 0; length + 1 < sizeof(CONTENT); length++)
        expect_cookie((struct slice){CONTENT, length}, NULL);
    expect_cookie((struct slice){0}, NULL);
}
