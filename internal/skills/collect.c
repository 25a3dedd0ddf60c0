#include "skills/collect.h"

#include "base/file.h"
#include "base/path.h"
#include "catalog/catalog.h"
#include "json/json.h"
#include "project/project.h"
#include "skills/builtin.h"
#include "skills/front_matter.h"

#include <stdlib.h>
#include <string.h>

#define MOST_MANIFEST_BYTES ((size_t)4 * 1024 * 1024)

enum {
    MOST_DEPTH = 24,       /* folders below a source that are looked into */
    MOST_FOLDERS = 500000, /* in all, however the file system may be mounted into itself */
};

static const char SKILL_FILE[] = "SKILL.md";

/* A search while it goes on. */
struct search {
    struct skills *skills;
    const struct catalog *catalog; /* says which tools are disabled */
    size_t folders;                /* looked into so far */
};

/* Takes over `reason`. */
static void leave_out(struct search *search, const char *path, char *reason)
{
    struct skills *skills = search->skills;
    skills->left_out =
        memory_resize(skills->left_out, (skills->left_out_count + 1) * sizeof(*skills->left_out));
    skills->left_out[skills->left_out_count++] =
        (struct left_out){.path = memory_copy_string(path), .reason = reason};
}

/* The same, with the error as the reason. */
static void leave_out_for(struct search *search, const char *path, struct error *error)
{
    leave_out(search, path, memory_copy_string(error->message));
    error_clear(error);
}

/* Adds the skill; takes over its folder and files. */
static void add(struct search *search, const char *name, const char *source, struct skill *skill)
{
    struct skills *skills = search->skills;
    skill->name = memory_copy_string(name);
    skill->source = memory_copy_string(source);
    skills->items = memory_resize(skills->items, (skills->count + 1) * sizeof(*skills->items));
    skills->items[skills->count++] = *skill;
}

/* Is a skill of that front matter to be offered? Says why not, unless that is as it should be. */
static bool is_wanted(struct search *search, const struct front_matter *front_matter,
                      const char *source, const char *folder)
{
    const struct catalog_entry *tool =
        front_matter->tool_name ? catalog_find(search->catalog, front_matter->tool_name) : NULL;
    const struct skill *other = skills_find(search->skills, front_matter->name);
    if (front_matter->internal)
        return false;
    if (tool && tool->disabled) {
        leave_out(search, source,
                  memory_format("its tool %s is disabled in %s", front_matter->tool_name,
                                search->catalog->settings_path));
        return false;
    }
    bool is_same = other && folder && other->folder && strcmp(other->folder, folder) == 0;
    if (other && folder && !is_same)
        leave_out(search, source,
                  memory_format("%s has a skill of the same name, %s", other->source, other->name));
    return !other;
}

static void take_folder(struct search *search, const char *folder, const char *source)
{
    struct error error = {0};
    struct buffer content = {0};
    struct front_matter front_matter = {0};
    char *path = path_join(folder, SKILL_FILE);
    enum file_outcome outcome = file_read(path, FOLDER_MOST_BYTES, &content, &error);
    const char *fault =
        outcome == FILE_READ ? front_matter_read(buffer_slice(&content), &front_matter) : NULL;
    if (outcome == FILE_FAILED) {
        leave_out_for(search, source, &error);
    } else if (fault) {
        leave_out(search, source, memory_copy_string(fault));
    } else if (outcome == FILE_READ && is_wanted(search, &front_matter, source, folder)) {
        struct skill skill = {0};
        if (folder_read_skill(folder, &skill.files, &error)) {
            skill.folder = memory_copy_string(folder);
            add(search, front_matter.name, source, &skill);
        } else {
            leave_out_for(search, source, &error);
        }
    }
    front_matter_clear(&front_matter);
    buffer_clear(&content);
    free(path);
}

/* `source`: what the folder is called where it is named. */
static void search_folder(struct search *search, const char *folder, const char *source,
                          unsigned int depth)
{
    struct error error = {0};
    struct folder_listing listing;
    if (depth > MOST_DEPTH || search->folders > MOST_FOLDERS)
        return;
    if (search->folders++ == MOST_FOLDERS) {
        leave_out(search, source, memory_copy_string("the search ended before this folder"));
        return;
    }
    if (!folder_list(folder, &listing, &error)) {
        leave_out_for(search, source, &error);
        return;
    }
    const struct folder_item *file = folder_find(&listing, SKILL_FILE);
    if (file && file->kind == FOLDER_ITEM_FILE) {
        take_folder(search, folder, source);
        folder_listing_clear(&listing);
        return;
    }
    for (size_t i = 0; i < listing.count; i++) {
        const struct folder_item *item = &listing.items[i];
        if (item->kind != FOLDER_ITEM_FOLDER || item->name[0] == '.' ||
            strcmp(item->name, "node_modules") == 0)
            continue;
        char *below = path_join(folder, item->name);
        char *name = memory_format("%s/%s", source, item->name);
        search_folder(search, below, name, depth + 1);
        free(name);
        free(below);
    }
    folder_listing_clear(&listing);
}

