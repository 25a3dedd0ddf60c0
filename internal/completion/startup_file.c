#include "completion/startup_file.h"

#include "base/file.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MOST_BYTES ((size_t)16 * 1024 * 1024)

enum {
    MAY_WRITE = 2 /* W_OK, which Windows has no name for */
};

/* $name where that is an absolute path, else the home folder with `otherwise` below. */
static char *folder_of(const char *name, const char *home, const char *otherwise)
{
    const char *value = getenv(name);
    if (value && path_is_absolute(value, PATH_NATIVE))
        return memory_copy_string(value);
    return *otherwise ? path_join(home, otherwise) : memory_copy_string(home);
}

char *startup_file_path(enum shell shell, const char *home)
{
    char *folder;
    const char *name;
    switch (shell) {
    case SHELL_BASH:
        return path_join(home, ".bashrc");
    case SHELL_ZSH:
        folder = folder_of("ZDOTDIR", home, "");
        name = ".zshrc";
        break;
    case SHELL_FISH:
        folder = folder_of("XDG_CONFIG_HOME", home, ".config");
        name = "fish/config.fish";
        break;
    case SHELL_POWERSHELL:
    case SHELL_COUNT:
    default:
        if (PATH_NATIVE == PATH_WINDOWS)
            return path_join(home, "Documents\\PowerShell\\profile.ps1");
        folder = folder_of("XDG_CONFIG_HOME", home, ".config");
        name = "powershell/profile.ps1";
    }
    char *path = path_join(folder, name);
    free(folder);
    return path;
}

/* The lines of a text that are a marker. */
struct markers {
    size_t begins;
    size_t ends;
    size_t start;  /* of the first that begins */
    size_t behind; /* the first that ends */
};

static bool is_marker(struct slice line, const char *marker)
{
    while (line.length > 0 && strchr("\r\n \t", line.data[line.length - 1]))
        line.length--;
    return slice_equals(line, marker);
}

static struct markers find_markers(struct slice text)
{
    struct markers markers = {0};
    for (size_t at = 0; at < text.length;) {
        const char *newline = memchr(text.data + at, '\n', text.length - at);
        size_t behind = newline ? (size_t)(newline + 1 - text.data) : text.length;
        struct slice line = {.data = text.data + at, .length = behind - at};
        if (is_marker(line, STARTUP_BEGIN) && markers.begins++ == 0)
            markers.start = at;
        if (is_marker(line, STARTUP_END) && markers.ends++ == 0)
            markers.behind = behind;
        at = behind;
    }
    return markers;
}

bool startup_file_edit(struct slice text, const char *path, struct slice lines, struct buffer *out,
                       struct error *error)
{
    struct markers markers = find_markers(text);
    bool none = markers.begins == 0 && markers.ends == 0;
    bool pair = markers.begins == 1 && markers.ends == 1 && markers.start < markers.behind;
    if (text.length > 0 && memchr(text.data, '\0', text.length))
        return error_set(error, E_SYSTEM, "%s is not UTF-8 text, so no line can be added to it.",
                         path);
    if (!none && !pair)
        return error_set(error, E_SYSTEM,
                         "The lines \"" STARTUP_BEGIN "\" and \"" STARTUP_END
                         "\" in %s are not one pair; delete what is left of them.",
                         path);
    size_t start = pair ? markers.start : text.length;
    if (start > 0)
        buffer_append(out, text.data, start);
    if (start > 0 && text.data[start - 1] != '\n')
        buffer_append_char(out, '\n');
    buffer_append_string(out, STARTUP_BEGIN "\n");
    buffer_append(out, lines.data, lines.length);
    buffer_append_string(out, STARTUP_END "\n");
    if (pair)
        buffer_append(out, text.data + markers.behind, text.length - markers.behind);
    return true;
}

/* The file that is meant by a path that may be a link: canonical; NULL with *error. */
static char *resolve_link(const char *path, const char *home, struct error *error)
{
    char *target = path_canonical(path, E_SYSTEM, error);
    char *above = target ? path_parent(target) : NULL;
    bool inside = false;
    while (above && !inside) {
        inside = path_equals(above, home, PATH_NATIVE);
        char *next = path_parent(above);
        free(above);
        above = next;
    }
    free(above);
    if (target && !inside) {
        error_set(error, E_SYSTEM, "%s is a link that leads out of %s, to %s.", path, home, target);
        free(target);
        target = NULL;
    }
    return target;
}

/* Gives the new file the old one's permissions and owner, before anything is in it. */
static bool take_over_owner(const char *path, const struct file_replacement *replacement,
                            struct error *error)
{
    uv_fs_t request;
    uv_stat_t old;
    int status = uv_fs_stat(NULL, &request, path, NULL);
    old = request.statbuf;
    uv_fs_req_cleanup(&request);
    if (status == UV_ENOENT)
        return true;
    if (status == 0)
        status = uv_fs_access(NULL, &request, path, MAY_WRITE, NULL);
    uv_fs_req_cleanup(&request);
    if (status == 0)
        status = uv_fs_fchown(NULL, &request, replacement->file, (uv_uid_t)old.st_uid,
                              (uv_gid_t)old.st_gid, NULL);
    uv_fs_req_cleanup(&request);
    if (status == 0)
        status = uv_fs_fchmod(NULL, &request, replacement->file, (int)(old.st_mode & 07777), NULL);
    uv_fs_req_cleanup(&request);
    return status == 0 ||
           error_set(error, E_SYSTEM, "Cannot replace %s: %s.", path, uv_strerror(status));
}

static bool write_text(const char *path, struct slice text, struct error *error)
{
    struct file_replacement replacement = {0};
    char *folder = path_parent(path);
    bool done = !folder || file_make_folder(folder, error);
    done = done && file_replacement_begin(&replacement, path, error);
    free(folder);
    if (!done)
        return false;
    if (!take_over_owner(path, &replacement, error)) {
        file_replacement_abandon(&replacement);
        return false;
    }
    (void)file_replacement_write(&replacement, text); /* the commit tells of its failure */
    return file_replacement_commit(&replacement, error);
}

bool startup_file_install(const char *path, const char *home, struct slice lines, bool *changed,
                          struct error *error)
{
    struct buffer text = {0};
    struct buffer edited = {0};
    char *target = path_is_link(path) ? resolve_link(path, home, error) : memory_copy_string(path);
    bool done = target && file_read(target, MOST_BYTES, &text, error) != FILE_FAILED &&
                startup_file_edit(buffer_slice(&text), path, lines, &edited, error);
    bool differs = done && (edited.length != text.length ||
                            (text.length > 0 && memcmp(edited.data, text.data, text.length) != 0));
    if (differs)
        done = write_text(target, buffer_slice(&edited), error);
    *changed = differs && done;
    buffer_clear(&edited);
    buffer_clear(&text);
    free(target);
    return done;
}
