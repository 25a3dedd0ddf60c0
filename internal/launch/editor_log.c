#include "launch/editor_log.h"

#include "base/path.h"
#include "json/layout.h"
#include "launch/places.h"
#include "process/editor.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    TAIL_BYTES = 16384,
    TAIL_LINES = 20
};

static bool look(const char *path, uv_stat_t *status)
{
    uv_fs_t request;
    bool found = uv_fs_stat(NULL, &request, path, NULL) == 0 &&
                 (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    *status = request.statbuf;
    uv_fs_req_cleanup(&request);
    return found;
}

/* Where the Editor will write; NULL for standard output, which is what a missing path and "-" mean.
 */
static char *choose_path(const char *project_root, const char *const *arguments, size_t count)
{
    bool is_given = false;
    const char *path = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!editor_is_option(arguments[i], "logFile"))
            continue;
        const char *equals = strchr(arguments[i], '=');
        is_given = true;
        path = equals ? equals + 1 : i + 1 < count ? arguments[i + 1] : NULL;
    }
    if (!is_given)
        return places_editor_log();
    if (!path || !*path || *path == '-')
        return NULL;
    return path_is_absolute(path, PATH_NATIVE) ? memory_copy_string(path)
                                               : path_join(project_root, path);
}

void editor_log_look(struct editor_log *log, const char *project_root, const char *const *arguments,
                     size_t count)
{
    uv_stat_t status;
    *log = (struct editor_log){.path = choose_path(project_root, arguments, count)};
    if (log->path && look(log->path, &status)) {
        log->inode = status.st_ino;
        log->size = status.st_size;
    }
}

/* Reads at most `most` bytes of the file's end, from `from` on. */
static void read_end(const char *path, uint64_t from, uint64_t to, struct buffer *text)
{
    uv_fs_t request;
    if (to - from > TAIL_BYTES)
        from = to - TAIL_BYTES;
    int file = uv_fs_open(NULL, &request, path, UV_FS_O_RDONLY | UV_FS_O_NONBLOCK, 0, NULL);
    uv_fs_req_cleanup(&request);
    if (file < 0)
        return;
    if (buffer_reserve(text, TAIL_BYTES)) {
        uv_buf_t room = uv_buf_init(text->data, (unsigned int)(to - from));
        int got = uv_fs_read(NULL, &request, file, &room, 1, (int64_t)from, NULL);
        uv_fs_req_cleanup(&request);
        text->length = got > 0 ? (size_t)got : 0;
        text->data[text->length] = '\0';
    }
    (void)uv_fs_close(NULL, &request, file, NULL);
    uv_fs_req_cleanup(&request);
}

/* Where the last TAIL_LINES lines of the text begin. */
static const char *last_lines(const char *text, const char *end)
{
    int lines = 0;
    const char *at = end;
    while (at > text && !(at[-1] == '\n' && ++lines == TAIL_LINES))
        at--;
    return at;
}

static void append_lines(const char *at, const char *end, struct buffer *json)
{
    char before = '[';
    while (at < end) {
        size_t length = (size_t)(end - at);
        const char *newline = memchr(at, '\n', length);
        if (newline)
            length = (size_t)(newline - at);
        char *line =
            memory_copy_bytes(at, length > 0 && at[length - 1] == '\r' ? length - 1 : length);
        buffer_append_char(json, before);
        json_quote(json, line);
        free(line);
        before = ',';
        at += newline ? length + 1 : length;
    }
    buffer_append_char(json, ']');
}

bool editor_log_append_tail(const struct editor_log *log, struct buffer *json)
{
    uv_stat_t now;
    struct buffer text = {0};
    if (!log->path || !look(log->path, &now))
        return false;
    /* An Editor puts the old log aside and begins a new one; another writer may go on in the old.
     */
    bool goes_on = now.st_ino == log->inode && now.st_size >= log->size;
    uint64_t from = goes_on ? log->size : 0;
    if (now.st_size > from)
        read_end(log->path, from, now.st_size, &text);
    while (text.length > 0 && strchr("\r\n", text.data[text.length - 1]))
        text.length--;
    bool found = text.length > 0;
    if (found) {
        const char *end = text.data + text.length;
        append_lines(last_lines(text.data, end), end, json);
    }
    buffer_clear(&text);
    return found;
}

void editor_log_clear(struct editor_log *log)
{
    free(log->path);
    *log = (struct editor_log){0};
}
