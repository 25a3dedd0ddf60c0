#ifndef ULOOP_TESTKIT_TEMP_PROJECT_H
#define ULOOP_TESTKIT_TEMP_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A folder of a test's own, under $TMPDIR or /tmp, that no other test shares: its name is new, so
 * its socket's name is too. It goes away with temp_project_free(), and at the latest when the
 * test's process ends. All strings returned live as long as the project. What fails here fails the
 * test.
 */
struct temp_project {
    char *root;                  /* canonical */
    struct temp_string *strings; /* what was handed out */
};

/* A Unity project: Assets, ProjectSettings/ProjectVersion.txt, Temp/UnityCliLoop. */
struct temp_project *temp_project_new(void);

/* An empty folder, which is no project. */
struct temp_project *temp_folder_new(void);

/* The absolute path of a file or folder in it; it need not exist. */
const char *temp_project_path(struct temp_project *project, const char *relative);

/* Makes the folder and those above it; returns its path. */
const char *temp_project_make_folder(struct temp_project *project, const char *relative);

/* Writes a file whole, making the folders above it; returns its path. */
const char *temp_project_write(struct temp_project *project, const char *relative,
                               const char *content);
const char *temp_project_write_bytes(struct temp_project *project, const char *relative,
                                     const void *bytes, size_t length);

/* The content; NULL when there is no such file. */
const char *temp_project_read(struct temp_project *project, const char *relative);

/* Is anything there by that name, a dangling link included? */
bool temp_project_has(struct temp_project *project, const char *relative);

/* How many names the folder holds ("" for the root), "." and ".." left out. */
size_t temp_project_count(struct temp_project *project, const char *relative);

/* Removes the tree; never follows a symbolic link. */
void temp_project_free(struct temp_project *project);

/* Writes a file in place, without a detour by another name: a reader may see a part. */
void testkit_write_file(const char *path, const void *bytes, size_t length);

#endif
