#include "cli/tool_options.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

static enum option_type option_type_of(enum tool_type type)
{
    switch (type) {
    case TOOL_BOOLEAN:
        return OPTION_TYPE_SWITCH;
    case TOOL_INTEGER:
        return OPTION_TYPE_INTEGER;
    case TOOL_NUMBER:
        return OPTION_TYPE_NUMBER;
    case TOOL_STRING:
        return OPTION_TYPE_STRING;
    case TOOL_ARRAY:
        return OPTION_TYPE_ARRAY;
    case TOOL_OBJECT:
        return OPTION_TYPE_OBJECT;
    case TOOL_ANY:
        break;
    }
    return OPTION_TYPE_ANY;
}

/* What a,b,c stands for; where the schema does not say numbers, strings. */
static enum option_type item_type_of(enum tool_type type)
{
    bool is_number = type == TOOL_INTEGER || type == TOOL_NUMBER;
    return is_number ? option_type_of(type) : OPTION_TYPE_STRING;
}

static struct option option_of(const struct tool_parameter *parameter)
{
    return (struct option){
        .name = parameter->option_name,
        .required = parameter->required,
        .type = option_type_of(parameter->type),
        .item_type = item_type_of(parameter->item_type),
        .default_text = parameter->default_text,
        .choices = (const char *const *)parameter->choices,
        .help = parameter->description,
        .property = parameter->name,
    };
}

struct option *tool_options_new(const struct tool *tool, const char *source, struct error *error)
{
    struct option *options = memory_new((tool->parameter_count + 1) * sizeof(*options));
    for (size_t i = 0; i < tool->parameter_count; i++) {
        options[i] = option_of(&tool->parameters[i]);
        if (strcmp(options[i].name, "project-path") != 0)
            continue;
        error_set(error, E_CATALOG_BROKEN,
                  "The tool %s in %s has a parameter %s, but --project-path is uloop's own option.",
                  tool->name, source, tool->parameters[i].name);
        error_set_next(error,
                       "Rename the parameter in the tool's own code, then run `uloop sync`.");
        free(options);
        return NULL;
    }
    return options;
}

bool tool_options_check_required(const struct option *options, const cJSON *params,
                                 struct error *error)
{
    struct buffer missing = {0};
    for (const struct option *option = options; option->name; option++) {
        if (option->required && !json_get(params, option->property))
            buffer_append_format(&missing, "%s--%s", missing.length > 0 ? ", " : "", option->name);
    }
    if (missing.length == 0)
        return true;
    error_set(error, E_INVALID_ARGUMENT, "Missing: %s.", missing.data);
    error_add_detail(error, "missing", missing.data);
    buffer_clear(&missing);
    return false;
}
