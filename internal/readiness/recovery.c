#include "readiness/recovery.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/path.h"
#include "process/lock_file.h"
#include "readiness/socket_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The names, with the folder they lie in. Rule: "Other files of a project" in docs/protocol.md. Of
 * the state the older goes before the younger: who reads meanwhile finds no state that was over. */
static const struct {
    const char *folder;
    const char *name;
} LEFT_BEHIND[] = {
    {"Temp/UnityCliLoop", "server-state.json.bak"},
    {"Temp/UnityCliLoop", "server-state.json.tmp.write"},
    {"Temp/UnityCliLoop", "server-state.json.tmp"},
    {"Temp/UnityCliLoop", "server-state.json"},
    {"Temp", "compiling.lock"},
    {"Temp", "domainreload.lock"},
    {"Temp", "serverstarting.lock"},
};

enum {
    LEFT_BEHIND_COUNT = sizeof(LEFT_BEHIND) / sizeof(LEFT_BEHIND[0]),
    STATE_COUNT = 4, /* the first of them */
};

#define HOST_LOCK "Temp/UnityCliLoop/serve.lock"

/* One clean-up. */
struct cleaning {
    struct wait *wait;
    enum recovery_care care;
    struct recovery *recovery;
    struct file_identity files[LEFT_BEHIND_COUNT]; /* as they were just before the look */
    struct file_identity socket;
    struct lock_file lock;
    bool is_lock_ours; /* there was no such file: we made it */
};

static void add_removed(struct recovery *recovery, char *name)
{
    size_t size = (recovery->removed_count + 1) * sizeof(*recovery->removed);
    recovery->removed = memory_resize(recovery->removed, size);
    recovery->removed[recovery->removed_count++] = name;
}

/* Takes the error. One that a folder gives for each of its files is kept once. */
static void add_failure(struct recovery *recovery, struct error error)
{
    const struct error *last =
        recovery->failure_count ? &recovery->failures[recovery->failure_count - 1] : NULL;
    if (last && strcmp(last->message, error.message) == 0) {
        error_clear(&error);
        return;
    }
    size_t size = (recovery->failure_count + 1) * sizeof(*recovery->failures);
    recovery->failures = memory_resize(recovery->failures, size);
    recovery->failures[recovery->failure_count++] = error;
}

/* --- The look --- */

static char *path_of(const struct wait *wait, size_t i)
{
    char *folder = path_join(wait->project->root, LEFT_BEHIND[i].folder);
    char *path = path_join(folder, LEFT_BEHIND[i].name);
    free(folder);
    return path;
}

/* The project's socket, if it is one of ours; NULL else. */
static const char *find_socket(struct wait *wait)
{
    struct error error = {0};
    bool found = reach_look(&wait->reach, wait->project, &error);
    const char *address = wait->reach.destination.address;
    error_clear(&error);
    return found && socket_file_is_ours(address) ? address : NULL;
}

static void identify(struct cleaning *cleaning)
{
    for (size_t i = 0; i < LEFT_BEHIND_COUNT; i++) {
        char *path = path_of(cleaning->wait, i);
        cleaning->files[i] = file_identify(path);
        free(path);
    }
    const char *address = find_socket(cleaning->wait);
    cleaning->socket = address ? file_identify(address) : (struct file_identity){0};
}

/* Looks at the state and its owner; what does not parse is read as often as the contract has it. */
static bool look(struct cleaning *cleaning, struct error *error)
{
    struct wait *wait = cleaning->wait;
    for (;;) {
        identify(cleaning);
        wait_look(wait);
        if (!wait_is_reading_again(wait))
            break;
        if (!wait_sleep(wait, clock_after(clock_now_ms(), STATE_READ_PAUSE_MS), error))
            return false;
    }
    wait_look_owner(wait);
    return true;
}

static bool may_live(const struct cleaning *cleaning)
{
    enum preflight_owner owner = cleaning->wait->seen.owner;
    return owner == PREFLIGHT_OWNER_ALIVE ||
           (owner == PREFLIGHT_OWNER_UNKNOWN && cleaning->care == RECOVERY_UNLESS_USED);
}

/* Is what lies there perhaps the beginning of a first state? */
static bool may_be_publishing(const struct cleaning *cleaning)
{
    return cleaning->care != RECOVERY_FORCED && cleaning->wait->state.kind == STATE_ABSENT &&
           may_live(cleaning);
}

