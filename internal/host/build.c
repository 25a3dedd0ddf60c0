#include "host/build.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "host/build_unit.h"
#include "host/project_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_COMPILERS = 8, /* at once: more only take the memory from one another */
    MOST_DIAGNOSTIC_BYTES = 8 * 1024 * 1024, /* of one build: a client takes no longer result */
};

/* What conditional code sees: it is compiled as for the Editor, which this stands in for. */
static const char *const DEFINES[] = {"DEBUG", "TRACE", "UNITY_EDITOR", NULL};

struct build {
    const struct build_options *options;
    bool force;
    uv_loop_t *loop;
    uv_work_t planning;
    uv_timer_t timer;
    uint64_t began_ms;

    /* Another thread's until `planned`. */
    struct source_tree tree;
    struct diagnostics faults;
    struct assembly_graph graph;
    struct build_record record;
    struct compiler compiler;
    struct unit_setting setting;
    struct build_unit *units; /* one for each assembly of the graph */
    size_t running, most_running;
    bool planned;
    bool may_compile; /* nothing was found that keeps it from compilers */
    bool ended;       /* cancelled or timed out: nothing more is started */

    struct build_outcome outcome;
    void (*on_done)(void *context, const struct build_outcome *outcome);
    void *context;
};

static void release(struct build *build)
{
    for (size_t at = 0; build->units && at < build->graph.count; at++)
        unit_clear(&build->units[at]);
    free(build->units);
    assembly_graph_clear(&build->graph);
    source_tree_clear(&build->tree);
    diagnostics_clear(&build->faults);
    build_record_close(&build->record);
    diagnostics_clear(&build->outcome.diagnostics);
    compiler_clear(&build->compiler);
    free(build);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct build *build = handle->data;
    build->outcome.took_ms = clock_now_ms() - build->began_ms;
    build->on_done(build->context, &build->outcome);
    release(build);
}

static void finish(struct build *build)
{
    build->outcome.success =
        !build->ended && diagnostics_count(&build->outcome.diagnostics, DIAGNOSTIC_ERROR) == 0;
    build->outcome.changed = build->outcome.changed && build->outcome.success;
    uv_close((uv_handle_t *)&build->timer, on_timer_closed);
}

static char *project_path(const struct build *build, const char *relative)
{
    return path_join(build->options->project_root, relative);
}

/* Removes the staging folder with the files in it; whatever else stands in its place goes too. */
static void remove_staging(const struct build *build)
{
    uv_fs_t request, removal;
    uv_dirent_t entry;
    struct error error = {0};
    char *folder = project_path(build, BUILD_STAGING_FOLDER);
    if (path_is_link(folder) || !path_is_folder(folder)) {
        (void)file_remove(folder, &error);
    } else {
        int status = uv_fs_scandir(NULL, &request, folder, 0, NULL);
        while (status >= 0 && uv_fs_scandir_next(&request, &entry) != UV_EOF) {
            char *path = path_join(folder, entry.name);
            (void)file_remove(path, &error);
            free(path);
        }
        uv_fs_req_cleanup(&request);
        (void)uv_fs_rmdir(NULL, &removal, folder, NULL);
        uv_fs_req_cleanup(&removal);
    }
    error_clear(&error); /* what could not be removed is reported when it is in the way */
    free(folder);
}

static bool publish_unit(struct build *build, struct build_unit *unit, struct error *error)
{
    uv_fs_t request;
    const char *name = unit->assembly->name;
    char *staged_name = build_library_path(BUILD_STAGING_FOLDER, name);
    char *made_name = build_library_path(BUILD_FOLDER, name);
    char *staged = project_path(build, staged_name), *made = project_path(build, made_name);
    int status = uv_fs_rename(NULL, &request, staged, made, NULL);
    uv_fs_req_cleanup(&request);
    if (status == 0)
        build_record_set(&build->record, build->options->project_root, name, unit->fingerprint);
    else
        error_set(error, E_SYSTEM, "Cannot put %s in its place: %s.", made, uv_strerror(status));
    free(made);
    free(staged);
    free(made_name);
    free(staged_name);
    return status == 0;
}

