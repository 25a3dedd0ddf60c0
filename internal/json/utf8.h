#ifndef ULOOP_JSON_UTF8_H
#define ULOOP_JSON_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* What stands in for bytes that are not UTF-8: U+FFFD. */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/*
 * The length of the UTF-8 sequence at the front of `text`, of which `length` bytes are there (at
 * least one); 0 when it is not one: overlong forms, surrogates and code points beyond U+10FFFF
 * included. The ranges of the second byte are those of RFC 3629, section 4.
 */
size_t utf8_length(const unsigned char *text, size_t length);

/* Is all of the text UTF-8? */
bool utf8_is_valid(const char *text);

#endif