static bool refuse(const struct wait *wait, struct error *error)
{
    const char *phase = wait->state.phase && *wait->state.phase ? wait->state.phase
                                                                : state_kind_name(wait->state.kind);
    if (wait->seen.owner == PREFLIGHT_OWNER_UNKNOWN) {
        error_set(error, E_PROJECT_IN_USE,
                  "Whether a living process uses the recovery state (%s) cannot be told; nothing "
                  "was removed.",
                  phase);
        error_set_next(error, "If neither an Editor nor a host has the project open, remove the "
                              "state all the same with `uloop fix --force`. A living one would "
                              "lose its state.");
        return false;
    }
    error_set(error, E_PROJECT_IN_USE,
              "Process %" PRId64 " is alive and uses the recovery state (%s); nothing was removed.",
              wait->owner.pid, phase);
    if (wait->state.kind == STATE_READY)
        error_set_next(error,
                       "Nothing needs fixing while process %" PRId64
                       " is ready. If it does not answer, end it, then run `uloop fix` again; "
                       "`uloop fix --force` would remove its state while it runs.",
                       wait->owner.pid);
    else
        error_set_next(error, "Wait until the Editor is done (`uloop wait`), or remove the state "
                              "all the same with `uloop fix --force`.");
    return false;
}

/* False with *error while somebody uses the state. */
static bool is_free(struct cleaning *cleaning, struct error *error)
{
    if (cleaning->care == RECOVERY_FORCED) {
        identify(cleaning);
        return true;
    }
    if (!look(cleaning, error))
        return false;
    if (cleaning->wait->unreadable.code == E_SHORTAGE) { /* the file may be sound, and in use */
        wait_describe_failure(cleaning->wait, E_STATE_UNREADABLE, error);
        return false;
    }
    switch (cleaning->wait->state.kind) {
    case STATE_ABSENT:
    case STATE_UNREADABLE:
    case STATE_STOPPED:
    case STATE_FAILED:
        return true;
    case STATE_BUSY:
    case STATE_READY:
    case STATE_OTHER:
        break;
    }
    return !may_live(cleaning) || refuse(cleaning->wait, error);
}

/* --- The lock of our own host --- */

/* Is the folder, links resolved, the one that its name says? */
static bool is_inside_project(const char *folder, struct error *error)
{
    char *real = path_canonical(folder, E_SYSTEM, error);
    bool same = real && path_equals(real, folder, PATH_NATIVE);
    if (real && !same)
        error_set(error, E_SYSTEM, "%s is a symbolic link to %s; nothing in it was touched.",
                  folder, real);
    free(real);
    return same;
}

static bool is_held(struct cleaning *cleaning, int64_t holder, struct error *error)
{
    cleaning->recovery->keeps_lock = true;
    cleaning->recovery->lock_holder = holder;
    if (cleaning->care == RECOVERY_FORCED)
        return true;
    if (holder > 0)
        error_set(error, E_PROJECT_IN_USE,
                  "Process %" PRId64 " holds " HOST_LOCK
                  ": a host serves the project, or begins to; nothing was removed.",
                  holder);
    else
        error_set(error, E_PROJECT_IN_USE,
                  "Another process holds " HOST_LOCK
                  ": a host serves the project, or begins to; nothing was removed.");
    error_set_next(error, "End the host with `uloop serve --stop`, or remove the state all the "
                          "same with `uloop fix --force`: the host loses it then.");
    return false;
}

/*
 * Takes the lock; false with *error when another holds it. Where it cannot be had at all one goes
 * on without: a host that begins there fails for the same reason, and without the folder there is
 * nothing in it to remove.
 */
static bool take_lock(struct cleaning *cleaning, struct error *error)
{
    struct error fault = {0};
    int64_t holder = 0;
    bool may_go_on = true;
    uint64_t patience_ms = cleaning->care == RECOVERY_FORCED ? 0 : LOCK_FILE_PATIENCE_MS;
    char *path = project_file(cleaning->wait->project, HOST_LOCK);
    char *folder = path_parent(path);
    cleaning->is_lock_ours = !path_exists(path);
    log_debug(cleaning->wait->log, "recovery: taking " HOST_LOCK);
    if (path_is_folder(folder) && is_inside_project(folder, &fault))
        (void)lock_file_await(&cleaning->lock, path, &cleaning->wait->watch.loop, patience_ms,
                              &holder, &fault);
    if (fault.code == E_PROJECT_IN_USE)
        may_go_on = is_held(cleaning, holder, error);
    if (fault.code == E_SYSTEM && !cleaning->is_lock_ours)
        add_failure(cleaning->recovery, fault);
    else
        error_clear(&fault);
    free(folder);
    free(path);
    return may_go_on;
}