/* Everything could be made: puts the new libraries where the old ones are. */
static void publish(struct build *build)
{
    struct error error = {0};
    const char *root = build->options->project_root;
    char *folder = project_path(build, BUILD_FOLDER);
    bool done = project_make_folder(root, folder, &error);
    for (size_t at = 0; done && at < build->graph.count; at++) {
        if (build->units[at].state == UNIT_MADE)
            done = publish_unit(build, &build->units[at], &error);
    }
    size_t removed = done ? build_record_prune(&build->record, root, &build->graph) : 0;
    build->outcome.changed = build->outcome.compiled_count > 0 || removed > 0;
    if (!done)
        diagnostics_add_error(&build->outcome.diagnostics, NULL, "%s", error.message);
    else if (build->outcome.changed && !build_record_save(&build->record, root, &error))
        diagnostics_add_warning(&build->outcome.diagnostics,
                                "%s The next compile will compile again what this one did.",
                                error.message);
    error_clear(&error);
    free(folder);
}

static size_t bytes_of(const struct diagnostics *list)
{
    size_t bytes = 0;
    for (size_t at = 0; at < list->count; at++)
        bytes += strlen(list->items[at].message);
    return bytes;
}

/* Takes over what was found in one assembly, or says how much of it is left out. */
static void take_diagnostics(struct build *build, struct build_unit *unit)
{
    struct diagnostics *all = &build->outcome.diagnostics;
    size_t errors = diagnostics_count(&unit->found, DIAGNOSTIC_ERROR);
    if (bytes_of(all) + bytes_of(&unit->found) <= MOST_DIAGNOSTIC_BYTES)
        diagnostics_move(all, &unit->found);
    else if (errors > 0)
        diagnostics_add_error(all, NULL,
                              "%s has %zu errors, which are left out: there are too many.",
                              unit->assembly->name, errors);
}

static void gather(struct build *build)
{
    bool all_made = !build->ended;
    for (size_t at = 0; at < build->graph.count; at++) {
        struct build_unit *unit = &build->units[at];
        take_diagnostics(build, unit);
        build->outcome.compiled_count += unit->state == UNIT_MADE;
        all_made = all_made && (unit->state == UNIT_MADE || unit->state == UNIT_CURRENT);
    }
    if (all_made)
        publish(build);
    remove_staging(build);
    finish(build);
}

/* Can the unit be compiled now? One that refers to a failed one never can. */
static bool is_due(const struct build *build, struct build_unit *unit)
{
    const struct assembly *assembly = unit->assembly;
    bool due = unit->state == UNIT_WAITING;
    for (size_t at = 0; at < assembly->reference_count && unit->state == UNIT_WAITING; at++) {
        enum unit_state state = build->units[assembly->references[at]].state;
        if (state == UNIT_FAILED || state == UNIT_SKIPPED)
            unit->state = UNIT_SKIPPED;
        due = due && (state == UNIT_MADE || state == UNIT_CURRENT);
    }
    return due && unit->state == UNIT_WAITING;
}

static void on_unit_done(void *context);

/* Starts what can be started. References come before their users, so one look at each is enough. */
static void advance(struct build *build)
{
    for (size_t at = 0; at < build->graph.count && !build->ended; at++) {
        if (build->running == build->most_running)
            break;
        if (is_due(build, &build->units[at]) &&
            unit_start(build->units, at, &build->setting, build->loop, on_unit_done))
            build->running++;
    }
    if (build->running == 0)
        gather(build);
}

static void on_unit_done(void *context)
{
    struct build_unit *unit = context;
    struct build *build = unit->build;
    unit_finish(unit, &build->setting);
    build->running--;
    advance(build);
}

/* A file as the fingerprint knows it: another one by the same name is another one. */
static void append_file_identity(struct buffer *text, const char *path)
{
    uv_fs_t request;
    buffer_append_format(text, "%s", path);
    if (uv_fs_stat(NULL, &request, path, NULL) == 0)
        buffer_append_format(text, " %" PRIu64 " %ld.%09ld", request.statbuf.st_size,
                             request.statbuf.st_mtim.tv_sec, request.statbuf.st_mtim.tv_nsec);
    uv_fs_req_cleanup(&request);
    buffer_append_char(text, '\n');
}

static char *describe_toolchain(const struct build *build)
{
    struct buffer text = {0};
    buffer_append_format(&text, "%s\n", build->compiler.backend->name);
    for (size_t at = 0; at < build->compiler.argument_count; at++)
        append_file_identity(&text, build->compiler.arguments[at]);
    for (size_t at = 0; at < build->options->reference_count; at++)
        append_file_identity(&text, build->options->references[at]);
    for (const char *const *define = DEFINES; *define; define++)
        buffer_append_format(&text, "%s\n", *define);
    return buffer_take(&text);
}

