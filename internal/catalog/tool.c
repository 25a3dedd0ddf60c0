#include "catalog/tool.h"

#include "base/buffer.h"
#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum tool_type type;
} TYPES[] = {
    {"boolean", TOOL_BOOLEAN}, {"bool", TOOL_BOOLEAN},  {"integer", TOOL_INTEGER},
    {"number", TOOL_NUMBER},   {"string", TOOL_STRING}, {"array", TOOL_ARRAY},
    {"object", TOOL_OBJECT},
};

static bool equals_any_case(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The type that a schema's member `type` names. */
static enum tool_type type_of(const cJSON *schema)
{
    const char *name = cJSON_GetStringValue(json_get_any_case(schema, "type"));
    for (size_t i = 0; name && i < sizeof(TYPES) / sizeof(TYPES[0]); i++) {
        if (equals_any_case(name, TYPES[i].name))
            return TYPES[i].type;
    }
    return TOOL_ANY;
}

char *tool_option_name(const char *property)
{
    struct buffer name = {0};
    for (const char *at = property; *at; at++) {
        if (*at < 'A' || *at > 'Z') {
            buffer_append_char(&name, *at);
            continue;
        }
        if (at != property)
            buffer_append_char(&name, '-');
        buffer_append_char(&name, (char)(*at - 'A' + 'a'));
    }
    return buffer_take(&name);
}

/* A value as it would be typed: a string without its quotes, anything else as JSON. */
static char *value_text(const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    return text ? memory_copy_string(text) : json_print(value);
}

/* An array or object could not be typed as one of several words, so its `enum` says nothing here.
 */
static char **read_choices(const cJSON *schema, enum tool_type type)
{
    const cJSON *list = json_get_any_case(schema, "enum");
    if (!cJSON_IsArray(list) || !list->child || type == TOOL_ARRAY || type == TOOL_OBJECT)
        return NULL;
    char **choices = memory_new(((size_t)cJSON_GetArraySize(list) + 1) * sizeof(*choices));
    size_t count = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, list) choices[count++] = value_text(item);
    return choices;
}

static char *read_default(const cJSON *schema)
{
    const cJSON *value = json_get_any_case(schema, "default");
    if (!value)
        value = json_get_any_case(schema, "defaultValue");
    return value && !cJSON_IsNull(value) ? value_text(value) : NULL;
}

static char *read_description(const cJSON *schema)
{
    const char *text = cJSON_GetStringValue(json_get_any_case(schema, "description"));
    return memory_copy_string(text ? text : "");
}

static bool is_required(const cJSON *required, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, required)
    {
        const char *text = cJSON_GetStringValue(item);
        if (text && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

static void read_parameter(const cJSON *schema, const cJSON *required, struct tool_parameter *out)
{
    out->name = memory_copy_string(schema->string);
    out->option_name = tool_option_name(schema->string);
    out->type = type_of(schema);
    out->item_type = type_of(json_get_any_case(schema, "items"));
    out->description = read_description(schema);
    out->default_text = read_default(schema);
    out->choices = read_choices(schema, out->type);
    out->required = is_required(required, schema->string);
}

bool tool_is_word(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool second_control = at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F; /* U+0080…U+009F */
        if (*at <= ' ' || *at == 0x7F || *at == '=' || second_control)
            return false;
    }
    return *text != '\0' && *text != '-';
}

static const struct tool_parameter *find_option(const struct tool *tool, const char *option_name)
{
    for (size_t i = 0; i < tool->parameter_count; i++) {
        if (strcmp(tool->parameters[i].option_name, option_name) == 0)
            return &tool->parameters[i];
    }
    return NULL;
}

/* Can the parameter be given on a command line? */
static bool check_parameter(const struct tool *tool, const struct tool_parameter *parameter,
                            const char *source, struct error *error)
{
    const struct tool_parameter *other = find_option(tool, parameter->option_name);
    bool is_word = tool_is_word(parameter->option_name);
    if (is_word && !other)
        return true;
    if (!is_word)
        error_set(error, E_CATALOG_BROKEN,
                  "The tool %s in %s has a parameter whose name cannot be an option: %s.",
                  tool->name, source, parameter->name);
    else
        error_set(error, E_CATALOG_BROKEN,
                  "The tool %s in %s has two parameters for the one option --%s: %s and %s.",
                  tool->name, source, parameter->option_name, other->name, parameter->name);
    error_set_next(error, "Rename the parameter in the tool's own code, then run `uloop sync`.");
    return false;
}

static bool read_parameters(const cJSON *schema, const char *source, struct tool *tool,
                            struct error *error)
{
    const cJSON *properties = json_get_any_case(schema, "properties");
    const cJSON *required = json_get_any_case(schema, "required");
    if (!properties || cJSON_IsNull(properties))
        return true;
    if (!cJSON_IsObject(properties))
        return error_set(error, E_CATALOG_BROKEN,
                         "The tool %s in %s has parameters that are no object.", tool->name,
                         source);
    size_t count = (size_t)cJSON_GetArraySize(properties);
    if (count > TOOL_MOST_PARAMETERS)
        return error_set(error, E_CATALOG_BROKEN, "The tool %s in %s has more than %d parameters.",
                         tool->name, source, TOOL_MOST_PARAMETERS);
    tool->parameters = memory_new(count * sizeof(*tool->parameters));
    const cJSON *property;
    cJSON_ArrayForEach(property, properties)
    {
        struct tool_parameter *next = &tool->parameters[tool->parameter_count];
        read_parameter(property, required, next);
        bool usable = check_parameter(tool, next, source, error);
        tool->parameter_count++;
        if (!usable)
            return false;
    }
    return true;
}

bool tool_read(const cJSON *definition, const char *source, struct tool *tool, struct error *error)
{
    const char *name = cJSON_GetStringValue(json_get_any_case(definition, "name"));
    const cJSON *schema = json_get_any_case(definition, "parameterSchema");
    if (!schema)
        schema = json_get_any_case(definition, "inputSchema");
    *tool = (struct tool){
        .name = memory_copy_string(name ? name : ""),
        .description = read_description(definition),
    };
    if (!read_parameters(schema, source, tool, error)) {
        tool_clear(tool);
        return false;
    }
    return true;
}

static void clear_parameter(struct tool_parameter *parameter)
{
    for (char **choice = parameter->choices; choice && *choice; choice++)
        free(*choice);
    free(parameter->choices);
    free(parameter->name);
    free(parameter->option_name);
    free(parameter->description);
    free(parameter->default_text);
}

void tool_clear(struct tool *tool)
{
    for (size_t i = 0; i < tool->parameter_count; i++)
        clear_parameter(&tool->parameters[i]);
    free(tool->parameters);
    free(tool->name);
    free(tool->description);
    *tool = (struct tool){0};
}
