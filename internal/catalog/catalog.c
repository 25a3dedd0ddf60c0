#include "catalog/catalog.h"

#include "base/buffer.h"
#include "base/file.h"
#include "json/json.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char BUILTIN[] = {
#include "builtin_tools.inc"
};

struct slice catalog_builtin(void)
{
    return (struct slice){.data = (const char *)BUILTIN, .length = sizeof(BUILTIN)};
}

static bool broken(const char *source, const char *what, struct error *error)
{
    return error_set(error, E_CATALOG_BROKEN, "The tool catalog %s cannot be used: %s.", source,
                     what);
}

static bool read_entry(const cJSON *definition, struct catalog_entry *entry)
{
    const char *name = cJSON_GetStringValue(json_get_any_case(definition, "name"));
    const char *text = cJSON_GetStringValue(json_get_any_case(definition, "description"));
    *entry = (struct catalog_entry){
        .name = name,
        .description = text ? text : "",
        .definition = definition,
    };
    return name && tool_is_word(name);
}

bool catalog_parse(struct slice text, const char *source, struct catalog *catalog,
                   struct error *error)
{
    const char *reason;
    *catalog = (struct catalog){.source = memory_copy_string(source)};
    catalog->tree = json_parse(text, &reason);
    const cJSON *tools = json_get_any_case(catalog->tree, "tools");
    bool done = true;
    if (!catalog->tree)
        done = broken(source, reason, error);
    else if (!cJSON_IsArray(tools))
        done = broken(source, "it has no list of tools", error);
    if (done)
        catalog->entries =
            memory_new((size_t)cJSON_GetArraySize(tools) * sizeof(*catalog->entries));
    const cJSON *definition = done ? tools->child : NULL;
    for (; definition && done; definition = definition->next) {
        done = read_entry(definition, &catalog->entries[catalog->count++]) ||
               broken(source, "a tool in it has no name that could be a command", error);
    }
    if (!done)
        catalog_clear(catalog);
    return done;
}

/* As file_read(), but in the terms of a catalog. */
static enum file_outcome read_file(const char *path, struct buffer *content, struct error *error)
{
    enum file_outcome outcome = file_read(path, CATALOG_MOST_BYTES, content, error);
    if (outcome == FILE_FAILED) {
        char *what = memory_copy_string(error->message);
        error_set(error, E_CATALOG_BROKEN, "%s", what);
        free(what);
    }
    return outcome;
}

static bool load_tools(const char *project_root, struct catalog *catalog, struct error *error)
{
    struct buffer content = {0};
    char *path = project_path(project_root, ".uloop/tools.json");
    enum file_outcome outcome = read_file(path, &content, error);
    bool done = false;
    if (outcome == FILE_READ)
        done = catalog_parse(buffer_slice(&content), path, catalog, error);
    else if (outcome == FILE_ABSENT)
        done = catalog_parse(catalog_builtin(), "the built-in catalog", catalog, error);
    buffer_clear(&content);
    free(path);
    return done;
}

static void disable(struct catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (strcmp(catalog->entries[i].name, name) == 0)
            catalog->entries[i].disabled = true;
    }
}

static bool read_settings(struct catalog *catalog, struct slice text, struct error *error)
{
    const char *reason;
    cJSON *settings = json_parse(text, &reason);
    catalog->settings_tree = settings;
    const cJSON *names = json_get_any_case(settings, "disabledTools");
    const char *fault = NULL;
    if (!settings)
        fault = reason;
    else if (!cJSON_IsObject(settings))
        fault = "it is no object";
    else if (names && !cJSON_IsArray(names) && !cJSON_IsNull(names))
        fault = "disabledTools is no list";
    if (!fault && cJSON_IsArray(names))
        catalog->disabled_names = names;
    const cJSON *name;
    cJSON_ArrayForEach(name, catalog->disabled_names)
    {
        if (cJSON_IsString(name))
            disable(catalog, name->valuestring);
    }
    if (!fault)
        return true;
    return error_set(error, E_CATALOG_BROKEN, "The tool settings %s cannot be used: %s.",
                     catalog->settings_path, fault);
}

bool catalog_apply_settings(struct catalog *catalog, const char *project_root, struct error *error)
{
    struct buffer content = {0};
    char *path = project_path(project_root, ".uloop/settings.tools.json");
    enum file_outcome outcome = read_file(path, &content, error);
    bool done = outcome != FILE_FAILED;
    if (outcome == FILE_READ) {
        catalog->settings_path = memory_copy_string(path);
        done = read_settings(catalog, buffer_slice(&content), error);
    }
    if (!done)
        error_set_next(error, "Correct %s, or delete it.", path);
    buffer_clear(&content);
    free(path);
    return done;
}

bool catalog_load(const char *project_root, struct catalog *catalog, struct error *error)
{
    if (!project_root)
        return catalog_parse(catalog_builtin(), "the built-in catalog", catalog, error);
    if (!load_tools(project_root, catalog, error))
        return false;
    if (!catalog_apply_settings(catalog, project_root, error)) {
        catalog_clear(catalog);
        return false;
    }
    return true;
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (strcmp(catalog->entries[i].name, name) == 0)
            return &catalog->entries[i];
    }
    return NULL;
}

void catalog_clear(struct catalog *catalog)
{
    free(catalog->entries);
    free(catalog->source);
    free(catalog->settings_path);
    cJSON_Delete(catalog->tree);
    cJSON_Delete(catalog->settings_tree);
    *catalog = (struct catalog){0};
}
