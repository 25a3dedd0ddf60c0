#include "host/log_file.h"

#include "base/file.h"
#include "base/path.h"

#include <stdlib.h>
#include <uv.h>

static uint64_t size_of(const char *path)
{
    uv_fs_t request;
    uint64_t size = uv_fs_stat(NULL, &request, path, NULL) == 0 ? request.statbuf.st_size : 0;
    uv_fs_req_cleanup(&request);
    return size;
}

static char *kept_path(const struct log_file *file, int number)
{
    return number == 0 ? memory_copy_string(file->path)
                       : memory_format("%s.%d", file->path, number);
}

/* Gives every file the next number; the last one is replaced. False when the first could not be
 * moved: it is still being written to. */
static bool put_aside(const struct log_file *file)
{
    int status = 0;
    for (int number = LOG_FILE_KEPT - 1; number >= 0; number--) {
        uv_fs_t request;
        char *from = kept_path(file, number), *to = kept_path(file, number + 1);
        status = uv_fs_rename(NULL, &request, from, to, NULL);
        uv_fs_req_cleanup(&request);
        free(to);
        free(from);
    }
    return status == 0;
}

/* Begins anew in a file of the same name. The full one stays open until that is sure. */
static void rotate(struct log_file *file)
{
    struct error error = {0};
    bool is_ours = path_is_file(file->path) && !path_is_link(file->path);
    bool is_gone = !path_exists(file->path); /* somebody else put it aside */
    file->bytes = 0; /* where it fails, it is tried again when as much has been written */
    FILE *fresh = is_gone || (is_ours && put_aside(file)) ? log_open(file->path, &error) : NULL;
    error_clear(&error);
    if (!fresh)
        return;
    (void)fclose(file->log.stream); /* what it held was flushed line by line */
    file->log.stream = fresh;
}

static void on_line(struct log *log, size_t length)
{
    struct log_file *file = (struct log_file *)log; /* its first member */
    file->bytes += length;
    if (file->bytes >= file->most_bytes)
        rotate(file);
}

bool log_file_open(struct log_file *file, const char *path, uint64_t most_bytes,
                   enum log_level level, struct error *error)
{
    char *folder = path_parent(path);
    FILE *stream = !folder || file_make_folder(folder, error) ? log_open(path, error) : NULL;
    free(folder);
    if (!stream)
        return false;
    *file = (struct log_file){
        .log = {.level = level, .stream = stream, .on_line = on_line},
        .path = memory_copy_string(path),
        .bytes = path_is_file(path) ? size_of(path) : 0,
        .most_bytes = most_bytes,
    };
    return true;
}

void log_file_close(struct log_file *file)
{
    (void)fclose(file->log.stream);
    free(file->path);
    *file = (struct log_file){0};
}
