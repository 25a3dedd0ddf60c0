/*
 * Roslyn, the compiler that Unity itself uses. Either a program that knows where the basic types
 * are, as Mono's csc does, or the csc.dll of a Unity installation or of a .NET SDK:
 *
 *   <Unity>/Data/DotNetSdkRoslyn/csc.dll                    the compiler,
 *   <Unity>/Data/NetCoreRuntime/dotnet                      which runs it, else dotnet from PATH,
 *   <Unity>/Data/NetStandard/ref/2.1.0/netstandard.dll      and the basic types.
 */

#include "host/compiler.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

#define RUNTIME                                                                                    \
    (PATH_NATIVE == PATH_WINDOWS ? "NetCoreRuntime/dotnet.exe" : "NetCoreRuntime/dotnet")
#define BASE_LIBRARY "NetStandard/ref/2.1.0/netstandard.dll"

static bool is_library(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".dll") == 0;
}

/* A file of the installation that csc.dll is part of; NULL when it has none by that name. */
static char *beside(const char *library, const char *relative)
{
    char *folder = path_parent(library);
    char *data = folder ? path_parent(folder) : NULL;
    char *path = data ? path_join(data, relative) : NULL;
    free(folder);
    free(data);
    if (path && path_is_file(path))
        return path;
    free(path);
    return NULL;
}

static bool find_library(const char *wanted, struct compiler *found, struct error *error)
{
    char *library = path_canonical(wanted, E_SYSTEM, error);
    if (!library)
        return false;
    char *runtime = beside(library, RUNTIME);
    if (!runtime)
        runtime = compiler_search_path(path_name(RUNTIME, PATH_NATIVE));
    if (!runtime) {
        error_set(error, E_SYSTEM,
                  "Nothing runs the compiler %s: dotnet is neither in NetCoreRuntime beside its "
                  "folder nor in any folder of PATH.",
                  library);
        free(library);
        return false;
    }
    compiler_add_argument(found, runtime);
    found->base_library = beside(library, BASE_LIBRARY);
    compiler_add_argument(found, library);
    /* The options that lie beside it name libraries of another framework. It does not heed this in
     * a response file. */
    compiler_add_argument(found, memory_copy_string("-noconfig"));
    return true;
}

static bool find_csc(const char *wanted, struct compiler *found, struct error *error)
{
    found->backend = &compiler_csc;
    if (wanted && is_library(wanted)) {
        if (!find_library(wanted, found, error))
            return false;
    } else {
        char *program = compiler_find_program(wanted ? wanted : "csc", error);
        if (!program)
            return false;
        compiler_add_argument(found, program);
    }
    compiler_add_argument(found, memory_copy_string("@" PLACE_RESPONSE));
    return true;
}

/* It takes what stands between double quotes as it is, but drops some characters, and a backslash
 * takes a quote's meaning away. */
static bool append_path(struct buffer *out, const char *option, const char *path,
                        struct error *error)
{
    size_t length = strlen(path);
    bool fits = length > 0 && path[length - 1] != '\\';
    for (const char *at = path; *at; at++)
        fits = fits && *at != '"' && *at != '|' && (unsigned char)*at >= ' ';
    if (!fits)
        return error_set(error, E_SYSTEM,
                         "%s: a response file of csc can name no path with a double quote, a '|' "
                         "or a control character, or with a backslash at its end.",
                         path);
    buffer_append_format(out, "%s\"%s\"\n", option, path);
    return true;
}

static bool write_response(const struct compile_unit *unit, struct buffer *out, struct error *error)
{
    bool fits = true;
    /* Unity's own choice of silenced warnings: private fields that only its serializer fills. */
    buffer_append_string(out, "-target:library\n-nologo\n-utf8output\n-preferreduilang:en-US\n"
                              "-codepage:65001\n-nowarn:0169,0649\n");
    fits = append_path(out, "-out:", unit->output, error);
    if (unit->allow_unsafe)
        buffer_append_string(out, "-unsafe\n");
    for (const char *const *define = unit->defines; *define; define++)
        buffer_append_format(out, "-define:%s\n", *define);
    if (unit->base_library && fits) {
        buffer_append_string(out, "-nostdlib\n");
        fits = append_path(out, "-r:", unit->base_library, error);
    }
    for (size_t at = 0; at < unit->reference_count && fits; at++)
        fits = append_path(out, "-r:", unit->references[at], error);
    for (size_t at = 0; at < unit->source_count && fits; at++)
        fits = append_path(out, "", unit->sources[at], error);
    return fits;
}

const struct compiler_backend compiler_csc = {
    .name = "csc",
    .find = find_csc,
    .write_response = write_response,
};
