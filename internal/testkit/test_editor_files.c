#include "base/file.h"
#include "json/json.h"
#include "testkit/temp_project.h"
#include "testkit/test_editor_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char *state_name(const struct test_editor *editor, const char *suffix)
{
    return memory_format("%s/server-state.json%s", editor->folder, suffix);
}

static void make_folder(const char *path)
{
    struct error error = {0};
    if (!file_make_folder(path, &error))
        testkit_fail("%s", error.message);
}

/* `may_be_absent`: a file that is not there need not be moved. */
static void move(const struct test_editor *editor, const char *from, const char *to,
                 bool may_be_absent)
{
    char *old_name = state_name(editor, from);
    char *new_name = state_name(editor, to);
    if (rename(old_name, new_name) != 0 && !(may_be_absent && errno == ENOENT))
        testkit_fail("Cannot rename %s to %s: %s.", old_name, new_name, strerror(errno));
    free(new_name);
    free(old_name);
}

static void delete_name(const struct test_editor *editor, const char *suffix)
{
    char *name = state_name(editor, suffix);
    if (unlink(name) != 0 && errno != ENOENT)
        testkit_fail("Cannot delete %s: %s.", name, strerror(errno));
    free(name);
}

void test_editor_rotate(struct test_editor *editor, enum rotation_step step, const char *text)
{
    char *target = state_name(editor, "");
    char *written = state_name(editor, ".tmp.write");
    switch (step) {
    case ROTATION_WRITE:
        make_folder(editor->folder);
        testkit_write_file(written, text, strlen(text));
        break;
    case ROTATION_COMPLETE:
        move(editor, ".tmp.write", ".tmp", false);
        break;
    case ROTATION_MOVE_AWAY:
        if (access(target, F_OK) == 0) {
            delete_name(editor, ".bak");
            move(editor, "", ".bak", false);
        }
        break;
    case ROTATION_REPLACE:
        move(editor, ".tmp", "", false);
        break;
    }
    free(written);
    free(target);
}

void test_editor_publish_text(struct test_editor *editor, const char *text)
{
    for (enum rotation_step step = ROTATION_WRITE; step <= ROTATION_REPLACE; step++)
        test_editor_rotate(editor, step, text);
}

/* UTC, ISO-8601, with seven digits of a second. */
static void now_as_text(char *text, size_t size)
{
    struct timespec now;
    struct tm utc;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || !gmtime_r(&now.tv_sec, &utc))
        testkit_fail("Cannot tell the time: %s.", strerror(errno));
    size_t length = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + length, size - length, ".%07ldZ", now.tv_nsec / 100);
}

void test_editor_publish_with(struct test_editor *editor, const char *phase, const char *generation,
                              const char *reason, const char *members_json)
{
    char updated_at[64];
    const char *fault;
    cJSON *members = json_parse(slice_of(members_json), &fault);
    cJSON *state = cJSON_CreateObject();
    now_as_text(updated_at, sizeof(updated_at));
    if (!cJSON_IsObject(members))
        testkit_fail("The test's members are no JSON object: %s.", members_json);
    json_put_string(state, "phase", phase);
    json_put_string(state, "generationId", generation);
    json_put_string(state, "updatedAt", updated_at);
    json_put_string(state, "reason", reason);
    json_put_string(state, "endpoint", editor->socket);
    json_put_string(state, "lastError", NULL);
    while (members->child) {
        cJSON *member = cJSON_DetachItemViaPointer(members, members->child);
        cJSON_DeleteItemFromObjectCaseSensitive(state, member->string);
        (void)cJSON_AddItemToObject(state, member->string, member);
    }
    char *text = json_print(state);
    test_editor_publish_text(editor, text);
    free(text);
    cJSON_Delete(state);
    cJSON_Delete(members);
}

void test_editor_publish(struct test_editor *editor, const char *phase, const char *generation,
                         const char *reason)
{
    test_editor_publish_with(editor, phase, generation, reason, "{}");
}

void test_editor_delete_state(struct test_editor *editor)
{
    static const char *const suffixes[] = {"", ".tmp", ".bak", ".tmp.write"};
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        delete_name(editor, suffixes[i]);
}

void test_editor_store_result_part(struct test_editor *editor, const char *request_id,
                                   const char *json, size_t length)
{
    char *folder = memory_format("%s/compile-results", editor->folder);
    char *path = memory_format("%s/%s.json", folder, request_id);
    make_folder(folder);
    testkit_write_file(path, json, length);
    free(path);
    free(folder);
}

void test_editor_store_result(struct test_editor *editor, const char *request_id, const char *json)
{
    test_editor_store_result_part(editor, request_id, json, strlen(json));
}
