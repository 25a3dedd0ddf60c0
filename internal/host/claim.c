#include "host/claim.h"

#include "base/file.h"
#include "base/path.h"
#include "host/system.h"
#include "ipc/client.h"
#include "process/process.h"
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
    error_set_next(error, "Use the server that is running, or stop it first: "
                          "`uloop serve --stop` stops a host of uloop.");
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

/* --- Processes that are about to be gone --- */

enum {
    /* For one that has let go of the project's lock, which only its end does: what is left of it
     * must be gone before we can tell that nobody else is there. */
    DYING_MS = 1000,
    /* For one that has it and may have been killed a moment ago. */
    DOOMED_MS = 100,
};

struct exit_wait {
    uv_timer_t timer;
    bool is_over;
    bool is_closed;
};

static void on_exit_seen(void *context)
{
    ((struct exit_wait *)context)->is_over = true;
}

static void on_late(uv_timer_t *timer)
{
    on_exit_seen(timer->data);
}

static void on_timer_closed(uv_handle_t *timer)
{
    ((struct exit_wait *)timer->data)->is_closed = true;
}

/* Waits until the process has ended, but no longer than so. */
static void await_exit(uv_loop_t *loop, int64_t pid, uint64_t most_ms)
{
    struct exit_wait wait = {0};
    struct process_watch process = {0};
    int status = process_watch_start(&process, loop, pid, on_exit_seen, &wait);
    wait.is_over = status == UV_ESRCH;      /* where the system cannot tell, the time goes by */
    (void)uv_timer_init(loop, &wait.timer); /* neither this nor the start can fail */
    wait.timer.data = &wait;
    uv_update_time(loop);
    (void)uv_timer_start(&wait.timer, on_late, most_ms, 0);
    while (!wait.is_over)
        (void)uv_run(loop, UV_RUN_ONCE);
    process_watch_stop(&process);
    uv_close((uv_handle_t *)&wait.timer, on_timer_closed);
    while (!wait.is_closed)
        (void)uv_run(loop, UV_RUN_ONCE);
}

/* --- Who serves the project already --- */

/* Who owns the project beside us, as the state and the table of processes tell. A host that stopped
 * has nothing more to do with it, once its lock is ours; an Editor is looked for even where the
 * state names an owner that is gone. */
static struct owner look_for_owner(const struct project *project, bool has_lock)
{
    struct server_state state = {0}, unsaid = {0};
    struct error unreadable = {0};
    state_read(project->root, &state, &unreadable);
    error_clear(&unreadable); /* it will be written anew */
    bool is_told = state.owner_pid != 0 && !(has_lock && state.kind == STATE_STOPPED);
    struct owner owner = owner_find(project->root, is_told ? &state : &unsaid);
    if (owner.kind != OWNER_ALIVE && is_told)
        owner = owner_find(project->root, &unsaid);
    state_clear(&state);
    return owner;
}

static bool is_another(const struct owner *owner)
{
    return owner->kind == OWNER_ALIVE && owner->pid != (int64_t)uv_os_getpid();
}

static bool has_no_owner(const struct claim *claim, uv_loop_t *loop, const struct project *project,
                         struct log *log, struct error *error)
{
    bool has_lock = claim->lock.handle != 0;
    struct owner owner = look_for_owner(project, has_lock);
    if (is_another(&owner) && owner.source == OWNER_FROM_STATE) {
        log_debug(log, "process %" PRId64 " owns the state: waiting for its end for a moment",
                  owner.pid);
        await_exit(loop, owner.pid, has_lock ? DYING_MS : DOOMED_MS);
        owner = look_for_owner(project, has_lock);
    }
    return !is_another(&owner) ||
           in_use(error, project, owner.pid, owner_source_name(owner.source));
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
    return has_no_owner(claim, loop, project, log, error) &&
           take_lock(claim, loop, project, LOCK_FILE_PATIENCE_MS, error);
}

static void on_change(void *context)
{
    (void)context; /* the loop below looks for itself */
}

/* Is nobody at the other end of the socket? False with *error set, and with *listener where it is
 * known who is. */
static bool is_refusing(uv_loop_t *loop, const struct project *project, const char *address,
                        int64_t *listener, struct error *error)
{
    struct destination destination = {.address = address};
    struct client *client = client_connect(loop, &destination, on_change, NULL);
    while (client->phase == CLIENT_CONNECTING)
        (void)uv_run(loop, UV_RUN_ONCE);
    bool refused = client->phase == CLIENT_UNREACHED &&
                   (client->status == UV_ECONNREFUSED || client->status == UV_ENOENT);
    if (client->phase == CLIENT_CONNECTED) {
        *listener = system_peer_pid(&client->stream.pipe);
        in_use(error, project, *listener, "its endpoint, which accepts");
    } else if (!refused && client->error.code != E_NONE) {
        error_set(error, client->error.code, "%s", client->error.message);
    } else if (!refused) {
        error_set(error, E_SYSTEM, "Cannot tell whether somebody listens at %s: %s.", address,
                  uv_strerror(client->status));
    }
    client_close(client);
    return refused;
}

/* A host's sockets outlive its lock for a moment. */
static bool is_left_behind(uv_loop_t *loop, const struct project *project, const char *address,
                           struct error *error)
{
    int64_t listener = 0;
    if (is_refusing(loop, project, address, &listener, error))
        return true;
    if (listener <= 0)
        return false;
    await_exit(loop, listener, DYING_MS);
    if (process_look(listener) != PROCESS_GONE)
        return false;
    error_clear(error);
    return is_refusing(loop, project, address, &listener, error);
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

/* Temp and Library may be links, to a faster disk as a rule. What is ours below Temp would be
 * written, replaced and removed where the link leads. */
static bool has_no_links(const struct project *project, struct error *error)
{
    static const char *const FOLDERS[] = {"Temp/UnityCliLoop", "Temp/UnityCliLoop/compile-results"};
    bool is_link = false;
    for (size_t at = 0; !is_link && at < sizeof(FOLDERS) / sizeof(FOLDERS[0]); at++) {
        char *path = project_file(project, FOLDERS[at]);
        is_link = path_is_link(path);
        if (is_link) {
            error_set(error, E_SYSTEM, "The host does not start: %s is a symbolic link.", path);
            error_set_next(error, "Remove the link. The project's Temp and Library may be links, "
                                  "but nothing that uloop keeps below Temp.");
        }
        free(path);
    }
    return !is_link;
}

bool claim_take(struct claim *claim, uv_loop_t *loop, const struct project *project,
                const char *address, struct log *log, struct error *error)
{
    *claim = (struct claim){0};
    if (has_no_links(project, error) && take_lock_from_others(claim, loop, project, log, error) &&
        has_no_owner(claim, loop, project, log, error) &&
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
