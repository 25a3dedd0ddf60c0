#include "host/build_unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How much of what a compiler printed is repeated when none of it was a diagnostic. */
enum {
    MOST_QUOTED_BYTES = 1000,
};

static char *library_of(const struct build_unit *unit)
{
    return build_library_path(unit->state == UNIT_CURRENT ? BUILD_FOLDER : BUILD_STAGING_FOLDER,
                              unit->assembly->name);
}

/* The libraries that the assembly refers to, then those that every assembly does. */
static char **make_references(const struct build_unit *units, const struct assembly *assembly,
                              const struct unit_setting *setting, size_t *count)
{
    *count = assembly->reference_count + setting->reference_count;
    char **references = memory_new((*count + 1) * sizeof(*references));
    for (size_t at = 0; at < assembly->reference_count; at++)
        references[at] = library_of(&units[assembly->references[at]]);
    for (size_t at = 0; at < setting->reference_count; at++)
        references[assembly->reference_count + at] = memory_copy_string(setting->references[at]);
    return references;
}

static bool append_response(const struct build_unit *units, const struct assembly *assembly,
                            const char *output, const struct unit_setting *setting,
                            struct buffer *response, struct error *error)
{
    size_t reference_count = 0;
    char **references = make_references(units, assembly, setting, &reference_count);
    const char **sources = memory_new((assembly->script_count + 1) * sizeof(*sources));
    for (size_t at = 0; at < assembly->script_count; at++)
        sources[at] = assembly->scripts[at]->path;
    const struct compile_unit unit = {
        .output = output,
        .sources = sources,
        .source_count = assembly->script_count,
        .references = (const char *const *)references,
        .reference_count = reference_count,
        .defines = setting->defines,
        .allow_unsafe = assembly->allow_unsafe,
        .base_library = setting->compiler->base_library,
    };
    bool written = setting->compiler->backend->write_response(&unit, response, error);
    for (size_t at = 0; at < reference_count; at++)
        free(references[at]);
    free(references);
    free((void *)sources);
    return written;
}

bool unit_start(struct build_unit *units, size_t at, const struct unit_setting *setting,
                uv_loop_t *loop, void (*on_done)(void *unit))
{
    struct build_unit *unit = &units[at];
    struct buffer response = {0};
    struct error error = {0};
    unit->state = UNIT_RUNNING;
    char *output = library_of(unit);
    char *response_name = memory_format("%s.rsp", output);
    char *response_path = path_join(setting->project_root, response_name);
    bool written = append_response(units, unit->assembly, output, setting, &response, &error) &&
                   file_write(response_path, buffer_slice(&response), &error);
    if (written) {
        char **arguments = compiler_make_arguments(setting->compiler, response_name, output);
        compiler_run_start(&unit->run, loop, arguments, setting->project_root, on_done, unit);
        compiler_free_arguments(arguments);
    } else {
        unit->state = UNIT_FAILED;
        diagnostics_add_error(&unit->found, NULL, "%s", error.message);
    }
    error_clear(&error);
    buffer_clear(&response);
    free(response_path);
    free(response_name);
    free(output);
    return written;
}

/* A compiler that fails without a diagnostic has something else to say. */
static void quote_output(struct build_unit *unit, const char *program)
{
    struct compiler_run *run = &unit->run;
    const struct buffer *said = run->err.text.length > 0 ? &run->err.text : &run->out.text;
    int length = said->length > MOST_QUOTED_BYTES ? MOST_QUOTED_BYTES : (int)said->length;
    diagnostics_add_error(&unit->found, NULL,
                          "The compiler %s failed with exit code %" PRId64
                          " on %s and named no error. It printed: %.*s",
                          program, run->exit_status, unit->assembly->name, length,
                          said->data ? said->data : "");
}

static void read_end(struct build_unit *unit, const struct unit_setting *setting)
{
    struct compiler_run *run = &unit->run;
    diagnostics_parse(&unit->found, buffer_slice(&run->out.text), setting->project_root);
    diagnostics_parse(&unit->found, buffer_slice(&run->err.text), setting->project_root);
    if (run->truncated)
        diagnostics_add_error(&unit->found, NULL,
                              "The compiler printed more than %zu bytes on %s; the rest is left "
                              "out.",
                              COMPILER_MOST_OUTPUT, unit->assembly->name);
    if (run->exit_signal != 0)
        diagnostics_add_error(
            &unit->found, NULL, "The compiler %s was ended by signal %d while it compiled %s.",
            setting->compiler->arguments[0], run->exit_signal, unit->assembly->name);
    else if (run->exit_status != 0 && diagnostics_count(&unit->found, DIAGNOSTIC_ERROR) == 0)
        quote_output(unit, setting->compiler->arguments[0]);
}

void unit_finish(struct build_unit *unit, const struct unit_setting *setting)
{
    struct compiler_run *run = &unit->run;
    if (run->start_status != 0)
        diagnostics_add_error(&unit->found, NULL, "Cannot run the compiler %s: %s.",
                              setting->compiler->arguments[0], uv_strerror(run->start_status));
    else if (!run->killed)
        read_end(unit, setting);
    bool made = !run->killed && diagnostics_count(&unit->found, DIAGNOSTIC_ERROR) == 0;
    unit->state = made ? UNIT_MADE : UNIT_FAILED;
    compiler_run_clear(run);
}

void unit_clear(struct build_unit *unit)
{
    compiler_run_clear(&unit->run);
    diagnostics_clear(&unit->found);
}
