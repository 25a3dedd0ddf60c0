#include "skills/marker.h"

#include "base/file.h"
#include "base/path.h"
#include "json/json.h"
#include "json/layout.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1024 * 1024)

static const char INSTALLED_BY[] = "uloop";

static void take_members(const cJSON *tree, struct marker *marker)
{
    const cJSON *file;
    const char *source = json_string(tree, "source");
    int64_t made = json_whole_number(tree, "madeFolders", 0);
    marker->name = memory_copy_string(json_string(tree, "name"));
    marker->source = memory_copy_string(source ? source : "");
    marker->made_folders = made > 0 ? (size_t)made : 0;
    cJSON_ArrayForEach(file, json_get(tree, "files"))
    {
        const char *digest = cJSON_GetStringValue(file);
        if (digest)
            folder_files_add(&marker->files, file->string, digest);
    }
}

bool marker_read(const char *path, const char *name, struct marker *marker)
{
    struct buffer content = {0};
    struct error error = {0};
    char *file = path_join(path, MARKER_FILE);
    *marker = (struct marker){0};
    cJSON *tree = NULL;
    if (!path_is_link(file) && file_read(file, MOST_BYTES, &content, &error) == FILE_READ)
        tree = json_parse(buffer_slice(&content), NULL);
    const char *author = json_string(tree, "installedBy");
    const char *claim = json_string(tree, "name");
    bool ours = author && claim && strcmp(author, INSTALLED_BY) == 0 && strcmp(claim, name) == 0 &&
                cJSON_IsObject(json_get(tree, "files"));
    if (ours)
        take_members(tree, marker);
    cJSON_Delete(tree);
    error_clear(&error);
    buffer_clear(&content);
    free(file);
    return ours;
}

bool marker_write(const char *path, const struct marker *marker, struct error *error)
{
    struct buffer compact = {0};
    struct buffer content = {0};
    char *file = path_join(path, MARKER_FILE);
    buffer_append_string(&compact, "{\"installedBy\":");
    json_quote(&compact, INSTALLED_BY);
    buffer_append_string(&compact, ",\"name\":");
    json_quote(&compact, marker->name);
    buffer_append_string(&compact, ",\"source\":");
    json_quote(&compact, marker->source);
    buffer_append_format(&compact, ",\"madeFolders\":%zu,\"files\":{", marker->made_folders);
    for (size_t i = 0; i < marker->files.count; i++) {
        buffer_append_string(&compact, i ? "," : "");
        json_quote(&compact, marker->files.items[i].path);
        buffer_append_char(&compact, ':');
        json_quote(&compact, marker->files.items[i].digest);
    }
    buffer_append_string(&compact, "}}");
    json_layout_to_buffer(buffer_slice(&compact), false, &content);
    buffer_append_char(&content, '\n');
    bool done = file_write(file, buffer_slice(&content), error);
    buffer_clear(&content);
    buffer_clear(&compact);
    free(file);
    return done;
}

void marker_clear(struct marker *marker)
{
    free(marker->name);
    free(marker->source);
    folder_files_clear(&marker->files);
    *marker = (struct marker){0};
}
