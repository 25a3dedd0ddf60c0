#include "host/compiler.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static bool is_program(const char *path)
{
    uv_fs_t request;
    bool found = uv_fs_stat(NULL, &request, path, NULL) == 0 &&
                 (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    uv_fs_req_cleanup(&request);
    found = found && uv_fs_access(NULL, &request, path, X_OK, NULL) == 0;
    uv_fs_req_cleanup(&request);
    return found;
}

char *compiler_search_path(const char *name)
{
    const char separator = PATH_NATIVE == PATH_WINDOWS ? ';' : ':';
    const char *at = getenv("PATH");
    while (at) {
        const char *end = strchr(at, separator);
        char *folder = memory_copy_bytes(at, end ? (size_t)(end - at) : strlen(at));
        char *path = path_join(folder, name);
        /* A relative folder would mean another one when the compiler is started. */
        bool found = path_is_absolute(folder, PATH_NATIVE) && is_program(path);
        free(folder);
        if (found)
            return path;
        free(path);
        at = end ? end + 1 : NULL;
    }
    return NULL;
}

char *compiler_find_program(const char *wanted, struct error *error)
{
    if (path_name(wanted, PATH_NATIVE) != wanted)
        return path_canonical(wanted, E_SYSTEM, error);
    char *found = compiler_search_path(wanted);
    if (!found)
        error_set(error, E_SYSTEM,
                  "The compiler %s is not in any folder of PATH. Install it, or name another one "
                  "with --compiler.",
                  wanted);
    return found;
}

static const struct compiler_backend *backend_of(const char *program)
{
    return strncmp(path_name(program, PATH_NATIVE), "csc", 3) == 0 ? &compiler_csc : &compiler_mcs;
}

static bool find_any(struct compiler *found, struct error *error)
{
    struct error missing = {0};
    bool done =
        compiler_mcs.find(NULL, found, &missing) || compiler_csc.find(NULL, found, &missing);
    error_clear(&missing);
    if (done)
        return true;
    return error_set(error, E_SYSTEM,
                     "No C# compiler is in any folder of PATH: neither mcs nor csc. Install one "
                     "(Debian: mono-mcs), or name one with --compiler.");
}

bool compiler_find(const struct compiler_choice *choice, struct compiler *found,
                   struct error *error)
{
    *found = (struct compiler){0};
    bool done;
    if (choice->command)
        done = compiler_command.find(choice->command, found, error);
    else if (choice->program)
        done = backend_of(choice->program)->find(choice->program, found, error);
    else
        done = find_any(found, error);
    if (!done)
        compiler_clear(found);
    return done;
}

void compiler_add_argument(struct compiler *compiler, char *argument)
{
    size_t count = compiler->argument_count++;
    compiler->arguments =
        memory_resize(compiler->arguments, (count + 2) * sizeof(*compiler->arguments));
    compiler->arguments[count] = argument;
    compiler->arguments[count + 1] = NULL;
}

/* The argument with what its places stand for. */
static char *fill_places(const char *argument, const char *response, const char *output)
{
    struct buffer filled = {0};
    while (*argument) {
        if (strncmp(argument, PLACE_RESPONSE, sizeof(PLACE_RESPONSE) - 1) == 0) {
            buffer_append_string(&filled, response);
            argument += sizeof(PLACE_RESPONSE) - 1;
        } else if (strncmp(argument, PLACE_OUTPUT, sizeof(PLACE_OUTPUT) - 1) == 0) {
            buffer_append_string(&filled, output);
            argument += sizeof(PLACE_OUTPUT) - 1;
        } else {
            buffer_append_char(&filled, *argument++);
        }
    }
    return buffer_take(&filled);
}

char **compiler_make_arguments(const struct compiler *compiler, const char *response,
                               const char *output)
{
    char **made = memory_new((compiler->argument_count + 1) * sizeof(*made));
    made[0] = memory_copy_string(compiler->arguments[0]);
    for (size_t at = 1; at < compiler->argument_count; at++)
        made[at] = fill_places(compiler->arguments[at], response, output);
    return made;
}

void compiler_free_arguments(char **arguments)
{
    for (char **at = arguments; at && *at; at++)
        free(*at);
    free(arguments);
}

void compiler_clear(struct compiler *compiler)
{
    compiler_free_arguments(compiler->arguments);
    free(compiler->base_library);
    *compiler = (struct compiler){0};
}
