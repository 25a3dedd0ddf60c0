#include "host/build_record.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define RECORD_PATH BUILD_FOLDER "/uloop-build.json"

/* Raised when the meaning of a fingerprint changes. */
#define RECORD_VERSION 1

enum {
    MOST_RECORD_BYTES = 4 * 1024 * 1024,
};

/* Every part with its length in front, so that no two lists of parts give the same text. */
static void append_part(struct buffer *text, const char *bytes, size_t length)
{
    buffer_append_format(text, "%zu:", length);
    buffer_append(text, bytes, length);
}

void build_fingerprint(const struct assembly *assembly, const char *toolchain,
                       const char *const *of_references, char fingerprint[FINGERPRINT_SIZE])
{
    struct buffer text = {0};
    unsigned char digest[SHA256_SIZE];
    append_part(&text, toolchain, strlen(toolchain));
    append_part(&text, assembly->name, strlen(assembly->name));
    append_part(&text, assembly->allow_unsafe ? "u" : "-", 1);
    for (size_t at = 0; at < assembly->reference_count; at++)
        append_part(&text, of_references[at], strlen(of_references[at]));
    for (size_t at = 0; at < assembly->script_count; at++) {
        const struct script *script = assembly->scripts[at];
        append_part(&text, script->path, strlen(script->path));
        append_part(&text, (const char *)script->digest, sizeof(script->digest));
    }
    sha256(buffer_slice(&text), digest);
    buffer_clear(&text);
    for (size_t at = 0; at < sizeof(digest); at++) {
        static const char DIGITS[] = "0123456789abcdef";
        fingerprint[2 * at] = DIGITS[digest[at] >> 4];
        fingerprint[2 * at + 1] = DIGITS[digest[at] & 15];
    }
    fingerprint[FINGERPRINT_SIZE - 1] = '\0';
}

char *build_library_path(const char *folder, const char *name)
{
    return memory_format("%s/%s.dll", folder, name);
}

/* What tells one file from another of the same name without reading it; NULL where there is none.
 * The caller frees. */
static char *library_identity(const char *project_root, const char *name)
{
    uv_fs_t request;
    char *relative = build_library_path(BUILD_FOLDER, name);
    char *path = path_join(project_root, relative);
    char *identity = NULL;
    if (uv_fs_stat(NULL, &request, path, NULL) == 0 &&
        (request.statbuf.st_mode & S_IFMT) == S_IFREG)
        identity = memory_format("%" PRIu64 " bytes, inode %" PRIu64 ", %ld.%09ld",
                                 request.statbuf.st_size, request.statbuf.st_ino,
                                 request.statbuf.st_mtim.tv_sec, request.statbuf.st_mtim.tv_nsec);
    uv_fs_req_cleanup(&request);
    free(path);
    free(relative);
    return identity;
}

void build_record_open(struct build_record *record, const char *project_root)
{
    struct buffer text = {0};
    struct error error = {0};
    char *path = path_join(project_root, RECORD_PATH);
    cJSON *saved = NULL;
    if (file_read(path, MOST_RECORD_BYTES, &text, &error) == FILE_READ)
        saved = json_parse(buffer_slice(&text), NULL);
    const cJSON *version = json_get(saved, "version");
    if (cJSON_IsNumber(version) && version->valueint == RECORD_VERSION &&
        cJSON_IsObject(json_get(saved, "assemblies")))
        record->assemblies = cJSON_DetachItemFromObjectCaseSensitive(saved, "assemblies");
    else
        record->assemblies = cJSON_CreateObject();
    if (!record->assemblies)
        memory_exhausted();
    cJSON_Delete(saved);
    error_clear(&error);
    buffer_clear(&text);
    free(path);
}

bool build_record_is_current(const struct build_record *record, const char *project_root,
                             const char *name, const char *fingerprint)
{
    const cJSON *entry = json_get(record->assemblies, name);
    const char *recorded = json_string(entry, "fingerprint");
    const char *library = json_string(entry, "library");
    if (!recorded || !library || strcmp(recorded, fingerprint) != 0)
        return false;
    char *identity = library_identity(project_root, name);
    bool same = identity && strcmp(identity, library) == 0;
    free(identity);
    return same;
}

void build_record_set(struct build_record *record, const char *project_root, const char *name,
                      const char *fingerprint)
{
    char *identity = library_identity(project_root, name);
    cJSON *entry = cJSON_CreateObject();
    json_put_string(entry, "fingerprint", fingerprint);
    json_put_string(entry, "library", identity);
    cJSON_DeleteItemFromObjectCaseSensitive(record->assemblies, name);
    if (!cJSON_AddItemToObject(record->assemblies, name, entry))
        memory_exhausted();
    free(identity);
}

static bool is_in_graph(const struct assembly_graph *graph, const char *name)
{
    for (size_t at = 0; at < graph->count; at++) {
        if (strcmp(graph->items[at].name, name) == 0)
            return true;
    }
    return false;
}

/* Removes a library that only we can have put there: a name with a separator is none of ours. */
static void remove_library(const char *project_root, const char *name)
{
    struct error error = {0};
    char *relative = build_library_path(BUILD_FOLDER, name);
    char *path = path_join(project_root, relative);
    if (!strpbrk(name, "/\\"))
        (void)file_remove(path, &error); /* one that stays is in nobody's way */
    error_clear(&error);
    free(path);
    free(relative);
}

size_t build_record_prune(struct build_record *record, const char *project_root,
                          const struct assembly_graph *graph)
{
    size_t removed = 0;
    cJSON *next = NULL;
    for (cJSON *entry = record->assemblies->child; entry; entry = next) {
        next = entry->next;
        if (is_in_graph(graph, entry->string))
            continue;
        remove_library(project_root, entry->string);
        cJSON_Delete(cJSON_DetachItemViaPointer(record->assemblies, entry));
        removed++;
    }
    return removed;
}

bool build_record_save(const struct build_record *record, const char *project_root,
                       struct error *error)
{
    char *assemblies = json_print(record->assemblies);
    char *text = memory_format("{\"version\":%d,\"assemblies\":%s}\n", RECORD_VERSION, assemblies);
    char *path = path_join(project_root, RECORD_PATH);
    bool saved = file_replace(path, slice_of(text), error);
    free(path);
    free(text);
    free(assemblies);
    return saved;
}

void build_record_close(struct build_record *record)
{
    cJSON_Delete(record->assemblies);
    record->assemblies = NULL;
}
