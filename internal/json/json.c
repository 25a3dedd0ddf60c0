#include "json/json.h"

#include "base/memory.h"
#include "json/scan.h"

#include <string.h>

/* In checked text a \u0000 can only be an escape whose backslash is not itself escaped. */
static bool has_nul_escape(struct slice text)
{
    for (size_t at = 0; at + 1 < text.length; at++) {
        if (text.data[at] != '\\')
            continue;
        if (text.length - at >= 6 && memcmp(text.data + at, "\\u0000", 6) == 0)
            return true;
        at++;
    }
    return false;
}

cJSON *json_parse(struct slice text, const char **reason)
{
    text = json_skip_bom(text);
    const char *fault = json_check(text, NULL);
    if (!fault && has_nul_escape(text))
        fault = "a NUL character in a string";
    cJSON *value = fault ? NULL : cJSON_ParseWithLength(text.data, text.length);
    if (!fault && !value)
        fault = "no memory, or an unpaired surrogate in a string";
    if (reason)
        *reason = fault;
    return value;
}

cJSON *json_get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
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
    const double most = 9007199254740992.0; /* 2^53 */
    const cJSON *member = json_get(object, name);
    if (!cJSON_IsNumber(member))
        return otherwise;
    double value = member->valuedouble;
    bool is_whole = value >= -most && value <= most && (double)(int64_t)value == value;
    return is_whole ? (int64_t)value : otherwise;
}

void json_put_string(cJSON *object, const char *name, const char *value)
{
    cJSON *item = value ? cJSON_CreateString(value) : cJSON_CreateNull();
    if (!item || !cJSON_AddItemToObject(object, name, item))
        memory_exhausted();
}

char *json_print(const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    if (!text)
        memory_exhausted();
    return text;
}
