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

bool recovery_is_free(struct wait *wait, struct error *error)
{
    wait_look(wait);
    wait_look_owner(wait);
    bool in_use = wait->state.kind == STATE_BUSY || wait->state.kind == STATE_READY;
    if (!in_use || wait->seen.owner != PREFLIGHT_OWNER_ALIVE)
        return true;
    error_set(error, E_PROJECT_IN_USE,
              "Process %" PRId64 " is alive and uses the recovery state (%s); nothing was removed.",
              wait->owner.pid, wait->state.phase);
    if (wait->state.kind == STATE_READY)
        error_set_next(error,
                       "Nothing needs fixing while process %" PRId64
                       " is ready. If it does not answer, end it, then run `uloop fix` again.",
                       wait->owner.pid);
    else
        error_set_next(error, "Wait until the Editor is done (`uloop wait`), or remove the state "
                              "all the same with `uloop fix --force`.");
    return false;
}

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

static void remove_file(struct recovery *recovery, const char *root, const char *folder_name,
                        const char *name)
{
    struct error error = {0};
    char *folder = path_join(root, folder_name);
    char *path = path_join(folder, name);
    bool exists = false;
    if (!path_look(path, &exists, &error) ||
        (exists && !(is_inside_project(folder, &error) && file_remove(path, &error))))
        add_failure(recovery, error);
    else if (exists)
        add_removed(recovery, memory_format("%s/%s", folder_name, name));
    free(path);
    free(folder);
}

/* Of our own host. While one lives it holds the lock, whatever the state says. */
static void remove_host_lock(struct recovery *recovery, const char *root)
{
    struct error error = {0};
    struct lock_file lock = {0};
    int64_t holder;
    char *folder = path_join(root, "Temp/UnityCliLoop");
    char *path = path_join(folder, "serve.lock");
    if (path_exists(path)) {
        if (is_inside_project(folder, &error) && lock_file_take(&lock, path, &holder, &error)) {
            lock_file_remove(&lock, path);
            add_removed(recovery, memory_copy_string("Temp/UnityCliLoop/serve.lock"));
        } else if (error.code == E_PROJECT_IN_USE) {
            error_clear(&error);
        } else {
            add_failure(recovery, error);
        }
    }
    free(path);
    free(folder);
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

/* Twice, because a server that just begins to listen refuses for a moment, too. */
static void remove_dead_socket(struct wait *wait, struct recovery *recovery)
{
    struct error error = {0};
    bool found = reach_look(&wait->reach, wait->project, &error);
    const char *address = wait->reach.destination.address;
    error_clear(&error);
    if (!found || !socket_file_is_ours(address) || !is_refused(wait) || !is_refused(wait))
        return;
    if (file_remove(address, &error))
        add_removed(recovery, memory_copy_string(address));
    else
        add_failure(recovery, error);
}

void recovery_remove(struct wait *wait, struct recovery *recovery)
{
    for (size_t i = 0; i < sizeof(LEFT_BEHIND) / sizeof(LEFT_BEHIND[0]); i++)
        remove_file(recovery, wait->project->root, LEFT_BEHIND[i].folder, LEFT_BEHIND[i].name);
    remove_host_lock(recovery, wait->project->root);
    remove_dead_socket(wait, recovery);
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
