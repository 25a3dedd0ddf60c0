#include "compile/pending.h"

#include "base/file.h"
#include "base/path.h"
#include "compile/request_id.h"
#include "json/json.h"
#include "project/own_folder.h"

#include <stdlib.h>

static const char FILE_NAME[] = ".uloop/pending-compile.json";

enum {
    MOST_BYTES = 4096
};

bool pending_load(const char *project_root, struct pending *pending)
{
    char *path = path_join(project_root, FILE_NAME);
    struct buffer content = {0};
    struct error unreadable = {0};
    cJSON *saved = NULL;
    if (own_folder_is_there(project_root) &&
        file_read(path, MOST_BYTES, &content, &unreadable) == FILE_READ)
        saved = json_parse(buffer_slice(&content), NULL);
    const char *request_id = json_string(saved, "requestId");
    bool valid = request_id && request_id_is_valid(request_id);
    if (valid) {
        pending->request_id = memory_copy_string(request_id);
        pending->generation_before = memory_copy_string(json_string(saved, "generationBefore"));
        pending->force_recompile = cJSON_IsTrue(json_get(saved, "forceRecompile"));
    }
    cJSON_Delete(saved);
    error_clear(&unreadable);
    buffer_clear(&content);
    free(path);
    return valid;
}

bool pending_save(const char *project_root, const struct pending *pending, struct error *error)
{
    char *path = path_join(project_root, FILE_NAME);
    cJSON *content = cJSON_CreateObject();
    json_put_string(content, "requestId", pending->request_id);
    json_put_string(content, "generationBefore", pending->generation_before);
    (void)cJSON_AddBoolToObject(content, "forceRecompile", pending->force_recompile);
    char *text = json_print(content);
    bool saved = own_folder_make(project_root, error) && file_replace(path, slice_of(text), error);
    free(text);
    cJSON_Delete(content);
    free(path);
    return saved;
}

void pending_forget(const char *project_root)
{
    char *path = path_join(project_root, FILE_NAME);
    struct error ignored = {0};
    if (own_folder_is_there(project_root))
        (void)file_remove(path, &ignored);
    error_clear(&ignored);
    free(path);
}

void pending_clear(struct pending *pending)
{
    free(pending->request_id);
    free(pending->generation_before);
    *pending = (struct pending){0};
}
