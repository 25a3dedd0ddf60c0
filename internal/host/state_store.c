#include "host/state_store.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/path.h"
#include "host/project_watch.h"
#include "host/system.h"
#include "json/layout.h"
#include "readiness/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

/* The four names, and the folder they are in. */
struct names {
    char *target, *temporary, *written, *backup, *folder;
};

static void names_open(struct names *names, const char *root)
{
    names->target = state_path(root, "");
    names->temporary = state_path(root, ".tmp");
    names->written = state_path(root, ".tmp.write");
    names->backup = state_path(root, ".bak");
    names->folder = path_parent(names->target);
}

static void names_close(struct names *names)
{
    free(names->target);
    free(names->temporary);
    free(names->written);
    free(names->backup);
    free(names->folder);
}

static bool move(const char *from, const char *to, struct error *error)
{
    uv_fs_t request;
    int status = uv_fs_rename(NULL, &request, from, to, NULL);
    uv_fs_req_cleanup(&request);
    if (status < 0)
        return error_set(error, E_SYSTEM, "Cannot rename %s to %s: %s.", from, to,
                         uv_strerror(status));
    return true;
}

/* UTC with seven digits of a second, as .NET's round-trip format has them. */
static void append_time(struct buffer *out)
{
    int64_t now_us = clock_wall_us();
    time_t now_s = (time_t)(now_us / 1000000);
    struct tm utc = {0};
    char text[sizeof("1970-01-01T00:00:00") + 8] = "1970-01-01T00:00:00";
    if (gmtime_r(&now_s, &utc))
        (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    buffer_append_format(out, "%s.%06" PRId64 "0Z", text, now_us % 1000000);
}

static void append_member(struct buffer *out, const char *name, const char *value)
{
    buffer_append_format(out, ",\"%s\":", name);
    if (value)
        json_quote(out, value);
    else
        buffer_append_string(out, "null");
}

static void append_state(struct buffer *out, const struct state_store *store,
                         const struct published *published, const char *last_error)
{
    buffer_append_format(out, "{\"phase\":\"%s\",\"generationId\":\"%s\",\"updatedAt\":\"",
                         phase_name(published->phase), published->generation);
    append_time(out);
    buffer_append_char(out, '"');
    append_member(out, "reason", published->reason);
    append_member(out, "endpoint", store->endpoint);
    append_member(out, "lastError", last_error);
    buffer_append_format(out, ",\"ownerPid\":%" PRId64, store->owner_pid);
    append_member(out, "ownerStartedAt", store->owner_started_at);
    buffer_append_string(out, "}\n");
}

/* The content is flushed before the first rename, and the folder before the target moves: whenever
 * the power fails, no empty file stands in the state's place. Between the last two renames, when
 * the target is missing, nothing slow is done. */
static bool rotate(const struct names *names, const char *root, struct slice content,
                   struct error *error)
{
    if (!project_make_folder(root, names->folder, error) ||
        !file_write(names->written, content, error) ||
        !move(names->written, names->temporary, error) || !system_sync_folder(names->folder, error))
        return false;
    if (path_exists(names->target) &&
        (!file_remove(names->backup, error) || !move(names->target, names->backup, error)))
        return false;
    return move(names->temporary, names->target, error);
}

bool state_store_write(const struct state_store *store, const struct published *published,
                       const char *last_error, struct error *error)
{
    struct names names;
    struct buffer content = {0};
    append_state(&content, store, published, last_error);
    names_open(&names, store->project_root);
    bool written = rotate(&names, store->project_root, buffer_slice(&content), error);
    names_close(&names);
    buffer_clear(&content);
    return written;
}

static bool recover(const struct names *names, struct error *error)
{
    if (path_exists(names->target))
        return file_remove(names->backup, error) && file_remove(names->temporary, error);
    if (path_exists(names->temporary))
        return move(names->temporary, names->target, error) && file_remove(names->backup, error);
    if (path_exists(names->backup))
        return move(names->backup, names->target, error);
    return true;
}

bool state_store_recover(const char *project_root, struct error *error)
{
    struct names names;
    names_open(&names, project_root);
    bool recovered = recover(&names, error);
    names_close(&names);
    return recovered;
}

bool state_store_delete(const char *project_root, struct error *error)
{
    struct names names;
    names_open(&names, project_root);
    bool deleted = file_remove(names.written, error) && file_remove(names.temporary, error) &&
                   file_remove(names.backup, error) && file_remove(names.target, error);
    names_close(&names);
    return deleted;
}

bool generation_new(char generation[GENERATION_SIZE], struct error *error)
{
    unsigned char bytes[(GENERATION_SIZE - 1) / 2];
    int status = uv_random(NULL, NULL, bytes, sizeof(bytes), 0, NULL);
    if (status < 0)
        return error_set(error, E_SYSTEM, "The system gives no random bytes: %s.",
                         uv_strerror(status));
    for (size_t at = 0; at < sizeof(bytes); at++)
        (void)snprintf(generation + 2 * at, 3, "%02x", bytes[at]);
    return true;
}
