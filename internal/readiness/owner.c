#include "readiness/owner.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "json/json.h"
#include "process/editor.h"
#include "process/process.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>

#define MOST_INSTANCE_BYTES ((size_t)64 << 10)

static struct owner answer(enum owner_kind kind, enum owner_source source, int64_t pid)
{
    return (struct owner){.kind = kind, .source = source, .pid = pid};
}

/* The process that the state names. Its start, where the state tells it, excludes another process
 * under the same pid; when it cannot be compared nothing is sure. */
static struct owner owner_of_state(const struct server_state *state)
{
    enum process_presence presence = process_look(state->owner_pid);
    enum owner_kind kind = presence == PROCESS_ALIVE  ? OWNER_ALIVE
                           : presence == PROCESS_GONE ? OWNER_GONE
                                                      : OWNER_UNKNOWN;
    if (kind == OWNER_ALIVE && state->owner_started_at) {
        char *token = process_start_token(state->owner_pid);
        if (!token)
            kind = process_look(state->owner_pid) == PROCESS_GONE ? OWNER_GONE : OWNER_UNKNOWN;
        else if (strcmp(token, state->owner_started_at) != 0)
            kind = OWNER_GONE;
        free(token);
    }
    return answer(kind, OWNER_FROM_STATE, state->owner_pid);
}

static bool leads_to(const char *path, const char *root)
{
    if (path_equals(path, root, PATH_NATIVE))
        return true;
    struct error ignored = {0};
    char *canonical = path_canonical(path, E_PROJECT_NOT_FOUND, &ignored);
    bool same = canonical && path_equals(canonical, root, PATH_NATIVE);
    free(canonical);
    error_clear(&ignored);
    return same;
}

static bool works_in(int64_t pid, const char *root)
{
    char *folder = process_working_folder(pid);
    bool same = folder && leads_to(folder, root);
    free(folder);
    return same;
}

/*
 * Does the path of a command line lead to the root? A relative one counts from where the Editor was
 * started. It goes into its project's root soon after, so that the path leads nowhere from there:
 * then where it is now tells.
 */
static bool names_project(const char *path, int64_t pid, const char *root)
{
    if (path_is_absolute(path, PATH_NATIVE))
        return leads_to(path, root);
    char *folder = process_working_folder(pid);
    char *whole = folder ? path_join(folder, path) : NULL;
    bool same = whole && (path_exists(whole) ? leads_to(whole, root) : leads_to(folder, root));
    free(whole);
    free(folder);
    return same;
}

/* What EditorInstance.json says; 0 when there is none or it says nothing of use. *is_missed is set
 * where it could not be looked at. */
static int64_t instance_pid(const char *project_root, bool *is_missed)
{
    char *path = project_path(project_root, "Library/EditorInstance.json");
    struct buffer content = {0};
    struct error ignored = {0};
    cJSON *instance = NULL;
    if (file_read(path, MOST_INSTANCE_BYTES, &content, &ignored) == FILE_READ)
        instance = json_parse(buffer_slice(&content), NULL);
    *is_missed = ignored.code == E_SHORTAGE;
    int64_t pid = json_whole_number(instance, "process_id", 0);
    cJSON_Delete(instance);
    error_clear(&ignored);
    buffer_clear(&content);
    free(path);
    return pid;
}

/* What is sought: whose Editor, whether a -batchmode run counts, and whether
 * EditorInstance.json names the process. */
struct search {
    const char *project_root;
    bool counts_batch;
    bool is_named;
    int64_t pid;    /* of the Editor found; 0 while there is none */
    bool is_missed; /* it may be among what could not be looked at */
};

/*
 * Is the process an Editor of this project, by its command line? One that EditorInstance.json names
 * may be a -batchmode run and need not say its project: the file says both, unless the pid was used
 * again.
 */
static bool is_editor_of(int64_t pid, struct search *search)
{
    struct process_arguments arguments;
    const char *project_root = search->project_root;
    enum process_reading reading = process_arguments_read(pid, &arguments);
    search->is_missed = search->is_missed || reading == PROCESS_NOT_READ;
    if (reading != PROCESS_READ)
        return false;
    bool counts_batch = search->counts_batch || search->is_named;
    bool is = editor_is_editor(arguments.items, arguments.count, PATH_NATIVE) &&
              (counts_batch || !editor_is_batch(arguments.items, arguments.count));
    if (is) {
        char *path = editor_project_of_arguments(arguments.items, arguments.count, PATH_NATIVE);
        is = path ? names_project(path, pid, project_root)
                  : search->is_named || works_in(pid, project_root);
        free(path);
    }
    process_arguments_clear(&arguments);
    return is;
}

/* Called for every process there is: only one whose program is a Unity Editor costs more than a
 * glance. */
static bool consider(void *context, int64_t pid)
{
    struct search *search = context;
    char program[PROCESS_PROGRAM_SIZE];
    enum process_reading reading = process_program(pid, program, sizeof program);
    search->is_missed = search->is_missed || reading == PROCESS_NOT_READ;
    if (reading == PROCESS_READ && editor_is_program(program, PATH_NATIVE) &&
        is_editor_of(pid, search))
        search->pid = pid;
    return search->pid == 0;
}

/* The Editor that has the project open, whatever the state says. */
static struct owner find_editor(const char *project_root, bool counts_batch)
{
    struct search search = {.project_root = project_root, .is_named = true};
    int64_t pid = instance_pid(project_root, &search.is_missed);
    if (process_look(pid) == PROCESS_ALIVE && is_editor_of(pid, &search))
        return answer(OWNER_ALIVE, OWNER_FROM_EDITOR_INSTANCE, pid);
    search.is_named = false;
    search.counts_batch = counts_batch;
    bool complete = process_each(consider, &search) && !search.is_missed;
    if (search.pid > 0)
        return answer(OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE, search.pid);
    return answer(complete ? OWNER_GONE : OWNER_UNKNOWN, OWNER_FROM_PROCESS_TABLE, 0);
}

struct owner owner_find(const char *project_root, const struct server_state *state)
{
    if (state->owner_pid <= 0)
        return find_editor(project_root, false);
    struct owner named = owner_of_state(state);
    /* What is busy can be ended by its writer alone; everything else may be another Editor's by
     * now. */
    if (named.kind == OWNER_ALIVE || (named.kind == OWNER_GONE && state->kind == STATE_BUSY))
        return named;
    struct owner editor = find_editor(project_root, false);
    bool says_more =
        editor.kind == OWNER_ALIVE || (editor.kind == OWNER_UNKNOWN && named.kind == OWNER_GONE);
    return says_more ? editor : named;
}

struct owner owner_find_user(const char *project_root, const struct server_state *state)
{
    struct owner named =
        state->owner_pid > 0 ? owner_of_state(state) : answer(OWNER_GONE, OWNER_FROM_STATE, 0);
    /* A state whose owner is gone does not say who has the project open since. */
    return named.kind == OWNER_GONE ? find_editor(project_root, true) : named;
}

const char *owner_kind_name(enum owner_kind kind)
{
    static const char *const NAMES[] = {
        [OWNER_ALIVE] = "alive",
        [OWNER_GONE] = "gone",
        [OWNER_UNKNOWN] = "unknown",
    };
    return NAMES[kind];
}

const char *owner_source_name(enum owner_source source)
{
    static const char *const NAMES[] = {
        [OWNER_FROM_STATE] = "server-state.json",
        [OWNER_FROM_EDITOR_INSTANCE] = "EditorInstance.json",
        [OWNER_FROM_PROCESS_TABLE] = "process table",
    };
    return NAMES[source];
}
