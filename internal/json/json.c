#include "json/json.h"

#include "base/buffer.h"
#include "json/scan.h"
#include "json/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_NUMBER = 63 /* what cJSON looks at of a number; it does not mind the rest */
};

static bool is_number_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

/* What checked text has that cJSON would not read as it stands; NULL when there is nothing. */
static const char *find_unreadable(struct slice text)
{
    bool in_string = false;
    size_t number = 0;
    for (size_t at = 0; at < text.length; at++) {
        char byte = text.data[at];
        number = !in_string && is_number_byte(byte) ? number + 1 : 0;
        if (number > LONGEST_NUMBER)
            return "a number of more than 63 characters";
        if (byte == '"')
            in_string = !in_string;
        if (byte != '\\')
            continue;
        if (text.length - at >= 6 && memcmp(text.data + at, "\\u0000", 6) == 0)
            return "a NUL character in a string";
        at++;
    }
    return NULL;
}

cJSON *json_parse(struct slice text, const char **reason)
{
    text = json_skip_bom(text);
    const char *fault = json_check(text, NULL);
    if (!fault)
        fault = find_unreadable(text);
    cJSON *value = fault ? NULL : cJSON_ParseWithLength(text.data, text.length);
    if (!fault && !value)
        fault = "no memory, or an unpaired surrogate in a string";
    if (reason)
        *reason = fault;
    return value;
}

cJSON *json_get(const cJSON *object, const char *name)
{
    cJSON *found = NULL;
    cJSON *each;
    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(each, object)
    {
        if (strcmp(each->string, name) == 0)
            found = each;
    }
    return found;
}

cJSON *json_get_any_case(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItem(object, name);
}

const char *json_string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(json_get(object, name));
}

int64_t json_whole_number(const cJSON *object, const char *name, int64_t otherwise)
{
    const double most = 9007199254740991.0; /* 2^53 - 1: the next two read as the same double */
    const cJSON *member = json_get(object, name);
    if (!cJSON_IsNumber(member))
        return otherwise;
    double value = member->valuedouble;
    bool is_whole = value >= -most && value <= most && (double)(int64_t)value == value;
    return is_whole ? (int64_t)value : otherwise;
}

/* The text with U+FFFD for every byte that is not UTF-8; the caller frees. */
static char *valid_text(const char *text)
{
    struct buffer valid = {0};
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length((const unsigned char *)text, left);
        if (length > 0)
            buffer_append(&valid, text, length);
        else
            buffer_append_string(&valid, UTF8_REPLACEMENT);
        size_t taken = length ? length : 1;
        text += taken;
        left -= taken;
    }
    return buffer_take(&valid);
}

void json_put_string(cJSON *object, const char *name, const char *value)
{
    char *text = value ? valid_text(value) : NULL;
    cJSON *item = text ? cJSON_CreateString(text) : cJSON_CreateNull();
    if (!item || !cJSON_AddItemToObject(object, name, item))
        memory_exhausted();
    free(text);
}

char *json_print(const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (!text)
        memory_exhausted();
    return text;
}
