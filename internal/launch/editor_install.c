#include "launch/editor_install.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/path.h"
#include "launch/editor_versions.h"
#include "launch/places.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>

#define MOST_VERSION_FILE_BYTES ((size_t)64 << 10)

/* The value of the line m_EditorVersion; NULL when there is none. The caller frees. */
static char *version_in(const struct buffer *content)
{
    static const char LABEL[] = "m_EditorVersion:";
    const char *line = content->data;
    while (line && strncmp(line, LABEL, strlen(LABEL)) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line)
        return NULL;
    line += strlen(LABEL);
    line += strspn(line, " \t");
    return memory_copy_bytes(line, strcspn(line, " \t\r\n"));
}

/* The version that the project wants; NULL with *error when it is not known. The caller frees. */
static char *wanted_version(const char *project_root, struct error *error)
{
    char *path = project_path(project_root, "ProjectSettings/ProjectVersion.txt");
    struct buffer content = {0};
    struct error cause = {0};
    enum file_outcome outcome = file_read(path, MOST_VERSION_FILE_BYTES, &content, &cause);
    char *version = outcome == FILE_READ ? version_in(&content) : NULL;
    if (outcome == FILE_FAILED) {
        error_set(error, E_EDITOR_NOT_FOUND, "The project's Editor version is not known. %s",
                  cause.message);
    } else if (!version) {
        error_set(error, E_EDITOR_NOT_FOUND, "The project's Editor version is not known: %s %s.",
                  path, outcome == FILE_ABSENT ? "does not exist" : "has no line m_EditorVersion");
    } else if (!editor_version_is_valid(version)) {
        error_set(error, E_EDITOR_NOT_FOUND,
                  "The project's Editor version is not known: what %s names is no version.", path);
        free(version);
        version = NULL;
    }
    error_clear(&cause);
    buffer_clear(&content);
    free(path);
    return version;
}

/* The executable that UNITY_EDITOR_PATH means, which on macOS may be named by its bundle. Links are
 * resolved, because a running Editor is known by the name of its executable. */
static char *named_program(const char *named, struct error *error)
{
    struct error cause = {0};
    char *path = path_canonical(named, E_EDITOR_NOT_FOUND, &cause);
    if (path && PLACES_PROGRAM_IN_BUNDLE && path_is_folder(path)) {
        char *bundle = path;
        path = path_join(bundle, PLACES_PROGRAM_IN_BUNDLE);
        free(bundle);
    }
    if (!path || path_is_folder(path) || !path_exists(path)) {
        error_set(error, E_EDITOR_NOT_FOUND, "UNITY_EDITOR_PATH names no executable. %s%s",
                  path ? path : cause.message, path ? " is none." : "");
        error_set_next(error, "Set UNITY_EDITOR_PATH to an Editor's executable, or unset it.");
        free(path);
        path = NULL;
    }
    error_clear(&cause);
    return path;
}

static void fail_not_installed(const char *version, struct error *error)
{
    struct editor_versions versions;
    struct buffer names = {0};
    struct buffer json = {0};
    editor_versions_list(&versions);
    for (size_t i = 0; i < versions.count; i++) {
        buffer_append_format(&names, "%s%s", i > 0 ? ", " : "", versions.names[i]);
        buffer_append_format(&json, "%s\"%s\"", i > 0 ? "," : "[", versions.names[i]);
    }
    error_set(error, E_EDITOR_NOT_FOUND,
              "The project wants Unity %s, which the Hub has not installed. %s%s.", version,
              versions.count > 0 ? "Installed: " : "No other version is installed either",
              versions.count > 0 ? names.data : "");
    buffer_append_string(&json, versions.count > 0 ? "]" : "[]");
    error_add_detail(error, "version", version);
    error_add_detail_json(error, "installed", json.data);
    buffer_clear(&json);
    buffer_clear(&names);
    editor_versions_clear(&versions);
}

bool editor_install_find(const char *project_root, struct editor_install *install,
                         struct error *error)
{
    struct error unknown = {0};
    *install = (struct editor_install){.version = wanted_version(project_root, &unknown)};
    char *named = places_variable("UNITY_EDITOR_PATH");
    if (named) {
        error_clear(&unknown);
        install->program = named_program(named, error);
    } else if (!install->version) {
        *error = unknown;
    } else {
        install->program = editor_version_program(install->version);
        if (!install->program)
            fail_not_installed(install->version, error);
    }
    free(named);
    if (install->program)
        return true;
    editor_install_clear(install);
    return false;
}

void editor_install_clear(struct editor_install *install)
{
    free(install->version);
    free(install->program);
    *install = (struct editor_install){0};
}
