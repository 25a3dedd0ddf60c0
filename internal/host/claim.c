#include "host/claim.h"

#include "base/file.h"
#include "base/path.h"
#include "host/system.h"
#include "ipc/client.h"
#include "readiness/owner.h"

#include <inttypes.h>
#include <stdlib.h>

#define LOCK_FILE "Temp/UnityCliLoop/serve.lock"

static bool in_use(struct error *error, const struct project *project, int64_t pid,
                   const char *how_known)
{
    if (pid > 0)
        error_set(error, E_PROJECT_IN_USE,
                  "The project %s is in use by process %" PRId64 " (known from %s).", project->root,
                  pid, how_known);
    else
        error_set(error, E_PROJECT_IN_USE, "The project %s is in use by another process (%s).",
                  project->root, how_known);
    if (pid > 0) {
        char *text = memory_format("%" PRId64, pid);
        error_add_detail_json(error, "pid", text);
        free(text);
    }
    return false;
}

static bool take_lock(struct claim *claim, uv_loop_t *loop, const struct project *project,
                      uint64_t patience_ms, struct error *error)
{
    int64_t holder = 0;
    char *path = project_file(project, LOCK_FILE);
    char *folder = path_parent(path);
    bool taken = file_make_folder(folder, error) &&
                 lock_file_await(&claim->lock, path, loop, patience_ms, &holder, error);
    if (!taken && error->code == E_PROJECT_IN_USE)
        in_use(error, project, holder, "its lock, " LOCK_FILE);
    free(folder);
    free(path);
    return taken;
}

/* An Editor is looked for even where the state names an owner that is gone. */
static bool has_no_owner(const struct project *project, struct error *error)
{
    struct server_state state = {0}, unsaid = {0};
    struct error unreadable = {0};
    state_read(project->root, &state, &unreadable);
    error_clear(&unreadable); /* it will be written anew */
    struct owner owner = owner_find(project->root, &state);
    if (owner.kind != OWNER_ALIVE && state.owner_pid != 0)
        owner = owner_find(project->root, &unsaid);
    state_clear(&state);
    if (owner.kind == OWNER_ALIVE && owner.pid != (int64_t)uv_os_getpid())
        return in_use(error, project, owner.pid, owner_source_name(owner.source));
    return true;
}

/* Who cleans up (`uloop fix`, `uloop launch`) holds the lock for a moment; a host or an Editor that
 * can be seen is told of at once. */
static bool take_lock_from_others(struct claim *claim, uv_loop_t *loop,
                                  const struct project *project, struct log *log,
                                  struct error *error)
{
    if (take_lock(claim, loop, project, 0, error))
        return true;
    if (error->code != E_PROJECT_IN_USE)
        return false;
    log_debug(log, "%s Trying again for a moment.", error->message);
    error_clear(error);
    return has_no_owner(project, error) &&
           take_lock(claim, loop, project, LOCK_FILE_PATIENCE_MS, error);
}

static void on_change(void *context)
{
    (void)context; /* the loop below looks for itself */
}

/* Is nobody at the other end of the socket? */
static bool is_left_behind(uv_loop_t *loop, const struct project *project, const char *address,
                           struct error *error)
{
    struct destination destination = {.address = address};
    struct client *client = client_connect(loop, &destination, on_change, NULL);
    while (client->phase == CLIENT_CONNECTING)
        (void)uv_run(loop, UV_RUN_ONCE);
    bool refused = client->phase == CLIENT_UNREACHED &&
                   (client->status == UV_ECONNREFUSED || client->status == UV_ENOENT);
    if (client->phase == CLIENT_CONNECTED)
        in_use(error, project, system_peer_pid(&client->stream.pipe),
               "its endpoint, which accepts");
    else if (!refused && client->error.code != E_NONE)
        error_set(error, client->error.code, "%s", client->error.message);
    else if (!refused)
        error_set(error, E_SYSTEM, "Cannot tell whether somebody listens at %s: %s.", address,
                  uv_strerror(client->status));
    client_close(client);
    return refused;
}

static bool clear_address(uv_loop_t *loop, const struct project *project, const char *address,
                          struct error *error)
{
    switch (system_look_at_socket(address)) {
    case SOCKET_PATH_FREE:
        return true;
    case SOCKET_PATH_SOCKET:
        return is_left_behind(loop, project, address, error) && file_remove(address, error);
    case SOCKET_PATH_OTHER:
        break;
    }
    return error_set(error, E_SYSTEM,
                     "%s is no socket, or cannot be looked at. Remove it if nothing needs it.",
                     address);
}

bool claim_take(struct claim *claim, uv_loop_t *loop, const struct project *project,
                const char *address, struct log *log, struct error *error)
{
    *claim = (struct claim){0};
    if (take_lock_from_others(claim, loop, project, log, error) && has_no_owner(project, error) &&
        clear_address(loop, project, address, error))
        return true;
    claim_release(claim);
    return false;
}

void claim_release(struct claim *claim)
{
    lock_file_release(&claim->lock);
}

int64_t claim_holder(const struct project *project)
{
    char *path = project_file(project, LOCK_FILE);
    int64_t holder = lock_file_holder(path);
    free(path);
    return holder;
}
