#include "host/method_details.h"

#include "base/file.h"
#include "json/layout.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_VERSION_FILE_BYTES = 64 * 1024,
};

/* The Editor that the project is made for; "" when it does not say. The caller frees. */
static char *project_editor_version(const struct project *project)
{
    static const char KEY[] = "m_EditorVersion:";
    struct buffer text = {0};
    struct error error = {0};
    char *path = project_file(project, "ProjectSettings/ProjectVersion.txt");
    char *version = NULL;
    bool read = file_read(path, MOST_VERSION_FILE_BYTES, &text, &error) == FILE_READ;
    const char *at = read && text.data ? strstr(text.data, KEY) : NULL;
    if (at) {
        at += sizeof(KEY) - 1;
        at += strspn(at, " \t");
        version = memory_copy_bytes(at, strcspn(at, " \t\r\n"));
    }
    error_clear(&error);
    buffer_clear(&text);
    free(path);
    return version ? version : memory_copy_string("");
}

static void append_text(struct buffer *out, const char *name, const char *value)
{
    buffer_append_format(out, "%s\"%s\":", out->data[out->length - 1] == '{' ? "" : ",", name);
    json_quote(out, value);
}

static void append_folder(struct buffer *out, const char *name, const struct project *project,
                          const char *relative)
{
    char *path = project_file(project, relative);
    append_text(out, name, path);
    free(path);
}

/* The contract's members, none of which can be mistaken for a running Editor's. */
static bool get_version(struct service *service, const cJSON *params, struct buffer *result,
                        struct rpc_fault *fault)
{
    char *version = project_editor_version(service->project);
    (void)params;
    (void)fault;
    buffer_append_char(result, '{');
    append_text(result, "UnityVersion", version);
    append_text(result, "Platform", "uloop serve, without a Unity Editor");
    append_folder(result, "DataPath", service->project, "Assets");
    append_folder(result, "PersistentDataPath", service->project, "Temp/UnityCliLoop");
    append_folder(result, "TemporaryCachePath", service->project, "Temp");
    buffer_append_string(result, ",\"IsEditor\":false");
    append_text(result, "ProductName", "uloop serve");
    append_text(result, "CompanyName", "uloop");
    append_text(result, "Ver", "uloop " ULOOP_VERSION " (not Unity)");
    buffer_append_char(result, '}');
    free(version);
    return true;
}

const struct method method_get_version = {
    .name = "get-version",
    .description = "tell what this server is",
    .kind = METHOD_INTERNAL,
    .answer = get_version,
};

static void append_parameter(struct buffer *out, const struct parameter *parameter)
{
    static const char *const TYPES[] = {[PARAMETER_BOOLEAN] = "boolean",
                                        [PARAMETER_INTEGER] = "integer",
                                        [PARAMETER_STRING] = "string"};
    json_quote(out, parameter->name);
    buffer_append_format(out, ":{\"Type\":\"%s\",\"Description\":", TYPES[parameter->type]);
    json_quote(out, parameter->description);
    if (parameter->standard)
        buffer_append_format(out, ",\"DefaultValue\":%s", parameter->standard);
    for (const char *const *at = parameter->allowed; at && *at; at++) {
        buffer_append_string(out, at == parameter->allowed ? ",\"Enum\":[" : ",");
        json_quote(out, *at);
    }
    buffer_append_string(out, parameter->allowed ? "]}" : "}");
}

static void append_tool(struct buffer *out, const struct method *method)
{
    buffer_append_char(out, '{');
    append_text(out, "name", method->name);
    append_text(out, "description", method->description);
    buffer_append_string(out, ",\"parameterSchema\":{\"Properties\":{");
    for (const struct parameter *at = method->parameters; at && at->name; at++) {
        if (at != method->parameters)
            buffer_append_char(out, ',');
        append_parameter(out, at);
    }
    buffer_append_string(out, "},\"Required\":[]},\"displayDevelopmentOnly\":false}");
}

static bool get_tool_details(struct service *service, const cJSON *params, struct buffer *result,
                             struct rpc_fault *fault)
{
    bool first = true;
    (void)service;
    (void)params;
    (void)fault;
    buffer_append_string(result, "{\"Tools\":[");
    for (const struct method *const *at = methods_all(); *at; at++) {
        if ((*at)->kind != METHOD_TOOL)
            continue;
        if (!first)
            buffer_append_char(result, ',');
        append_tool(result, *at);
        first = false;
    }
    buffer_append_string(result, "]}");
    return true;
}

static const struct parameter TOOL_DETAILS_PARAMETERS[] = {
    {.name = "IncludeDevelopmentOnly",
     .type = PARAMETER_BOOLEAN,
     .description = "list tools for the package's own development too; there is none here",
     .standard = "false"},
    {.name = NULL},
};

const struct method method_get_tool_details = {
    .name = "get-tool-details",
    .description = "list the tools and their parameters",
    .kind = METHOD_INTERNAL,
    .parameters = TOOL_DETAILS_PARAMETERS,
    .answer = get_tool_details,
};
