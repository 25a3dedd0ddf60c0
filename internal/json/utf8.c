#include "json/utf8.h"

#include <string.h>

size_t utf8_length(const unsigned char *text, size_t length)
{
    unsigned char lead = text[0];
    size_t needed = lead < 0x80   ? 1
                    : lead < 0xC2 ? 0
                    : lead < 0xE0 ? 2
                    : lead < 0xF0 ? 3
                    : lead < 0xF5 ? 4
                                  : 0;
    if (needed == 0 || needed > length)
        return 0;
    if (needed == 1)
        return 1;
    unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (text[1] < lowest || text[1] > highest)
        return 0;
    for (size_t i = 2; i < needed; i++) {
        if (text[i] < 0x80 || text[i] > 0xBF)
            return 0;
    }
    return needed;
}

bool utf8_is_valid(const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length((const unsigned char *)text, left);
        if (length == 0)
            return false;
        text += length;
        left -= length;
    }
    return true;
}
