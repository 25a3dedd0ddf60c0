#include "base/file.h"

#include "base/path.h"

#include <stdlib.h>
#include <uv.h>

enum {
    READ_CHUNK = 16384
};

/* The synchronous file calls of libuv: the same on every system, UTF-8 paths on Windows too. They
 * return < 0 on error. */
static ssize_t finish(uv_fs_t *request, int status)
{
    ssize_t result = status < 0 ? status : request->result;
    uv_fs_req_cleanup(request);
    return result;
}

static int open_file(const char *path, int flags, int mode)
{
    uv_fs_t request;
    return (int)finish(&request, uv_fs_open(NULL, &request, path, flags, mode, NULL));
}

static int close_file(uv_file file)
{
    uv_fs_t request;
    return (int)finish(&request, uv_fs_close(NULL, &request, file, NULL));
}

static int sync_file(uv_file file)
{
    uv_fs_t request;
    return (int)finish(&request, uv_fs_fsync(NULL, &request, file, NULL));
}

/* What failed, or what it would have taken. */
static enum error_code code_of(int status)
{
    bool is_shortage = status == UV_EMFILE || status == UV_ENFILE || status == UV_ENOMEM;
    return is_shortage ? E_SHORTAGE : E_SYSTEM;
}

static bool is_regular(uv_file file)
{
    uv_fs_t request;
    bool regular = uv_fs_fstat(NULL, &request, file, NULL) == 0 &&
                   (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    uv_fs_req_cleanup(&request);
    return regular;
}

static bool read_all(uv_file file, const char *path, size_t most_bytes, struct buffer *content,
                     struct error *error)
{
    size_t taken = 0;
    for (;;) {
        if (!buffer_reserve(content, READ_CHUNK))
            return error_set(error, E_SHORTAGE, "There is no memory to read %s.", path);
        uv_buf_t chunk = uv_buf_init(content->data + content->length, READ_CHUNK);
        uv_fs_t request;
        ssize_t got = finish(&request, uv_fs_read(NULL, &request, file, &chunk, 1, -1, NULL));
        if (got < 0)
            return error_set(error, code_of((int)got), "Cannot read %s: %s.", path,
                             uv_strerror((int)got));
        if (got == 0)
            return true;
        taken += (size_t)got;
        if (taken > most_bytes)
            return error_set(error, E_SYSTEM, "%s is larger than %zu bytes.", path, most_bytes);
        content->length += (size_t)got;
        content->data[content->length] = '\0';
    }
}

/* Leaves the buffer as it was before a read that failed. */
static void forget_beyond(struct buffer *content, size_t length)
{
    if (!content->data)
        return;
    content->length = length;
    content->data[length] = '\0';
}

enum file_outcome file_read(const char *path, size_t most_bytes, struct buffer *content,
                            struct error *error)
{
    /* Opening a FIFO must not wait for its writer, nor a terminal become ours. */
    int file = open_file(path, UV_FS_O_RDONLY | UV_FS_O_NONBLOCK | UV_FS_O_NOCTTY, 0);
    if (file == UV_ENOENT || file == UV_ENOTDIR)
        return FILE_ABSENT;
    if (file < 0) {
        error_set(error, code_of(file), "Cannot open %s: %s.", path, uv_strerror(file));
        if (file == UV_EACCES || file == UV_EPERM)
            error_set_next(error, "Give this user the permission to read it, or run the command as "
                                  "the user whose file it is.");
        return FILE_FAILED;
    }
    size_t length_before = content->length;
    bool done = is_regular(file) ? read_all(file, path, most_bytes, content, error)
                                 : error_set(error, E_SYSTEM, "%s is not a regular file.", path);
    (void)close_file(file); /* opened for reading only: closing cannot lose anything */
    if (!done)
        forget_beyond(content, length_before);
    return done ? FILE_READ : FILE_FAILED;
}

enum file_outcome file_read_input(size_t most_bytes, struct buffer *content, struct error *error)
{
    size_t length_before = content->length;
    if (read_all(0, "standard input", most_bytes, content, error))
        return FILE_READ;
    forget_beyond(content, length_before);
    return FILE_FAILED;
}

static int write_all(uv_file file, struct slice content)
{
    while (content.length > 0) {
        unsigned int length = content.length > (1U << 30) ? 1U << 30 : (unsigned int)content.length;
        uv_buf_t chunk = uv_buf_init((char *)content.data, length);
        uv_fs_t request;
        ssize_t put = finish(&request, uv_fs_write(NULL, &request, file, &chunk, 1, -1, NULL));
        if (put < 0)
            return (int)put;
        content.data += put;
        content.length -= (size_t)put;
    }
    return 0;
}

static int unlink_file(const char *path)
{
    uv_fs_t request;
    return (int)finish(&request, uv_fs_unlink(NULL, &request, path, NULL));
}

/* A file that was not there before: what somebody put under the name (a FIFO that would block, a
 * link to a file that is none of ours) is removed, not opened. */
static int create_file(const char *path)
{
    const int flags = UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL;
    int file = open_file(path, flags, 0666);
    if (file == UV_EEXIST && unlink_file(path) == 0)
        file = open_file(path, flags, 0666);
    return file;
}

static int write_new_file(const char *path, struct slice content)
{
    int file = create_file(path);
    if (file < 0)
        return file;
    int status = write_all(file, content);
    if (status == 0)
        status = sync_file(file);
    int closed = close_file(file);
    return status < 0 ? status : closed;
}

bool file_replacement_begin(struct file_replacement *replacement, const char *path,
                            struct error *error)
{
    char *beside = memory_format("%s.%d.new", path, (int)uv_os_getpid());
    int file = create_file(beside);
    if (file < 0) {
        free(beside);
        return error_set(error, E_SYSTEM, "Cannot write %s: %s.", path, uv_strerror(file));
    }
    *replacement =
        (struct file_replacement){.path = memory_copy_string(path), .beside = beside, .file = file};
    return true;
}

/* Releases all but the file beside, which goes too unless it has become the other. */
static void end_replacement(struct file_replacement *replacement, bool in_place)
{
    if (!in_place)
        (void)unlink_file(replacement->beside);
    free(replacement->beside);
    free(replacement->path);
    *replacement = (struct file_replacement){0};
}

bool file_replacement_write(struct file_replacement *replacement, struct slice bytes)
{
    if (replacement->status == 0)
        replacement->status = write_all(replacement->file, bytes);
    return replacement->status == 0;
}

bool file_replacement_commit(struct file_replacement *replacement, struct error *error)
{
    uv_fs_t request;
    int status = replacement->status;
    if (status == 0)
        status = sync_file(replacement->file);
    int closed = close_file(replacement->file);
    if (status == 0)
        status = closed;
    if (status == 0)
        status = (int)finish(
            &request, uv_fs_rename(NULL, &request, replacement->beside, replacement->path, NULL));
    if (status < 0)
        error_set(error, E_SYSTEM, "Cannot write %s: %s.", replacement->path, uv_strerror(status));
    end_replacement(replacement, status == 0);
    return status == 0;
}

void file_replacement_abandon(struct file_replacement *replacement)
{
    if (!replacement->path)
        return;
    (void)close_file(replacement->file);
    end_replacement(replacement, false);
}

bool file_replace(const char *path, struct slice content, struct error *error)
{
    struct file_replacement replacement;
    if (!file_replacement_begin(&replacement, path, error))
        return false;
    (void)file_replacement_write(&replacement, content); /* the commit tells of its failure */
    return file_replacement_commit(&replacement, error);
}

bool file_write(const char *path, struct slice content, struct error *error)
{
    int status = write_new_file(path, content);
    if (status == 0)
        return true;
    (void)unlink_file(path);
    return error_set(error, E_SYSTEM, "Cannot write %s: %s.", path, uv_strerror(status));
}

static int make_folder(const char *path)
{
    uv_fs_t request;
    return (int)finish(&request, uv_fs_mkdir(NULL, &request, path, 0777, NULL));
}

static int make_folders(const char *path)
{
    int status = make_folder(path);
    if (status == UV_ENOENT) {
        char *parent = path_parent(path);
        status = parent ? make_folders(parent) : status;
        free(parent);
        if (status == 0)
            status = make_folder(path);
    }
    /* A system may have another reason than EEXIST first: a read-only disk, macOS of its root. */
    return status < 0 && path_is_folder(path) ? 0 : status;
}

bool file_make_folder(const char *path, struct error *error)
{
    int status = make_folders(path);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot make the folder %s: %s.", path,
                         uv_strerror(status));
    return true;
}

struct file_identity file_identify(const char *path)
{
    uv_fs_t request;
    struct file_identity identity = {0};
    if (uv_fs_lstat(NULL, &request, path, NULL) == 0)
        identity = (struct file_identity){.device = request.statbuf.st_dev,
                                          .inode = request.statbuf.st_ino,
                                          .changed_s = request.statbuf.st_ctim.tv_sec,
                                          .changed_ns = request.statbuf.st_ctim.tv_nsec};
    uv_fs_req_cleanup(&request);
    return identity;
}

bool file_is_same(const char *path, const struct file_identity *identity)
{
    struct file_identity now = file_identify(path);
    return now.device == identity->device && now.inode == identity->inode &&
           now.changed_s == identity->changed_s && now.changed_ns == identity->changed_ns;
}

bool file_remove(const char *path, struct error *error)
{
    int status = unlink_file(path);
    if (status < 0 && status != UV_ENOENT && status != UV_ENOTDIR)
        return error_set(error, E_SYSTEM, "Cannot remove %s: %s.", path, uv_strerror(status));
    return true;
}
