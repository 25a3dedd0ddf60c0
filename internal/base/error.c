#include "base/error.h"

#include <stdlib.h>

static const struct error_info ERRORS[] = {[E_NONE] = {"", "", 0, false, false, ""},
#define ERROR_ROW(symbol, wire, phase, exit, retryable, effect, next)                              \
    [symbol] = {wire, phase, exit, retryable, effect, next},
                                           ERROR_CODES(ERROR_ROW)
#undef ERROR_ROW
};

const struct error_info *error_info(enum error_code code)
{
    return &ERRORS[code];
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    error_clear(error);
    error->code = code;
    error->message = message;
    return false;
}

void error_set_next(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *next = memory_format_list(format, arguments);
    va_end(arguments);
    free(error->next_action);
    error->next_action = next;
}

static void add_detail(struct error *error, const char *key, const char *value, bool is_json)
{
    struct error_detail **end = &error->details;
    while (*end)
        end = &(*end)->next;
    struct error_detail *detail = memory_new(sizeof(*detail));
    detail->key = memory_copy_string(key);
    detail->value = memory_copy_string(value);
    detail->is_json = is_json;
    *end = detail;
}

void error_add_detail(struct error *error, const char *key, const char *value)
{
    add_detail(error, key, value, false);
}

void error_add_detail_json(struct error *error, const char *key, const char *json)
{
    add_detail(error, key, json, true);
}

void error_clear(struct error *error)
{
    free(error->message);
    free(error->next_action);
    while (error->details) {
        struct error_detail *detail = error->details;
        error->details = detail->next;
        free(detail->key);
        free(detail->value);
        free(detail);
    }
    *error = (struct error){0};
}
