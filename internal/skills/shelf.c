#include "skills/shelf.h"

#include "base/memory.h"
#include "base/path.h"
#include "project/project.h"
#include "skills/front_matter.h"
#include "skills/slot.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* The folder of ours for an agent that looks below its own. */
static const char GROUP_FOLDER[] = "uloop";

static const char *const STATUS_NAMES[] = {
    [SKILL_MISSING] = "missing", [SKILL_INSTALLED] = "installed", [SKILL_OUTDATED] = "outdated",
    [SKILL_CHANGED] = "changed", [SKILL_FOREIGN] = "foreign",     [SKILL_ORPHANED] = "orphaned",
};

static const char *const OUTCOME_NAMES[] = {
    [SKILL_UNTOUCHED] = "unchanged", [SKILL_ADDED] = "installed", [SKILL_UPDATED] = "updated",
    [SKILL_REMOVED] = "removed",     [SKILL_KEPT] = "kept",
};

const char *skill_status_name(enum skill_status status)
{
    return STATUS_NAMES[status];
}

const char *skill_outcome_name(enum skill_outcome outcome)
{
    return OUTCOME_NAMES[outcome];
}

/* The path of the first `depth` folders of a place. */
static char *path_to_depth(const struct shelf *shelf, const struct shelf_place *place, size_t depth)
{
    const char *end = place->relative;
    for (size_t i = 0; i < depth; i++)
        end += strcspn(end + (i > 0), "/") + (i > 0);
    char *relative = memory_copy_bytes(place->relative, (size_t)(end - place->relative));
    char *path = project_path(shelf->base, relative);
    free(relative);
    return path;
}

static size_t count_existing(const struct shelf *shelf, const struct shelf_place *place)
{
    size_t count = 0;
    for (bool exists = true; exists && count < place->depth; count += exists) {
        char *path = path_to_depth(shelf, place, count + 1);
        exists = path_exists(path);
        free(path);
    }
    return count;
}

static void place_set(const struct shelf *shelf, struct shelf_place *place, const char *folder,
                      bool grouped)
{
    place->relative =
        memory_format("%s%s%s", folder, grouped ? "/" : "", grouped ? GROUP_FOLDER : "");
    place->path = project_path(shelf->base, place->relative);
    place->depth = 1;
    for (const char *at = place->relative; *at; at++)
        place->depth += *at == '/';
}

static bool is_inside(const char *path, const char *base)
{
    size_t length = strlen(base);
    bool is_root = base[length - 1] == '/' || base[length - 1] == '\\';
    return strncmp(path, base, length) == 0 &&
           (is_root || path[length] == '\0' || path[length] == '/' || path[length] == '\\');
}

/* A link on the way is the user's own choice as long as it does not lead out of the base: a project
 * from somewhere else must not make us write elsewhere. */
static bool check_inside(const struct shelf *shelf, const struct shelf_place *place,
                         struct error *error)
{
    size_t depth = count_existing(shelf, place);
    if (depth == 0)
        return true;
    char *path = path_to_depth(shelf, place, depth);
    char *canonical = path_canonical(path, E_SYSTEM, error);
    bool inside = canonical && is_inside(canonical, shelf->base);
    if (canonical && !inside)
        error_set(error, E_SYSTEM, "%s leads out of %s, to %s.", path, shelf->base, canonical);
    free(canonical);
    free(path);
    return inside;
}

/* Calls `take` for each slot in the place that has a marker of ours. */
static bool each_of_ours(const struct shelf_place *place,
                         bool (*take)(void *context, const struct shelf_place *place,
                                      const char *name, const struct slot *slot,
                                      struct error *error),
                         void *context, struct error *error)
{
    struct folder_listing listing;
    if (!place->path)
        return true;
    if (!folder_list(place->path, &listing, error))
        return false;
    bool done = true;
    for (size_t i = 0; i < listing.count && done; i++) {
        const struct folder_item *item = &listing.items[i];
        struct slot slot;
        if (item->kind != FOLDER_ITEM_FOLDER || !skill_name_is_valid(item->name))
            continue;
        slot_look(place->path, item->name, &slot);
        if (slot.kind == SLOT_OURS || slot.kind == SLOT_CHANGED)
            done = take(context, place, item->name, &slot, error);
        slot_clear(&slot);
    }
    folder_listing_clear(&listing);
    return done;
}

