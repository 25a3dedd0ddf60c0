#include "host/compile_result.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "host/project_watch.h"
#include "json/layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define SERVER_FOLDER  "Temp/UnityCliLoop"
#define RESULTS_FOLDER SERVER_FOLDER "/compile-results"

enum {
    MOST_ID_LENGTH = 128,
    KEPT_SECONDS = 120,
};

bool compile_request_id_is_valid(const char *request_id)
{
    size_t length = strlen(request_id);
    size_t valid = strspn(request_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789_-");
    return length > 0 && length <= MOST_ID_LENGTH && valid == length;
}

static const char *plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

char *compile_summary(const struct build_outcome *outcome)
{
    size_t errors = diagnostics_count(&outcome->diagnostics, DIAGNOSTIC_ERROR);
    if (errors > 0)
        return memory_format("Compilation failed with %zu %s.", errors,
                             plural(errors, "error", "errors"));
    if (!outcome->success)
        return memory_copy_string("The compilation was cancelled.");
    if (!outcome->changed)
        return memory_format("Nothing changed: %zu %s up to date.", outcome->assembly_count,
                             plural(outcome->assembly_count, "assembly is", "assemblies are"));
    return memory_format("Compiled %zu of %zu %s in %" PRIu64 " ms.", outcome->compiled_count,
                         outcome->assembly_count,
                         plural(outcome->assembly_count, "assembly", "assemblies"),
                         outcome->took_ms);
}

static void append_entry(struct buffer *out, const struct diagnostic *diagnostic)
{
    buffer_append_string(out, "{\"Message\":");
    json_quote(out, diagnostic->message);
    buffer_append_string(out, ",\"File\":");
    json_quote(out, diagnostic->file ? diagnostic->file : "");
    buffer_append_format(out, ",\"Line\":%d}", diagnostic->line);
}

static void append_entries(struct buffer *out, const char *name, const struct diagnostics *list,
                           enum diagnostic_kind kind)
{
    bool first = true;
    buffer_append_format(out, ",\"%s\":[", name);
    for (size_t at = 0; at < list->count; at++) {
        if (list->items[at].kind != kind)
            continue;
        if (!first)
            buffer_append_char(out, ',');
        append_entry(out, &list->items[at]);
        first = false;
    }
    buffer_append_char(out, ']');
}

void compile_result_append(struct buffer *out, const struct build_outcome *outcome,
                           const char *project_root, const char *remark)
{
    const struct diagnostics *list = &outcome->diagnostics;
    char *summary = compile_summary(outcome);
    char *message = remark ? memory_format("%s %s", summary, remark) : memory_copy_string(summary);
    buffer_append_format(out, "{\"Success\":%s,\"ErrorCount\":%zu,\"WarningCount\":%zu",
                         outcome->success ? "true" : "false",
                         diagnostics_count(list, DIAGNOSTIC_ERROR),
                         diagnostics_count(list, DIAGNOSTIC_WARNING));
    append_entries(out, "Errors", list, DIAGNOSTIC_ERROR);
    append_entries(out, "Warnings", list, DIAGNOSTIC_WARNING);
    buffer_append_string(out, ",\"Message\":");
    json_quote(out, message);
    buffer_append_string(out, ",\"ProjectRoot\":");
    json_quote(out, project_root);
    buffer_append_char(out, '}');
    free(message);
    free(summary);
}

static bool refuse_link(const char *project_root, const char *relative, struct error *error)
{
    char *path = path_join(project_root, relative);
    bool is_link = path_is_link(path);
    if (is_link)
        error_set(error, E_SYSTEM,
                  "The folder of compile results is not used: %s is a symbolic link.", path);
    free(path);
    return !is_link;
}

/* Only what a result's name looks like is ours to remove. */
static void remove_if_old(const char *folder, const char *name, int64_t now_s)
{
    uv_fs_t request;
    struct error error = {0};
    const char *ending = strstr(name, ".json");
    char *path = path_join(folder, name);
    bool old = ending && uv_fs_lstat(NULL, &request, path, NULL) == 0 &&
               (request.statbuf.st_mode & S_IFMT) == S_IFREG &&
               now_s - request.statbuf.st_mtim.tv_sec > KEPT_SECONDS;
    if (ending)
        uv_fs_req_cleanup(&request);
    if (old)
        (void)file_remove(path, &error); /* one that stays harms nobody */
    error_clear(&error);
    free(path);
}

static void remove_old_results(const char *folder)
{
    uv_fs_t request;
    uv_dirent_t entry;
    int64_t now_s = clock_wall_us() / 1000000;
    int status = uv_fs_scandir(NULL, &request, folder, 0, NULL);
    while (status >= 0 && uv_fs_scandir_next(&request, &entry) != UV_EOF)
        remove_if_old(folder, entry.name, now_s);
    uv_fs_req_cleanup(&request);
}

bool compile_results_prepare(const char *project_root, struct error *error)
{
    if (!refuse_link(project_root, SERVER_FOLDER, error) ||
        !refuse_link(project_root, RESULTS_FOLDER, error))
        return false;
    char *folder = path_join(project_root, RESULTS_FOLDER);
    bool made = project_make_folder(project_root, folder, error);
    if (made)
        remove_old_results(folder);
    free(folder);
    return made;
}

bool compile_result_store(const char *project_root, const char *request_id, struct slice result,
                          struct error *error)
{
    if (!compile_results_prepare(project_root, error))
        return false;
    char *name = memory_format("%s/%s.json", RESULTS_FOLDER, request_id);
    char *path = path_join(project_root, name);
    bool stored = file_replace(path, result, error);
    free(path);
    free(name);
    return stored;
}