static void plan_unit(struct build *build, struct build_unit *unit, const char *toolchain)
{
    const struct assembly *assembly = unit->assembly;
    const char **prints = memory_new((assembly->reference_count + 1) * sizeof(*prints));
    for (size_t at = 0; at < assembly->reference_count; at++)
        prints[at] = build->units[assembly->references[at]].fingerprint;
    build_fingerprint(assembly, toolchain, prints, unit->fingerprint);
    free((void *)prints);
    bool current =
        !build->force && build_record_is_current(&build->record, build->options->project_root,
                                                 assembly->name, unit->fingerprint);
    unit->state = current ? UNIT_CURRENT : UNIT_WAITING;
}

/* Decides what has to be compiled; returns how many. */
static size_t plan(struct build *build)
{
    size_t waiting = 0;
    char *toolchain = describe_toolchain(build);
    build_record_open(&build->record, build->options->project_root);
    build->units = memory_new((build->graph.count + 1) * sizeof(*build->units));
    for (size_t at = 0; at < build->graph.count; at++) {
        build->units[at].build = build;
        build->units[at].assembly = &build->graph.items[at];
        plan_unit(build, &build->units[at], toolchain);
        waiting += build->units[at].state == UNIT_WAITING;
    }
    free(toolchain);
    return waiting;
}

static bool prepare(struct build *build, struct error *error)
{
    char *staging = project_path(build, BUILD_STAGING_FOLDER);
    remove_staging(build);
    bool prepared = project_make_folder(build->options->project_root, staging, error);
    free(staging);
    return prepared;
}

/* Goes on to the compilers, when it is not clear already how this ends. */
static bool prepare_compilers(struct build *build, struct error *error)
{
    if (!compiler_find(&build->options->choice, &build->compiler, error) ||
        (plan(build) > 0 && !prepare(build, error)))
        return false;
    build->setting = (struct unit_setting){
        .project_root = build->options->project_root,
        .compiler = &build->compiler,
        .references = build->options->references,
        .reference_count = build->options->reference_count,
        .defines = DEFINES,
    };
    return true;
}

/* On another thread: in a large project it takes longer than clients should be kept waiting. */
static void plan_all(uv_work_t *work)
{
    struct build *build = work->data;
    struct error error = {0};
    source_tree_scan(build->options->project_root, &build->tree);
    diagnostics_move(&build->faults, &build->tree.faults);
    assembly_graph_make(&build->tree, DEFINES, &build->graph, &build->faults);
    if (build->faults.count > 0)
        return;
    build->may_compile = prepare_compilers(build, &error);
    if (!build->may_compile)
        diagnostics_add_error(&build->faults, NULL, "%s", error.message);
    error_clear(&error);
}

static void on_planned(uv_work_t *work, int status)
{
    struct build *build = work->data;
    build->planned = true;
    if (!build->ended && status == 0) {
        build->outcome.assembly_count = build->graph.count;
        diagnostics_move(&build->outcome.diagnostics, &build->faults);
    }
    if (build->ended || status < 0 || !build->may_compile) {
        remove_staging(build);
        finish(build);
    } else {
        advance(build);
    }
}

void build_cancel(struct build *build)
{
    build->ended = true;
    if (!build->planned)
        (void)uv_cancel((uv_req_t *)&build->planning); /* or it ends by itself */
    for (size_t at = 0; build->planned && build->units && at < build->graph.count; at++)
        compiler_run_kill(&build->units[at].run);
}

static void on_timeout(uv_timer_t *timer)
{
    struct build *build = timer->data;
    diagnostics_add_error(&build->outcome.diagnostics, NULL,
                          "The compile did not end within %g s and was ended (--compile-timeout).",
                          (double)build->options->timeout_ms / 1000);
    build_cancel(build);
}

struct build *build_start(uv_loop_t *loop, const struct build_options *options, bool force,
                          void (*on_done)(void *context, const struct build_outcome *outcome),
                          void *context)
{
    struct build *build = memory_new(sizeof(*build));
    unsigned int processors = uv_available_parallelism();
    build->options = options;
    build->force = force;
    build->loop = loop;
    build->most_running = processors < MOST_COMPILERS ? processors : MOST_COMPILERS;
    build->on_done = on_done;
    build->context = context;
    build->began_ms = clock_now_ms();
    build->planning.data = build;
    build->timer.data = build;
    (void)uv_timer_init(loop, &build->timer); /* fails for no reason that can occur here */
    (void)uv_timer_start(&build->timer, on_timeout, options->timeout_ms, 0);
    (void)uv_queue_work(loop, &build->planning, plan_all, on_planned);
    return build;
}
