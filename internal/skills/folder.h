#ifndef ULOOP_SKILLS_FOLDER_H
#define ULOOP_SKILLS_FOLDER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Looking into folders that others fill. Nothing here follows a symbolic link. */

enum folder_item_kind {
    FOLDER_ITEM_FILE,
    FOLDER_ITEM_FOLDER,
    FOLDER_ITEM_OTHER, /* a symbolic link, FIFO, socket or device */
};

/* What one folder holds, in the order of the names' bytes. Release with folder_listing_clear(). */
struct folder_item {
    char *name;
    enum folder_item_kind kind;
};

struct folder_listing {
    struct folder_item *items;
    size_t count;
};

/* Fails with E_SYSTEM. A folder that does not exist is an empty one. */
bool folder_list(const char *path, struct folder_listing *listing, struct error *error);

/* NULL when there is none of that name. */
const struct folder_item *folder_find(const struct folder_listing *listing, const char *name);

void folder_listing_clear(struct folder_listing *listing);

/* A skill's folder that exceeds one of these is refused. */
#define FOLDER_MOST_FILES  256
#define FOLDER_MOST_BYTES  ((size_t)16 * 1024 * 1024)
#define FOLDER_MOST_DEPTH  8

#define FOLDER_DIGEST_SIZE 65 /* 64 hexadecimal digits and a NUL */

/* A file of a skill. */
struct folder_file {
    char *path; /* below the skill's folder, with '/' on every system */
    char digest[FOLDER_DIGEST_SIZE];
};

/* The files of a skill's folder and of the folders in it. Release with folder_files_clear(). */
struct folder_files {
    struct folder_file *items;
    size_t count;
};

/*
 * Reads what a skill consists of. Left out are names that begin with '.', and `.meta` files, which
 * the Editor puts beside everything. Fails with E_SYSTEM: over a limit above, anything that is
 * neither a file nor a folder, not readable, or of a name that is not UTF-8.
 */
bool folder_read_skill(const char *path, struct folder_files *files, struct error *error);

/*
 * Reads everything that is there but the file `except`, to see whether it is still as it was
 * installed. What is no file, and a folder with nothing in it, counts as a file with an empty
 * digest. Fails as above.
 */
bool folder_read_all(const char *path, const char *except, struct folder_files *files,
                     struct error *error);

/* Adds a file; the path is copied. */
void folder_files_add(struct folder_files *files, const char *path, const char *digest);

/* The digest of a file's content: SHA-256, in hexadecimal. */
void folder_digest(const char *content, size_t length, char digest[FOLDER_DIGEST_SIZE]);

/* NULL when there is none of that path. */
const struct folder_file *folder_files_find(const struct folder_files *files, const char *path);

/* Are the same files in both, with the same contents? */
bool folder_files_equal(const struct folder_files *a, const struct folder_files *b);

void folder_files_clear(struct folder_files *files);

#endif