/* What an earlier installation found there before it, is what was there before us. */
static bool take_kept(void *context, const struct shelf_place *place, const char *name,
                      const struct slot *slot, struct error *error)
{
    (void)name;
    (void)error;
    struct shelf *shelf = context;
    size_t made = slot->marker.made_folders;
    size_t kept = made < place->depth ? place->depth - made : 0;
    if (kept < shelf->kept)
        shelf->kept = kept;
    return true;
}

bool shelf_open(struct shelf *shelf, const struct skill_target *target, const char *base,
                bool global, bool flat, struct error *error)
{
    const char *folder = global ? target->global_folder : target->folder;
    bool grouped = target->looks_below && !flat;
    *shelf = (struct shelf){.target = target, .base = memory_copy_string(base)};
    place_set(shelf, &shelf->wanted, folder, grouped);
    if (target->looks_below)
        place_set(shelf, &shelf->other, folder, !grouped);
    bool done = check_inside(shelf, &shelf->wanted, error) &&
                (!shelf->other.path || check_inside(shelf, &shelf->other, error));
    if (done) {
        shelf->kept = count_existing(shelf, &shelf->wanted);
        done = each_of_ours(&shelf->wanted, take_kept, shelf, error) &&
               each_of_ours(&shelf->other, take_kept, shelf, error);
    }
    if (!done)
        shelf_close(shelf);
    return done;
}

static void add_entry(struct shelf_report *report, const char *name, const char *source,
                      const char *path, enum skill_status status, enum skill_outcome outcome)
{
    report->items = memory_resize(report->items, (report->count + 1) * sizeof(*report->items));
    report->items[report->count++] = (struct shelf_entry){
        .name = memory_copy_string(name),
        .source = memory_copy_string(source),
        .path = memory_copy_string(path),
        .status = status,
        .outcome = outcome,
    };
}

/* The slots of one skill in both places. */
struct slots {
    struct slot wanted;
    struct slot other; /* empty where there is no other place */
};

static void slots_look(const struct shelf *shelf, const char *name, struct slots *slots)
{
    *slots = (struct slots){0};
    slot_look(shelf->wanted.path, name, &slots->wanted);
    if (shelf->other.path)
        slot_look(shelf->other.path, name, &slots->other);
    if (slots->other.kind == SLOT_FOREIGN) {
        slot_clear(&slots->other); /* in the other place it is in nobody's way */
        slots->other.kind = SLOT_EMPTY;
    }
}

static void slots_clear(struct slots *slots)
{
    slot_clear(&slots->wanted);
    slot_clear(&slots->other);
}

/* The slot where the skill is, or would be. */
static const struct slot *slots_at(const struct slots *slots)
{
    bool is_other = slots->wanted.kind == SLOT_EMPTY && slots->other.kind != SLOT_EMPTY;
    return is_other ? &slots->other : &slots->wanted;
}

static enum skill_status slots_status(const struct slots *slots, const struct skill *skill)
{
    const struct slot *at = slots_at(slots);
    if (slots->wanted.kind == SLOT_CHANGED || slots->other.kind == SLOT_CHANGED)
        return SKILL_CHANGED;
    if (at->kind == SLOT_FOREIGN)
        return SKILL_FOREIGN;
    if (at->kind == SLOT_EMPTY)
        return SKILL_MISSING;
    bool twice = slots->wanted.kind == SLOT_OURS && slots->other.kind == SLOT_OURS;
    bool same = folder_files_equal(&at->marker.files, &skill->files);
    return same && !twice ? SKILL_INSTALLED : SKILL_OUTDATED;
}

/* Where shelf_look() collects. */
struct looking {
    const struct skills *skills;
    struct shelf_report *report;
};

static bool take_orphan(void *context, const struct shelf_place *place, const char *name,
                        const struct slot *slot, struct error *error)
{
    (void)place;
    (void)error;
    const struct looking *looking = context;
    if (!skills_find(looking->skills, name))
        add_entry(looking->report, name, slot->marker.source, slot->path, SKILL_ORPHANED,
                  SKILL_UNTOUCHED);
    return true;
}