static void search_project(struct search *search, const char *root, const char *relative)
{
    char *folder = project_path(root, relative);
    if (path_is_folder(folder) && !path_is_link(folder))
        search_folder(search, folder, relative, 0);
    free(folder);
}

/* A package that lies somewhere else: `place` is what manifest.json says behind "file:". */
static void search_file_package(struct search *search, const char *packages, const char *place)
{
    struct error error = {0};
    char *source = memory_format("file:%s", place);
    char *path = path_is_absolute(place, PATH_NATIVE) ? memory_copy_string(place)
                                                      : path_join(packages, place);
    char *manifest = path_join(path, "package.json");
    if (path_is_folder(path)) { /* else it is an archive, whose content lies in the cache */
        char *folder = path_exists(manifest) ? path_canonical(path, E_SYSTEM, &error) : NULL;
        if (folder)
            search_folder(search, folder, source, 0);
        else if (error.code)
            leave_out_for(search, source, &error);
        else
            leave_out(search, source, memory_copy_string("it has no package.json"));
        free(folder);
    }
    free(manifest);
    free(path);
    free(source);
}

static void search_file_packages(struct search *search, const char *root)
{
    static const char name[] = "Packages/manifest.json";
    static const char prefix[] = "file:";
    struct error error = {0};
    struct buffer content = {0};
    const char *reason = NULL;
    char *packages = project_path(root, "Packages");
    char *path = project_path(root, name);
    enum file_outcome outcome = file_read(path, MOST_MANIFEST_BYTES, &content, &error);
    cJSON *manifest = outcome == FILE_READ ? json_parse(buffer_slice(&content), &reason) : NULL;
    if (outcome == FILE_FAILED)
        leave_out_for(search, name, &error);
    else if (outcome == FILE_READ && !manifest)
        leave_out(search, name, memory_format("it cannot be understood: %s", reason));
    const cJSON *package;
    cJSON_ArrayForEach(package, json_get(manifest, "dependencies"))
    {
        const char *place = cJSON_GetStringValue(package);
        if (place && strncmp(place, prefix, sizeof(prefix) - 1) == 0)
            search_file_package(search, packages, place + sizeof(prefix) - 1);
    }
    cJSON_Delete(manifest);
    buffer_clear(&content);
    free(path);
    free(packages);
}

static void add_builtin(struct search *search)
{
    for (size_t i = 0; i < BUILTIN_SKILL_COUNT; i++) {
        struct front_matter front_matter;
        struct skill skill = {.content = BUILTIN_SKILLS[i]};
        char digest[FOLDER_DIGEST_SIZE];
        if (front_matter_read(skill.content, &front_matter))
            continue; /* a test holds that there is none */
        if (is_wanted(search, &front_matter, "uloop", NULL)) {
            folder_digest(skill.content.data, skill.content.length, digest);
            folder_files_add(&skill.files, SKILL_FILE, digest);
            add(search, front_matter.name, "uloop", &skill);
        }
        front_matter_clear(&front_matter);
    }
}

static int compare_skills(const void *a, const void *b)
{
    const struct skill *left = a;
    const struct skill *right = b;
    return strcmp(left->name, right->name);
}

bool skills_collect(const char *project_root, struct skills *skills, struct error *error)
{
    struct catalog catalog;
    struct search search = {.skills = skills, .catalog = &catalog};
    *skills = (struct skills){0};
    if (!catalog_load(project_root, &catalog, error))
        return false;
    if (project_root) {
        search_project(&search, project_root, "Assets");
        search_project(&search, project_root, "Packages");
        search_file_packages(&search, project_root);
        search_project(&search, project_root, "Library/PackageCache");
    }
    add_builtin(&search);
    qsort(skills->items, skills->count, sizeof(*skills->items), compare_skills);
    catalog_clear(&catalog);
    return true;
}

const struct skill *skills_find(const struct skills *skills, const char *name)
{
    for (size_t i = 0; i < skills->count; i++) {
        if (strcmp(skills->items[i].name, name) == 0)
            return &skills->items[i];
    }
    return NULL;
}

bool skill_read_file(const struct skill *skill, const struct folder_file *file,
                     struct buffer *content, struct error *error)
{
    char digest[FOLDER_DIGEST_SIZE];
    if (!skill->folder) {
        buffer_append(content, skill->content.data, skill->content.length);
        return true;
    }
    char *path = project_path(skill->folder, file->path);
    enum file_outcome outcome = file_read(path, FOLDER_MOST_BYTES, content, error);
    folder_digest(content->data, content->length, digest);
    bool done = outcome == FILE_READ && strcmp(digest, file->digest) == 0;
    if (!done && outcome != FILE_FAILED)
        error_set(error, E_SYSTEM, "%s was changed while it was installed.", path);
    free(path);
    return done;
}

void skills_clear(struct skills *skills)
{
    for (size_t i = 0; i < skills->count; i++) {
        free(skills->items[i].name);
        free(skills->items[i].source);
        free(skills->items[i].folder);
        folder_files_clear(&skills->items[i].files);
    }
    for (size_t i = 0; i < skills->left_out_count; i++) {
        free(skills->left_out[i].path);
        free(skills->left_out[i].reason);
    }
    free(skills->items);
    free(skills->left_out);
    *skills = (struct skills){0};
}
