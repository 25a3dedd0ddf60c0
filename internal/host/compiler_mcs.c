#include "host/compiler.h"

static bool find_mcs(const char *wanted, struct compiler *found, struct error *error)
{
    char *program = compiler_find_program(wanted ? wanted : "mcs", error);
    if (!program)
        return false;
    found->backend = &compiler_mcs;
    compiler_add_argument(found, program);
    compiler_add_argument(found, memory_copy_string("@" PLACE_RESPONSE));
    return true;
}

/* One argument a line. mcs takes what stands between two equal quotes as it is, and has no escape:
 * a double quote goes between single ones. */
static void append_argument(struct buffer *out, const char *option, const char *value)
{
    buffer_append_string(out, option);
    buffer_append_char(out, '"');
    for (; *value; value++) {
        if (*value == '"')
            buffer_append_string(out, "\"'\"'\"");
        else
            buffer_append_char(out, *value);
    }
    buffer_append_string(out, "\"\n");
}

static bool write_response(const struct compile_unit *unit, struct buffer *out, struct error *error)
{
    (void)error; /* mcs can be told everything */
    /* Unity's own choice of silenced warnings: private fields that only its serializer fills. */
    buffer_append_string(out, "-target:library\n-codepage:utf8\n-nowarn:0169,0649\n");
    append_argument(out, "-out:", unit->output);
    if (unit->allow_unsafe)
        buffer_append_string(out, "-unsafe\n");
    for (const char *const *define = unit->defines; *define; define++)
        append_argument(out, "-define:", *define);
    for (size_t at = 0; at < unit->reference_count; at++)
        append_argument(out, "-r:", unit->references[at]);
    for (size_t at = 0; at < unit->source_count; at++)
        append_argument(out, "", unit->sources[at]);
    return true;
}

const struct compiler_backend compiler_mcs = {
    .name = "mcs",
    .find = find_mcs,
    .write_response = write_response,
};
