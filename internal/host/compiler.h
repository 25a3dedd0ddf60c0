#ifndef ULOOP_HOST_COMPILER_H
#define ULOOP_HOST_COMPILER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What a compiler is asked to do: one library. All paths are relative to the project or absolute;
 * everything is borrowed. */
struct compile_unit {
    const char *output;
    const char *const *sources;
    size_t source_count;
    const char *const *references; /* libraries */
    size_t reference_count;
    const char *const *defines; /* ends with NULL */
    bool allow_unsafe;
    const char *base_library; /* where the basic types are; NULL: the compiler knows its own */
};

/* A compiler that was found. Zero-initialised is none; release with compiler_clear(). */
struct compiler {
    const struct compiler_backend *backend;
    char **arguments; /* [0] is the program; ends with NULL; PLACE_… stand for what changes */
    size_t argument_count;
    char *base_library; /* see compile_unit */
};

/* What stands in an argument for the path of a unit's response file, and of the library to make. */
#define PLACE_RESPONSE "{response}"
#define PLACE_OUTPUT   "{output}"

/* One kind of compiler: how its program is found, and how it is told what to do. What it prints is
 * read by diagnostics_parse(): all of them write the one format. */
struct compiler_backend {
    const char *name;

    /* Fills *found, after `wanted`: a path, a name in PATH, or NULL for the backend's own program.
     * Fails with E_SYSTEM, saying what is missing. */
    bool (*find)(const char *wanted, struct compiler *found, struct error *error);

    /* Appends the text of the response file that has the unit compiled. Fails with E_SYSTEM when
     * this compiler cannot be told. */
    bool (*write_response)(const struct compile_unit *unit, struct buffer *out,
                           struct error *error);
};

extern const struct compiler_backend compiler_mcs;     /* of the Mono project */
extern const struct compiler_backend compiler_csc;     /* Roslyn: a program, or a csc.dll */
extern const struct compiler_backend compiler_command; /* a command line of the user's */

/* What the user says about the compiler; borrowed, NULL where nothing was said. */
struct compiler_choice {
    const char *program; /* a path, or a name in PATH; whose name begins with "csc" is Roslyn */
    const char *command; /* a command line (compiler_command.c); counts before `program` */
};

/* Finds the compiler chosen; without a choice, mcs or else csc in PATH. Fails with E_SYSTEM. */
bool compiler_find(const struct compiler_choice *choice, struct compiler *found,
                   struct error *error);

/* The command line for one unit, ended by NULL; release with compiler_free_arguments(). */
char **compiler_make_arguments(const struct compiler *compiler, const char *response,
                               const char *output);
void compiler_free_arguments(char **arguments);

void compiler_clear(struct compiler *compiler);

/* For backends: adds an argument, which is taken over. */
void compiler_add_argument(struct compiler *compiler, char *argument);

/* For backends: the canonical path of a program that is named by its path, or by its name in PATH.
 * NULL with E_SYSTEM; the caller frees. */
char *compiler_find_program(const char *wanted, struct error *error);

/* The first executable regular file of this name in the folders of PATH; NULL when there is none.
 * The caller frees. */
char *compiler_search_path(const char *name);

#endif
