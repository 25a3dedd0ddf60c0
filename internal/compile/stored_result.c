#include "compile/stored_result.h"

#include "base/file.h"
#include "base/path.h"
#include "ipc/frame.h"
#include "json/scan.h"

#include <stdlib.h>

bool stored_result_read(const char *project_root, const char *request_id, struct buffer *result)
{
    char *relative = memory_format("Temp/UnityCliLoop/compile-results/%s.json", request_id);
    char *path = path_join(project_root, relative);
    struct buffer content = {0};
    struct error unreadable = {0};
    /* The same limit as for an answer: the file is one that did not go over the socket. */
    enum file_outcome outcome = file_read(path, FRAME_MOST_PAYLOAD, &content, &unreadable);
    struct slice text = json_skip_bom(buffer_slice(&content));
    bool complete = outcome == FILE_READ && !json_check(text, NULL) && json_is_object(text);
    if (complete)
        buffer_append(result, text.data, text.length);
    error_clear(&unreadable);
    buffer_clear(&content);
    free(path);
    free(relative);
    return complete;
}

bool result_is_success(struct slice result)
{
    return slice_equals(json_member(result, "Success"), "true");
}