/* Lets go of the lock; its file goes, unless another left it and nothing is to be removed. */
static void end_lock(struct cleaning *cleaning, bool removes)
{
    char *path = project_file(cleaning->wait->project, HOST_LOCK);
    if (removes && !cleaning->is_lock_ours && cleaning->lock.handle != 0)
        add_removed(cleaning->recovery, memory_copy_string(HOST_LOCK));
    if (removes || cleaning->is_lock_ours)
        lock_file_remove(&cleaning->lock, path);
    lock_file_release(&cleaning->lock);
    free(path);
}

/* --- The removal --- */

static void remove_file(struct cleaning *cleaning, size_t i)
{
    struct error error = {0};
    char *path = path_of(cleaning->wait, i);
    char *folder = path_parent(path);
    bool exists = false;
    if (!path_look(path, &exists, &error) ||
        (exists && !(is_inside_project(folder, &error) && file_remove(path, &error)))) {
        add_failure(cleaning->recovery, error);
    } else if (exists) {
        add_removed(cleaning->recovery, path_join(LEFT_BEHIND[i].folder, LEFT_BEHIND[i].name));
        cleaning->files[i] = (struct file_identity){0};
    }
    free(folder);
    free(path);
}

static bool is_unchanged(const struct cleaning *cleaning, size_t i)
{
    char *path = path_of(cleaning->wait, i);
    bool same = file_is_same(path, &cleaning->files[i]);
    free(path);
    return same;
}

/* Is the state what the look saw, under all its names, but for what was removed since? Without one
 * of them an older one would be the state. */
static bool is_state_unchanged(const struct cleaning *cleaning)
{
    size_t i = 0;
    while (i < STATE_COUNT && is_unchanged(cleaning, i))
        i++;
    return i == STATE_COUNT;
}

/* Only what the look has seen: what changed since is that of an Editor that began. */
static void remove_files(struct cleaning *cleaning)
{
    size_t i = 0;
    for (; i < STATE_COUNT && is_state_unchanged(cleaning); i++)
        remove_file(cleaning, i);
    if (i < STATE_COUNT) {
        struct error error = {0};
        error_set(
            &error, E_SYSTEM,
            "The recovery state changed meanwhile, as when an Editor begins, and was left alone.");
        add_failure(cleaning->recovery, error);
    }
    for (i = STATE_COUNT; i < LEFT_BEHIND_COUNT; i++) {
        if (is_unchanged(cleaning, i))
            remove_file(cleaning, i);
    }
}

static bool is_refused(struct wait *wait)
{
    struct client *client =
        client_connect(&wait->watch.loop, &wait->reach.destination, watch_wake, &wait->watch);
    uint64_t until = clock_after(clock_now_ms(), WAIT_CONNECT_MS);
    while (client->phase == CLIENT_CONNECTING && clock_now_ms() < until && !wait->watch.interrupted)
        watch_next(&wait->watch, until);
    bool refused = client->phase == CLIENT_UNREACHED && client->status == UV_ECONNREFUSED;
    client_close(client);
    return refused;
}

/* Refused twice, because a server that just begins to listen refuses for a moment, too; and the one
 * that refused. */
static void remove_dead_socket(struct cleaning *cleaning)
{
    struct error error = {0};
    const char *address = find_socket(cleaning->wait);
    if (!address || !is_refused(cleaning->wait) || !is_refused(cleaning->wait) ||
        !file_is_same(address, &cleaning->socket))
        return;
    if (file_remove(address, &error))
        add_removed(cleaning->recovery, memory_copy_string(address));
    else
        add_failure(cleaning->recovery, error);
}

bool recovery_run(struct wait *wait, enum recovery_care care, struct recovery *recovery,
                  struct error *error)
{
    struct cleaning cleaning = {.wait = wait, .care = care, .recovery = recovery};
    /* First without the lock: whoever is seen is told at once, and beside him no file is made. */
    if (!is_free(&cleaning, error) || !take_lock(&cleaning, error))
        return false;
    bool removes = is_free(&cleaning, error);
    log_debug(wait->log, "recovery: %s", removes ? "cleaning up" : "nothing is removed");
    if (removes && !may_be_publishing(&cleaning))
        remove_files(&cleaning);
    if (removes)
        remove_dead_socket(&cleaning);
    end_lock(&cleaning, removes);
    return removes;
}

void recovery_clear(struct recovery *recovery)
{
    for (size_t i = 0; i < recovery->removed_count; i++)
        free(recovery->removed[i]);
    for (size_t i = 0; i < recovery->failure_count; i++)
        error_clear(&recovery->failures[i]);
    free(recovery->removed);
    free(recovery->failures);
    *recovery = (struct recovery){0};
}
