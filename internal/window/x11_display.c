#include "window/x11_display.h"

#include <stdlib.h>
#include <string.h>

/* The families of Xauthority entries that can be meant for a local server. */
enum {
    FAMILY_LOCAL = 256,  /* the address is the host's name */
    FAMILY_WILD = 65535, /* any */
};

enum {
    MOST_DIGITS = 5
};

static const char DIGITS[] = "0123456789";

bool x11_display_parse(const char *text, struct x11_display *display, struct error *error)
{
    *display = (struct x11_display){0};
    const char *host_end = strncmp(text, "unix", 4) == 0 ? text + 4 : text;
    const char *number = host_end + (*host_end == ':');
    size_t length = number > host_end ? strspn(number, DIGITS) : 0;
    const char *behind = number + length;
    size_t screen_length = *behind == '.' ? strspn(behind + 1, DIGITS) : 0;
    bool is_whole = *behind == '\0' || (screen_length > 0 && behind[1 + screen_length] == '\0');
    if (length == 0 || length > MOST_DIGITS || screen_length > MOST_DIGITS || !is_whole)
        return error_set(error, E_SYSTEM,
                         "The X display \"%s\" is not one of this machine; only those (\":0\") are "
                         "supported.",
                         text);
    display->number = memory_copy_bytes(number, length);
    display->socket = memory_format("/tmp/.X11-unix/X%s", display->number);
    display->screen = screen_length > 0 ? strtoul(behind + 1, NULL, 10) : 0;
    return true;
}

void x11_display_clear(struct x11_display *display)
{
    free(display->socket);
    free(display->number);
    *display = (struct x11_display){0};
}

/* Cuts a big-endian number of 16 bits off the front. */
static bool take_number(struct slice *rest, unsigned *number)
{
    const unsigned char *at = (const unsigned char *)rest->data;
    if (rest->length < 2)
        return false;
    *number = (unsigned)at[0] << 8 | at[1];
    *rest = (struct slice){rest->data + 2, rest->length - 2};
    return true;
}

/* Cuts bytes with their length in front off the front. */
static bool take_bytes(struct slice *rest, struct slice *bytes)
{
    unsigned length;
    if (!take_number(rest, &length) || rest->length < length)
        return false;
    *bytes = (struct slice){rest->data, length};
    *rest = (struct slice){rest->data + length, rest->length - length};
    return true;
}

struct slice x11_cookie_find(struct slice authority, const char *host, const char *number)
{
    unsigned family;
    struct slice address, display, name, data;
    while (take_number(&authority, &family) && take_bytes(&authority, &address) &&
           take_bytes(&authority, &display) && take_bytes(&authority, &name) &&
           take_bytes(&authority, &data)) {
        bool is_here =
            family == FAMILY_WILD || (family == FAMILY_LOCAL && slice_equals(address, host));
        bool is_display = display.length == 0 || slice_equals(display, number);
        if (is_here && is_display && slice_equals(name, X11_COOKIE_NAME))
            return data;
    }
    return (struct slice){0};
}
