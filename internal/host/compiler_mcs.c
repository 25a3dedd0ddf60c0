#include "host/compiler.h"

#include "base/path.h"

static char *find_mcs(const char *wanted, struct error *error)
{
    const char *name = wanted ? wanted : "mcs";
    if (*path_name(name, PATH_NATIVE) != '\0' && path_name(name, PATH_NATIVE) != name)
        return path_canonical(name, E_SYSTEM, error);
    char *found = compiler_search_path(name);
    if (!found)
        error_set(error, E_SYSTEM,
                  "The C# compiler %s is not in any folder of PATH. Install it (Debian: mono-mcs), "
                  "or name a compiler with --compiler.",
                  name);
    return found;
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

static void write_response(const struct compile_unit *unit, struct buffer *out)
{
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
}

const struct compiler_backend compiler_mcs = {
    .name = "mcs",
    .find = find_mcs,
    .write_response = write_response,
};
