#include "host/token_file.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum {
    PRIVATE_FILE = 0600,
};

static bool make_token(char token[TOKEN_DIGITS + 1], struct error *error)
{
    unsigned char random[TOKEN_DIGITS / 2];
    int status = uv_random(NULL, NULL, random, sizeof(random), 0, NULL);
    if (status < 0)
        return error_set(error, E_SYSTEM, "The system gives no random bytes for a token: %s.",
                         uv_strerror(status));
    for (size_t at = 0; at < sizeof(random); at++)
        (void)snprintf(token + 2 * at, 3, "%02x", random[at]); /* two digits and a NUL fit */
    return true;
}

/* Writes a file that is new, so that nobody has it open and its mode is ours. */
static int write_private(const char *path, const char *text, size_t length)
{
    uv_fs_t request;
    uv_buf_t bytes = uv_buf_init((char *)text, (unsigned int)length);
    int file = uv_fs_open(NULL, &request, path, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL,
                          PRIVATE_FILE, NULL);
    uv_fs_req_cleanup(&request);
    if (file < 0)
        return file;
    int status = uv_fs_write(NULL, &request, file, &bytes, 1, 0, NULL);
    uv_fs_req_cleanup(&request);
    if (status >= 0)
        status = (size_t)status == length ? 0 : UV_ENOSPC;
    int closed = uv_fs_close(NULL, &request, file, NULL);
    uv_fs_req_cleanup(&request);
    return status < 0 ? status : closed;
}

static int move(const char *from, const char *to)
{
    uv_fs_t request;
    int status = uv_fs_rename(NULL, &request, from, to, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

bool token_file_make(const char *path, char token[TOKEN_DIGITS + 1], struct error *error)
{
    char *text = NULL, *beside = memory_format("%s.tmp.%d", path, (int)uv_os_getpid());
    bool made = make_token(token, error) && file_remove(beside, error);
    if (made) {
        text = memory_format("%s\n", token);
        int status = write_private(beside, text, TOKEN_DIGITS + 1);
        if (status == 0)
            status = move(beside, path);
        made = status == 0 || error_set(error, E_SYSTEM, "Cannot write the token file %s: %s.",
                                        path, uv_strerror(status));
    }
    if (!made) {
        struct error ignored = {0};
        (void)file_remove(beside, &ignored);
        error_clear(&ignored);
    }
    free(text);
    free(beside);
    return made;
}
