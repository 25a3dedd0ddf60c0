#include "host/assembly_definition.h"

#include "base/memory.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_NAME_LENGTH = 200,
};

/* A name becomes a file's name and part of a compiler's argument. */
static const char *name_fault(const char *name)
{
    size_t length = strlen(name);
    if (length == 0)
        return "its name is missing or empty";
    if (length > MOST_NAME_LENGTH)
        return "its name is longer than 200 bytes";
    if (name[0] == '.' || name[0] == '-' || name[length - 1] == '.')
        return "its name begins with '.' or '-', or ends with '.'";
    for (const char *at = name; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == '\x7f' || strchr("/\\:*?\"<>|,;='", *at))
            return "its name has a character that no assembly's name may have";
    }
    return NULL;
}

/* Is the member missing, or a list of strings? */
static bool is_string_list(const cJSON *object, const char *name)
{
    const cJSON *list = json_get(object, name), *item = NULL;
    if (!list)
        return true;
    if (!cJSON_IsArray(list))
        return false;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item))
            return false;
    }
    return true;
}

static const char *shape_fault(const cJSON *object)
{
    static const char *const FLAGS[] = {"autoReferenced", "allowUnsafeCode"};
    if (!cJSON_IsObject(object))
        return "it is no JSON object";
    for (size_t at = 0; at < sizeof(FLAGS) / sizeof(FLAGS[0]); at++) {
        const cJSON *flag = json_get(object, FLAGS[at]);
        if (flag && !cJSON_IsBool(flag))
            return "autoReferenced and allowUnsafeCode must be true or false";
    }
    if (!is_string_list(object, "references"))
        return "references must be a list of strings";
    if (!is_string_list(object, "includePlatforms") || !is_string_list(object, "excludePlatforms"))
        return "includePlatforms and excludePlatforms must be lists of strings";
    if (!is_string_list(object, "defineConstraints"))
        return "defineConstraints must be a list of strings";
    return json_string(object, "name") ? name_fault(json_string(object, "name"))
                                       : "its name is missing or empty";
}

static bool list_has(const cJSON *object, const char *name, const char *wanted)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_get(object, name))
    {
        if (strcmp(item->valuestring, wanted) == 0)
            return true;
    }
    return false;
}

static bool is_defined(const char *const *defines, struct slice name)
{
    for (; *defines; defines++) {
        if (slice_equals(name, *defines))
            return true;
    }
    return false;
}

static struct slice trim(struct slice text)
{
    while (text.length > 0 && text.data[0] == ' ') {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && text.data[text.length - 1] == ' ')
        text.length--;
    return text;
}

/* "A", "!A", or several of them with "||" in between. */
static bool is_met(const char *constraint, const char *const *defines)
{
    for (;;) {
        const char *end = strstr(constraint, "||");
        size_t length = end ? (size_t)(end - constraint) : strlen(constraint);
        struct slice term = trim((struct slice){.data = constraint, .length = length});
        bool negated = term.length > 0 && term.data[0] == '!';
        if (negated)
            term = trim((struct slice){.data = term.data + 1, .length = term.length - 1});
        if (is_defined(defines, term) != negated)
            return true;
        if (!end)
            return false;
        constraint = end + 2;
    }
}

static bool constraints_are_met(const cJSON *object, const char *const *defines)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_get(object, "defineConstraints"))
    {
        if (!is_met(item->valuestring, defines))
            return false;
    }
    return true;
}

static void take(const cJSON *object, const char *const *defines,
                 struct assembly_definition *definition)
{
    const cJSON *references = json_get(object, "references"), *item = NULL;
    int included = cJSON_GetArraySize(json_get(object, "includePlatforms"));
    bool for_editor = included == 0 ? !list_has(object, "excludePlatforms", "Editor")
                                    : list_has(object, "includePlatforms", "Editor");
    size_t count = (size_t)cJSON_GetArraySize(references);
    *definition = (struct assembly_definition){
        .name = memory_copy_string(json_string(object, "name")),
        .references = memory_new((count + 1) * sizeof(*definition->references)),
        .editor_only = included == 1 && for_editor,
        .left_out = !for_editor || !constraints_are_met(object, defines),
        .auto_referenced = !cJSON_IsFalse(json_get(object, "autoReferenced")),
        .allow_unsafe = cJSON_IsTrue(json_get(object, "allowUnsafeCode")),
    };
    cJSON_ArrayForEach(item, references)
    {
        definition->references[definition->reference_count++] =
            memory_copy_string(item->valuestring);
    }
}

const char *assembly_definition_read(struct slice text, const char *const *defines,
                                     struct assembly_definition *definition)
{
    const char *fault = NULL;
    cJSON *object = json_parse(text, &fault);
    if (!fault)
        fault = shape_fault(object);
    if (!fault)
        take(object, defines, definition);
    cJSON_Delete(object);
    return fault;
}

void assembly_definition_clear(struct assembly_definition *definition)
{
    free(definition->name);
    for (size_t at = 0; at < definition->reference_count; at++)
        free(definition->references[at]);
    free(definition->references);
    *definition = (struct assembly_definition){0};
}
