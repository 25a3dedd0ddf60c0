#include "cli/envelope.h"

#include "cli/command.h"
#include "json/layout.h"
#include "json/scan.h"

static void put_name(struct buffer *out, const char *name)
{
    char last = out->data[out->length - 1];
    if (last != '{' && last != '[')
        buffer_append_char(out, ',');
    json_quote(out, name);
    buffer_append_char(out, ':');
}

static void put_string(struct buffer *out, const char *name, const char *value)
{
    put_name(out, name);
    json_quote(out, value);
}

static void put_bool(struct buffer *out, const char *name, bool value)
{
    put_name(out, name);
    buffer_append_string(out, value ? "true" : "false");
}

static void put_detail(struct buffer *out, const struct error_detail *detail)
{
    put_name(out, detail->key);
    if (!detail->value)
        buffer_append_string(out, "null");
    else if (detail->is_json && json_check(slice_of(detail->value), NULL) == NULL)
        buffer_append_string(out, detail->value);
    else
        json_quote(out, detail->value);
}

static void put_details(struct buffer *out, const struct error_detail *details)
{
    put_name(out, "details");
    buffer_append_char(out, '{');
    for (const struct error_detail *detail = details; detail; detail = detail->next)
        put_detail(out, detail);
    buffer_append_char(out, '}');
}

void envelope_build(const struct error *error, const char *project_root, const char *command,
                    bool compact, struct buffer *out)
{
    const struct error_info *info = error_info(error->code);
    bool read_only = command && command_only_reads(command);
    struct buffer json = {0};
    buffer_append_string(&json, "{");
    put_bool(&json, "success", false);
    put_name(&json, "error");
    buffer_append_char(&json, '{');
    put_string(&json, "errorCode", info->wire_code);
    put_string(&json, "phase", info->phase);
    put_string(&json, "message", error->message ? error->message : "");
    put_bool(&json, "retryable", info->retryable);
    put_bool(&json, "safeToRetry", !info->may_have_effect || read_only);
    if (project_root)
        put_string(&json, "projectRoot", project_root);
    if (command)
        put_string(&json, "command", command);
    put_name(&json, "nextActions");
    buffer_append_char(&json, '[');
    json_quote(&json, error->next_action ? error->next_action : info->next_action);
    buffer_append_char(&json, ']');
    if (error->details)
        put_details(&json, error->details);
    buffer_append_string(&json, "}}");
    json_layout_to_buffer(buffer_slice(&json), compact, out);
    buffer_append_char(out, '\n');
    buffer_clear(&json);
}
