#include "testkit/temp_project.h"

#include "base/file.h"
#include "base/path.h"
#include "testkit/cleanup.h"
#include "testkit/wait.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_string {
    char *text;
    struct temp_string *next;
};

enum {
    WALK_DESCRIPTORS = 16
};

static const char *keep(struct temp_project *project, char *text)
{
    struct temp_string *string = memory_new(sizeof(*string));
    *string = (struct temp_string){.text = text, .next = project->strings};
    project->strings = string;
    return text;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    /* A test took the folder's permissions away: give them back, and walk it again. */
    if (kind == FTW_DNR && chmod(path, 0700) == 0)
        return nftw(path, remove_entry, WALK_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    (void)remove(path);
    return 0;
}

static void release(void *thing)
{
    struct temp_project *project = thing;
    (void)nftw(project->root, remove_entry, WALK_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    while (project->strings) {
        struct temp_string *string = project->strings;
        project->strings = string->next;
        free(string->text);
        free(string);
    }
    free(project->root);
    free(project);
}

struct temp_project *temp_folder_new(void)
{
    const char *folder = getenv("TMPDIR");
    char *template = path_join(folder && *folder ? folder : "/tmp", "uloop-test-XXXXXX");
    struct temp_project *project = memory_new(sizeof(*project));
    if (!mkdtemp(template))
        testkit_fail("Cannot make the folder %s: %s.", template, strerror(errno));
    project->root = realpath(template, NULL);
    if (!project->root)
        testkit_fail("Cannot resolve %s: %s.", template, strerror(errno));
    free(template);
    cleanup_register(release, project);
    return project;
}

struct temp_project *temp_project_new(void)
{
    struct temp_project *project = temp_folder_new();
    (void)temp_project_make_folder(project, "Assets");
    (void)temp_project_make_folder(project, "Temp/UnityCliLoop");
    (void)temp_project_write(project, "ProjectSettings/ProjectVersion.txt",
                             "m_EditorVersion: 2022.3.62f1\n");
    return project;
}

const char *temp_project_path(struct temp_project *project, const char *relative)
{
    return keep(project, path_join(project->root, relative));
}

const char *temp_project_make_folder(struct temp_project *project, const char *relative)
{
    const char *path = temp_project_path(project, relative);
    struct error error = {0};
    if (!file_make_folder(path, &error))
        testkit_fail("%s", error.message);
    return path;
}

void testkit_write_file(const char *path, const void *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        testkit_fail("Cannot open %s: %s.", path, strerror(errno));
    for (const char *at = bytes; length > 0;) {
        ssize_t put = write(file, at, length);
        if (put < 0)
            testkit_fail("Cannot write %s: %s.", path, strerror(errno));
        at += put;
        length -= (size_t)put;
    }
    if (close(file) != 0)
        testkit_fail("Cannot close %s: %s.", path, strerror(errno));
}

const char *temp_project_write_bytes(struct temp_project *project, const char *relative,
                                     const void *bytes, size_t length)
{
    const char *path = temp_project_path(project, relative);
    char *folder = path_parent(path);
    struct error error = {0};
    if (!file_make_folder(folder, &error))
        testkit_fail("%s", error.message);
    free(folder);
    testkit_write_file(path, bytes, length);
    return path;
}

const char *temp_project_write(struct temp_project *project, const char *relative,
                               const char *content)
{
    return temp_project_write_bytes(project, relative, content, strlen(content));
}

const char *temp_project_read(struct temp_project *project, const char *relative)
{
    struct buffer content = {0};
    struct error error = {0};
    const char *path = temp_project_path(project, relative);
    enum file_outcome outcome = file_read(path, SIZE_MAX, &content, &error);
    if (outcome == FILE_FAILED)
        testkit_fail("%s", error.message);
    return outcome == FILE_READ ? keep(project, buffer_take(&content)) : NULL;
}

bool temp_project_has(struct temp_project *project, const char *relative)
{
    return path_exists(temp_project_path(project, relative));
}

size_t temp_project_count(struct temp_project *project, const char *relative)
{
    const char *path = temp_project_path(project, relative);
    DIR *folder = opendir(path);
    if (!folder)
        testkit_fail("Cannot open the folder %s: %s.", path, strerror(errno));
    size_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(folder);
    return count;
}

void temp_project_free(struct temp_project *project)
{
    if (!project)
        return;
    cleanup_forget(project);
    release(project);
}
