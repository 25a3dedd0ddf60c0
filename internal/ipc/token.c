#include "ipc/token.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_FILE_BYTES = 1024
};

/* The token that the text consists of; NULL when it is none. */
static char *find_token(const char *text)
{
    static const char BLANKS[] = " \t\r\n";
    const char *begin = text + strspn(text, BLANKS);
    size_t digits = strspn(begin, "0123456789abcdef");
    const char *end = begin + digits;
    bool is_token = digits == TOKEN_DIGITS && end[strspn(end, BLANKS)] == '\0';
    return is_token ? memory_copy_bytes(begin, digits) : NULL;
}

char *token_read(const char *path, struct error *error)
{
    struct buffer text = {0};
    struct error failure = {0};
    char *token = NULL;
    switch (file_read(path, MOST_FILE_BYTES, &text, &failure)) {
    case FILE_READ:
        token = text.data && strlen(text.data) == text.length ? find_token(text.data) : NULL;
        if (!token)
            error_set(error, E_ENDPOINT_DENIED,
                      "The token file %s does not hold 64 lower-case hex digits.", path);
        break;
    case FILE_ABSENT:
        break;
    case FILE_FAILED:
        error_set(error, E_ENDPOINT_DENIED, "The token file cannot be read: %s", failure.message);
        break;
    }
    if (error->code != E_NONE)
        error_set_next(error, "Name the token file of the server in ULOOP_TOKEN_FILE, and see "
                              "that this user can read it.");
    error_clear(&failure);
    buffer_clear(&text);
    return token;
}

bool token_equals(const char *token, struct slice given)
{
    /* The length of what was given is no secret. Volatile, so that the loop goes to its end. */
    volatile unsigned char difference = given.length != TOKEN_DIGITS;
    for (size_t at = 0; at < TOKEN_DIGITS; at++) {
        char digit = given.length == TOKEN_DIGITS ? given.data[at] : '\0';
        difference = (unsigned char)(difference | (unsigned char)(digit ^ token[at]));
    }
    return difference == 0;
}