bool shelf_look(const struct shelf *shelf, const struct skills *skills, struct shelf_report *report,
                struct error *error)
{
    struct looking looking = {.skills = skills, .report = report};
    for (size_t i = 0; i < skills->count; i++) {
        const struct skill *skill = &skills->items[i];
        struct slots slots;
        slots_look(shelf, skill->name, &slots);
        add_entry(report, skill->name, skill->source, slots_at(&slots)->path,
                  slots_status(&slots, skill), SKILL_UNTOUCHED);
        slots_clear(&slots);
    }
    return each_of_ours(&shelf->wanted, take_orphan, &looking, error) &&
           each_of_ours(&shelf->other, take_orphan, &looking, error);
}

/* Installs one skill, unless it is there already or may not be touched. */
static bool install(const struct shelf *shelf, const struct skill *skill, const struct slots *slots,
                    enum skill_status status, enum skill_outcome *outcome, struct error *error)
{
    bool in_place = status == SKILL_INSTALLED && slots->wanted.kind == SLOT_OURS;
    *outcome = SKILL_UNTOUCHED;
    if (in_place)
        return true;
    *outcome = SKILL_KEPT;
    if (status == SKILL_CHANGED || status == SKILL_FOREIGN)
        return true;
    *outcome = status == SKILL_MISSING ? SKILL_ADDED : SKILL_UPDATED;
    size_t made = shelf->wanted.depth - shelf->kept;
    return slot_fill(&slots->wanted, skill, made, error) &&
           (slots->other.kind != SLOT_OURS || slot_empty(&slots->other, error));
}

static void sweep(const struct shelf *shelf)
{
    slot_sweep(shelf->wanted.path);
    if (shelf->other.path)
        slot_sweep(shelf->other.path);
}

bool shelf_install(const struct shelf *shelf, const struct skills *skills,
                   struct shelf_report *report, struct error *error)
{
    bool done = true;
    sweep(shelf);
    for (size_t i = 0; i < skills->count && done; i++) {
        const struct skill *skill = &skills->items[i];
        struct slots slots;
        enum skill_outcome outcome;
        slots_look(shelf, skill->name, &slots);
        enum skill_status status = slots_status(&slots, skill);
        done = install(shelf, skill, &slots, status, &outcome, error);
        add_entry(report, skill->name, skill->source,
                  outcome == SKILL_KEPT ? slots_at(&slots)->path : slots.wanted.path, status,
                  outcome);
        slots_clear(&slots);
    }
    return done;
}

static bool take_away(void *context, const struct shelf_place *place, const char *name,
                      const struct slot *slot, struct error *error)
{
    (void)place;
    bool ours = slot->kind == SLOT_OURS;
    if (ours && !slot_empty(slot, error))
        return false;
    add_entry(context, name, slot->marker.source, slot->path,
              ours ? SKILL_INSTALLED : SKILL_CHANGED, ours ? SKILL_REMOVED : SKILL_KEPT);
    return true;
}

bool shelf_uninstall(const struct shelf *shelf, struct shelf_report *report, struct error *error)
{
    sweep(shelf);
    return each_of_ours(&shelf->wanted, take_away, report, error) &&
           each_of_ours(&shelf->other, take_away, report, error);
}

static void tidy_place(const struct shelf *shelf, const struct shelf_place *place)
{
    bool gone = true;
    for (size_t depth = place->depth; depth > shelf->kept && gone; depth--) {
        uv_fs_t request;
        char *path = path_to_depth(shelf, place, depth);
        int status = uv_fs_rmdir(NULL, &request, path, NULL);
        gone = status == 0 || status == UV_ENOENT;
        uv_fs_req_cleanup(&request);
        free(path);
    }
}

void shelf_tidy(const struct shelf *shelf)
{
    tidy_place(shelf, &shelf->wanted);
    if (shelf->other.path)
        tidy_place(shelf, &shelf->other);
}

void shelf_close(struct shelf *shelf)
{
    free(shelf->base);
    free(shelf->wanted.path);
    free(shelf->wanted.relative);
    free(shelf->other.path);
    free(shelf->other.relative);
    *shelf = (struct shelf){0};
}

void shelf_report_clear(struct shelf_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->items[i].name);
        free(report->items[i].source);
        free(report->items[i].path);
    }
    free(report->items);
    *report = (struct shelf_report){0};
}
