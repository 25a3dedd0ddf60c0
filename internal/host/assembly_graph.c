#include "host/assembly_graph.h"

#include "base/memory.h"
#include "host/assembly_definition.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RUNTIME_NAME "Assembly-CSharp"
#define EDITOR_NAME  "Assembly-CSharp-Editor"

/* An assembly in the making. */
struct draft {
    const struct definition_file *file; /* NULL for the predefined two */
    struct assembly_definition definition;
    const struct script **scripts;
    size_t script_count, script_capacity;
    bool *sees;     /* by place among the drafts */
    size_t missing; /* how many of those it sees have no place in the order yet */
    size_t place;   /* in the order; NO_PLACE until it has one */
};

#define NO_PLACE SIZE_MAX

/* All definitions in the order of their paths, and behind them the predefined two. */
struct drafts {
    struct draft *items;
    size_t count;
};

static bool is_made(const struct draft *draft)
{
    return draft->script_count > 0 && !draft->definition.left_out;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* Reads definition number `at` and holds it against those before it. */
static void read_definition(struct drafts *drafts, size_t at, const struct definition_file *file,
                            const char *const *defines, struct diagnostics *faults)
{
    struct draft *draft = &drafts->items[at];
    const char *fault =
        assembly_definition_read(buffer_slice(&file->text), defines, &draft->definition);
    draft->file = file;
    if (fault) {
        diagnostics_add_error(faults, file->path, "The assembly definition is malformed: %s.",
                              fault);
        return;
    }
    const char *name = draft->definition.name;
    if (same_name(name, RUNTIME_NAME) || same_name(name, EDITOR_NAME))
        diagnostics_add_error(faults, file->path, "The name %s is that of a predefined assembly.",
                              name);
    for (size_t other = 0; other < at; other++) {
        const struct draft *before = &drafts->items[other];
        if (strcmp(before->file->folder, file->folder) == 0)
            diagnostics_add_error(faults, file->path,
                                  "The folder %s holds another assembly definition: %s.",
                                  file->folder, before->file->path);
        else if (before->definition.name && same_name(before->definition.name, name))
            diagnostics_add_error(faults, file->path, "An assembly named %s is also defined by %s.",
                                  name, before->file->path);
    }
}

static void predefine(struct draft *draft, const char *name, bool editor_only)
{
    draft->definition.name = memory_copy_string(name);
    draft->definition.editor_only = editor_only;
}

static void drafts_open(struct drafts *drafts, const struct source_tree *tree,
                        const char *const *defines, struct diagnostics *faults)
{
    drafts->count = tree->definition_count + 2;
    drafts->items = memory_new(drafts->count * sizeof(*drafts->items));
    for (size_t at = 0; at < tree->definition_count; at++)
        read_definition(drafts, at, &tree->definitions[at], defines, faults);
    predefine(&drafts->items[drafts->count - 2], RUNTIME_NAME, false);
    predefine(&drafts->items[drafts->count - 1], EDITOR_NAME, true);
}

static void drafts_close(struct drafts *drafts)
{
    for (size_t at = 0; at < drafts->count; at++) {
        assembly_definition_clear(&drafts->items[at].definition);
        free(drafts->items[at].scripts);
        free(drafts->items[at].sees);
    }
    free(drafts->items);
}

static struct draft *draft_in_folder(struct drafts *drafts, struct slice folder)
{
    for (size_t at = 0; at < drafts->count - 2; at++) {
        if (slice_equals(folder, drafts->items[at].file->folder))
            return &drafts->items[at];
    }
    return NULL;
}

static struct slice parent_folder(struct slice path)
{
    while (path.length > 0 && path.data[path.length - 1] != '/')
        path.length--;
    if (path.length > 0)
        path.length--;
    return path;
}

/* NULL for a loose script of a package, which Unity does not compile either. */
static struct draft *draft_of_script(struct drafts *drafts, const char *path)
{
    struct slice folder = parent_folder(slice_of(path));
    for (; folder.length > 0; folder = parent_folder(folder)) {
        struct draft *draft = draft_in_folder(drafts, folder);
        if (draft)
            return draft;
    }
    if (strncmp(path, "Assets/", strlen("Assets/")) != 0)
        return NULL;
    return &drafts->items[drafts->count - (strstr(path, "/Editor/") ? 1 : 2)];
}

static void add_script(struct draft *draft, const struct script *script)
{
    if (draft->script_count == draft->script_capacity) {
        draft->script_capacity = draft->script_capacity ? 2 * draft->script_capacity : 16;
        draft->scripts =
            memory_resize((void *)draft->scripts, draft->script_capacity * sizeof(void *));
    }
    draft->scripts[draft->script_count++] = script;
}

/* Scripts are sorted, so most are in the folder of the one before. */
static void distribute_scripts(struct drafts *drafts, const struct source_tree *tree)
{
    struct slice folder_before = {0};
    struct draft *draft = NULL;
    for (size_t at = 0; at < tree->script_count; at++) {
        const char *path = tree->scripts[at].path;
        struct slice folder = parent_folder(slice_of(path));
        if (!folder_before.data || folder.length != folder_before.length ||
            memcmp(folder.data, folder_before.data, folder.length) != 0)
            draft = draft_of_script(drafts, path);
        folder_before = folder;
        if (draft)
            add_script(draft, &tree->scripts[at]);
    }
}

static bool is_named(const struct draft *draft, const char *reference)
{
    static const char GUID[] = "GUID:";
    if (strncmp(reference, GUID, sizeof(GUID) - 1) == 0)
        return draft->file->guid && same_name(draft->file->guid, reference + sizeof(GUID) - 1);
    return strcmp(draft->definition.name, reference) == 0;
}

static void see(struct draft *draft, size_t other)
{
    draft->missing += !draft->sees[other];
    draft->sees[other] = true;
}

static void resolve_references(struct drafts *drafts, struct draft *draft)
{
    for (size_t at = 0; at < draft->definition.reference_count; at++) {
        for (size_t other = 0; other < drafts->count - 2; other++) {
            if (is_made(&drafts->items[other]) &&
                is_named(&drafts->items[other], draft->definition.references[at]))
                see(draft, other);
        }
    }
}

/* The predefined assemblies see what is auto-referenced, and the Editor's also the other one. */
static void resolve_predefined(struct drafts *drafts, struct draft *draft)
{
    for (size_t other = 0; other < drafts->count - 2; other++) {
        const struct draft *seen = &drafts->items[other];
        if (is_made(seen) && seen->definition.auto_referenced &&
            (draft->definition.editor_only || !seen->definition.editor_only))
            see(draft, other);
    }
    if (draft->definition.editor_only && is_made(&drafts->items[drafts->count - 2]))
        see(draft, drafts->count - 2);
}

static void resolve(struct drafts *drafts)
{
    for (size_t at = 0; at < drafts->count; at++) {
        struct draft *draft = &drafts->items[at];
        draft->sees = memory_new(drafts->count * sizeof(*draft->sees));
        draft->place = NO_PLACE;
        if (draft->file)
            resolve_references(drafts, draft);
        else
            resolve_predefined(drafts, draft);
    }
}

static void take_place(struct drafts *drafts, size_t chosen, size_t place)
{
    drafts->items[chosen].place = place;
    for (size_t at = 0; at < drafts->count; at++)
        drafts->items[at].missing -= drafts->items[at].sees[chosen];
}

/* Gives each its place: always the first, by path, of those whose references all have theirs. */
static size_t order(struct drafts *drafts)
{
    size_t placed = 0;
    for (size_t at = 0; at < drafts->count;) {
        const struct draft *draft = &drafts->items[at];
        if (draft->place == NO_PLACE && draft->missing == 0 && is_made(draft)) {
            take_place(drafts, at, placed++);
            at = 0;
        } else {
            at++;
        }
    }
    return placed;
}

static bool is_seen_by_unplaced(const struct drafts *drafts, size_t place)
{
    for (size_t at = 0; at < drafts->count; at++) {
        const struct draft *draft = &drafts->items[at];
        if (draft->place == NO_PLACE && is_made(draft) && draft->sees[place])
            return true;
    }
    return false;
}

/* Of what has no place in the order, keeps only what is in a cycle, not what merely needs one. */
static void leave_out_followers(struct drafts *drafts)
{
    for (size_t at = 0; at < drafts->count;) {
        struct draft *draft = &drafts->items[at];
        if (draft->place == NO_PLACE && !is_seen_by_unplaced(drafts, at)) {
            draft->place = 0;
            at = 0;
        } else {
            at++;
        }
    }
}

static void report_cycle(struct drafts *drafts, struct diagnostics *faults)
{
    const char *file = NULL;
    struct buffer names = {0};
    leave_out_followers(drafts);
    for (size_t at = 0; at < drafts->count; at++) {
        const struct draft *draft = &drafts->items[at];
        if (draft->place != NO_PLACE || !is_made(draft) || !draft->file)
            continue;
        if (names.length > 0)
            buffer_append_string(&names, ", ");
        buffer_append_string(&names, draft->definition.name);
        file = file ? file : draft->file->path;
    }
    diagnostics_add_error(faults, file, "Assemblies refer to one another in a cycle: %s.",
                          names.data);
    buffer_clear(&names);
}

static void make_assembly(const struct drafts *drafts, struct draft *draft,
                          struct assembly *assembly)
{
    *assembly = (struct assembly){
        .name = memory_copy_string(draft->definition.name),
        .scripts = draft->scripts,
        .script_count = draft->script_count,
        .references = memory_new(drafts->count * sizeof(size_t)),
        .allow_unsafe = draft->definition.allow_unsafe,
    };
    draft->scripts = NULL;
    for (size_t at = 0; at < drafts->count; at++) {
        if (draft->sees[at])
            assembly->references[assembly->reference_count++] = drafts->items[at].place;
    }
}

static void make_graph(struct drafts *drafts, struct assembly_graph *graph,
                       struct diagnostics *faults)
{
    size_t wanted = 0;
    resolve(drafts);
    for (size_t at = 0; at < drafts->count; at++)
        wanted += is_made(&drafts->items[at]);
    size_t placed = order(drafts);
    if (placed < wanted) {
        report_cycle(drafts, faults);
        return;
    }
    graph->count = placed;
    graph->items = memory_new((placed + 1) * sizeof(*graph->items));
    for (size_t at = 0; at < drafts->count; at++) {
        struct draft *draft = &drafts->items[at];
        if (draft->place != NO_PLACE)
            make_assembly(drafts, draft, &graph->items[draft->place]);
    }
}

void assembly_graph_make(const struct source_tree *tree, const char *const *defines,
                         struct assembly_graph *graph, struct diagnostics *faults)
{
    struct drafts drafts;
    size_t faults_before = faults->count;
    *graph = (struct assembly_graph){0};
    drafts_open(&drafts, tree, defines, faults);
    if (faults->count == faults_before) {
        distribute_scripts(&drafts, tree);
        make_graph(&drafts, graph, faults);
    }
    drafts_close(&drafts);
}

void assembly_graph_clear(struct assembly_graph *graph)
{
    for (size_t at = 0; at < graph->count; at++) {
        free(graph->items[at].name);
        free((void *)graph->items[at].scripts);
        free(graph->items[at].references);
    }
    free(graph->items);
    *graph = (struct assembly_graph){0};
}
