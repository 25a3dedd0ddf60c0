#include "readiness/state.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "json/json.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)

/*
 * How often target and .tmp must both be missing, one look after the other, before .bak or absence
 * counts. The writer may move .tmp to the target between the two looks; to deceive the next pass as
 * well, it has to get through a whole further rotation in between.
 */
#define PASSES 16

enum {
    TARGET,
    PENDING, /* .tmp: about to become the target */
    BACKUP,  /* .bak: was the target */
    NAMES
};

static const char *const SUFFIXES[NAMES] = {"", ".tmp", ".bak"};

char *state_path(const char *project_root, const char *suffix)
{
    char *target = project_path(project_root, "Temp/UnityCliLoop/server-state.json");
    char *path = memory_format("%s%s", target, suffix);
    free(target);
    return path;
}

static enum state_kind kind_of(const char *phase)
{
    static const struct {
        const char *phase;
        enum state_kind kind;
    } PHASES[] = {
        {"starting", STATE_BUSY},   {"compiling", STATE_BUSY}, {"reloading", STATE_BUSY},
        {"recovering", STATE_BUSY}, {"stopping", STATE_BUSY},  {"ready", STATE_READY},
        {"stopped", STATE_STOPPED}, {"failed", STATE_FAILED},
    };
    for (size_t i = 0; i < sizeof PHASES / sizeof *PHASES; i++) {
        if (strcmp(phase, PHASES[i].phase) == 0)
            return PHASES[i].kind;
    }
    return STATE_OTHER;
}

static char *copy_member(const cJSON *object, const char *name)
{
    return memory_copy_string(json_string(object, name));
}

/* Fills *state from the file's content; otherwise says what is wrong with it. */
static const char *parse(struct slice content, struct server_state *state)
{
    const char *reason = NULL;
    cJSON *object = json_parse(content, &reason);
    const cJSON *phase = json_get(object, "phase");
    if (object && !cJSON_IsObject(object))
        reason = "not a JSON object";
    else if (phase && !cJSON_IsString(phase) && !cJSON_IsNull(phase))
        reason = "the phase is not a string";
    if (!reason) {
        int64_t pid = json_whole_number(object, "ownerPid", 0);
        const char *name = cJSON_GetStringValue(phase);
        *state = (struct server_state){
            .kind = kind_of(name ? name : ""),
            .phase = memory_copy_string(name ? name : ""),
            .generation = copy_member(object, "generationId"),
            .updated_at = copy_member(object, "updatedAt"),
            .reason = copy_member(object, "reason"),
            .endpoint = copy_member(object, "endpoint"),
            .last_error = copy_member(object, "lastError"),
            .owner_pid = pid > 0 ? pid : 0,
            .owner_started_at = copy_member(object, "ownerStartedAt"),
        };
    }
    cJSON_Delete(object);
    return reason;
}

/* Reads one of the names. False when there is no such file; else *state is filled, and *error set
 * where it is unreadable. */
static bool read_name(const char *path, struct server_state *state, struct error *error)
{
    struct buffer content = {0};
    struct error cause = {0};
    enum file_outcome outcome = file_read(path, MOST_BYTES, &content, &cause);
    const char *reason = outcome == FILE_READ ? parse(buffer_slice(&content), state) : NULL;
    if (outcome == FILE_FAILED || reason)
        *state = (struct server_state){.kind = STATE_UNREADABLE};
    if (outcome == FILE_FAILED)
        error_set(error, cause.code == E_SHORTAGE ? E_SHORTAGE : E_STATE_UNREADABLE,
                  "The state file is unreadable. %s", cause.message);
    if (cause.next_action)
        error_set_next(error, "%s", cause.next_action);
    else if (reason)
        error_set(error, E_STATE_UNREADABLE, "The state file %s is not what an Editor writes: %s.",
                  path, reason);
    error_clear(&cause);
    buffer_clear(&content);
    return outcome != FILE_ABSENT;
}

/* The target, or .tmp while there is no target. False when neither is there for long. */
static bool read_live(char *const *paths, struct server_state *state, struct error *error)
{
    for (int pass = 0; pass < PASSES; pass++) {
        if (read_name(paths[TARGET], state, error))
            return true;
        struct server_state pending = {0};
        struct error fault = {0};
        if (!read_name(paths[PENDING], &pending, &fault))
            continue;
        /* This .tmp may be that of a later rotation, not published yet: only a target that is still
         * missing lets it count. */
        if (read_name(paths[TARGET], state, error)) {
            state_clear(&pending);
            error_clear(&fault);
        } else {
            *state = pending;
            *error = fault;
        }
        return true;
    }
    return false;
}

void state_read(const char *project_root, struct server_state *state, struct error *error)
{
    char *paths[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        paths[i] = state_path(project_root, SUFFIXES[i]);
    if (!read_live(paths, state, error) && !read_name(paths[BACKUP], state, error))
        *state = (struct server_state){.kind = STATE_ABSENT};
    for (size_t i = 0; i < NAMES; i++)
        free(paths[i]);
}

void state_clear(struct server_state *state)
{
    free(state->phase);
    free(state->generation);
    free(state->updated_at);
    free(state->reason);
    free(state->endpoint);
    free(state->last_error);
    free(state->owner_started_at);
    *state = (struct server_state){0};
}

void state_copy(struct server_state *copy, const struct server_state *state)
{
    state_clear(copy);
    *copy = (struct server_state){
        .kind = state->kind,
        .phase = memory_copy_string(state->phase),
        .generation = memory_copy_string(state->generation),
        .updated_at = memory_copy_string(state->updated_at),
        .reason = memory_copy_string(state->reason),
        .endpoint = memory_copy_string(state->endpoint),
        .last_error = memory_copy_string(state->last_error),
        .owner_pid = state->owner_pid,
        .owner_started_at = memory_copy_string(state->owner_started_at),
    };
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool state_equals(const struct server_state *a, const struct server_state *b)
{
    return a->kind == b->kind && is_same(a->phase, b->phase) &&
           is_same(a->generation, b->generation) && is_same(a->updated_at, b->updated_at);
}

bool state_is_manual_stop(const struct server_state *state)
{
    return state->kind == STATE_STOPPED && is_same(state->reason, "manual-stop");
}

const char *state_kind_name(enum state_kind kind)
{
    static const char *const NAMES_OF_KINDS[] = {
        [STATE_ABSENT] = "absent",       [STATE_UNREADABLE] = "unreadable",
        [STATE_BUSY] = "busy",           [STATE_READY] = "ready",
        [STATE_STOPPED] = "stopped",     [STATE_FAILED] = "failed",
        [STATE_OTHER] = "unknown phase",
    };
    return NAMES_OF_KINDS[kind];
}
