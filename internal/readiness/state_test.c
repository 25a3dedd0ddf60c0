#include "readiness/state.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FILE "Temp/UnityCliLoop/server-state.json"
#define MOST_BYTES ((size_t)1 << 20)

static struct server_state read_state(struct temp_project *project)
{
    struct server_state state;
    struct error error = {0};
    state_read(project->root, &state, &error);
    cr_expect_eq(error.code, state.kind == STATE_UNREADABLE ? E_STATE_UNREADABLE : E_NONE);
    error_clear(&error);
    return state;
}

/* Reads a state file of that content in a project of its own. */
static struct server_state read_content(const char *content)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE_FILE, content);
    struct server_state state = read_state(project);
    temp_project_free(project);
    return state;
}

static void expect_kind(const char *content, enum state_kind kind)
{
    struct server_state state = read_content(content);
    cr_expect_eq(state.kind, kind, "%s: %s", content, state_kind_name(state.kind));
    state_clear(&state);
}

static void expect_owner_pid(const char *json, int64_t pid)
{
    char *content = memory_format("{\"phase\":\"ready\",\"ownerPid\":%s}", json);
    struct server_state state = read_content(content);
    cr_expect_eq(state.kind, STATE_READY);
    cr_expect_eq(state.owner_pid, pid, "%s: %lld", json, (long long)state.owner_pid);
    state_clear(&state);
    free(content);
}

static void expect_unreadable(struct temp_project *project, const char *reason)
{
    struct server_state state;
    struct error error = {0};
    state_read(project->root, &state, &error);
    cr_assert_eq(state.kind, STATE_UNREADABLE, "%s", state_kind_name(state.kind));
    cr_expect_eq(error.code, E_STATE_UNREADABLE);
    cr_expect(strstr(error.message, temp_project_path(project, STATE_FILE)), "%s", error.message);
    cr_expect(strstr(error.message, reason), "%s", error.message);
    cr_expect_null(state.phase);
    error_clear(&error);
    state_clear(&state);
}

static const char *presence_of(enum state_kind kind)
{
    return kind == STATE_ABSENT || kind == STATE_UNREADABLE ? state_kind_name(kind) : "found";
}

static void check_case(const cJSON *each)
{
    struct temp_project *project = temp_project_new();
    const cJSON *file;
    cJSON_ArrayForEach(file, json_get(each, "files"))
    {
        char *path = memory_format("%s%s", STATE_FILE, file->string);
        temp_project_write(project, path, file->valuestring);
        free(path);
    }
    struct server_state state = read_state(project);
    char *text = json_print(json_get(each, "files"));
    cr_expect_str_eq(presence_of(state.kind), json_string(each, "presence"), "%s", text);
    const char *phase = json_string(each, "phase");
    cr_expect_str_eq(state.phase ? state.phase : "(none)", phase ? phase : "(none)", "%s", text);
    free(text);
    state_clear(&state);
    temp_project_free(project);
}

Test(state_read, reports_what_the_conformance_cases_say)
{
    struct buffer content = {0};
    struct error error = {0};
    cr_assert_eq(
        file_read(ULOOP_TESTDATA "/conformance/state_files.json", MOST_BYTES, &content, &error),
        FILE_READ, "%s", error.message);
    cJSON *fixture = json_parse(buffer_slice(&content), NULL);
    cr_assert_gt(cJSON_GetArraySize(json_get(fixture, "cases")), 0);
    const cJSON *each;
    cJSON_ArrayForEach(each, json_get(fixture, "cases")) check_case(each);
    cJSON_Delete(fixture);
    buffer_clear(&content);
}

Test(state_read, takes_every_member)
{
    struct server_state state = read_content(
        "{\"phase\":\"failed\",\"generationId\":\"0a\",\"updatedAt\":\"2026-05-16T06:00:48Z\","
        "\"reason\":\"server-recovery\",\"endpoint\":\"/tmp/x.sock\",\"lastError\":\"no answer\","
        "\"ownerPid\":4711,\"ownerStartedAt\":\"boot:1\"}");
    cr_expect_eq(state.kind, STATE_FAILED);
    cr_expect_str_eq(state.phase, "failed");
    cr_expect_str_eq(state.generation, "0a");
    cr_expect_str_eq(state.updated_at, "2026-05-16T06:00:48Z");
    cr_expect_str_eq(state.reason, "server-recovery");
    cr_expect_str_eq(state.endpoint, "/tmp/x.sock");
    cr_expect_str_eq(state.last_error, "no answer");
    cr_expect_eq(state.owner_pid, 4711);
    cr_expect_str_eq(state.owner_started_at, "boot:1");
    state_clear(&state);
}

Test(state_read, takes_what_is_no_string_for_nothing)
{
    struct server_state state =
        read_content("{\"phase\":\"ready\",\"generationId\":7,\"updatedAt\":[],\"reason\":{},"
                     "\"endpoint\":true,\"lastError\":null,\"ownerStartedAt\":1.5}");
    cr_expect_eq(state.kind, STATE_READY);
    cr_expect_null(state.generation);
    cr_expect_null(state.updated_at);
    cr_expect_null(state.reason);
    cr_expect_null(state.endpoint);
    cr_expect_null(state.last_error);
    cr_expect_null(state.owner_started_at);
    state_clear(&state);
}

Test(state_read, sorts_phases_by_their_exact_name)
{
    static const char *const BUSY[] = {"starting", "compiling", "reloading", "recovering",
                                       "stopping"};
    for (size_t i = 0; i < sizeof BUSY / sizeof *BUSY; i++) {
        char *content = memory_format("{\"phase\":\"%s\"}", BUSY[i]);
        expect_kind(content, STATE_BUSY);
        free(content);
    }
    expect_kind("{\"phase\":\"ready\"}", STATE_READY);
    expect_kind("{\"phase\":\"stopped\"}", STATE_STOPPED);
    expect_kind("{\"phase\":\"failed\"}", STATE_FAILED);
    expect_kind("{\"phase\":\"Ready\"}", STATE_OTHER);
    expect_kind("{\"phase\":\"COMPILING\"}", STATE_OTHER);
    expect_kind("{\"phase\":\"ready \"}", STATE_OTHER);
    expect_kind("{\"phase\":\"ready\\u0000\"}", STATE_OTHER);
    expect_kind("{\"phase\":null}", STATE_OTHER);
    expect_kind("{}", STATE_OTHER);
}

Test(state_read, ignores_what_a_member_holds_that_it_does_not_know)
{
    expect_kind("{\"phase\":\"ready\",\"note\":\"cut \\ud83d\"}", STATE_READY);
    expect_kind("{\"note\":\"\\u0000\",\"phase\":\"ready\"}", STATE_READY);
    expect_kind("{\"n\":1000000000100000000010000000001000000000100000000010000000001234567890,"
                "\"phase\":\"ready\"}",
                STATE_READY);
}

Test(state_read, takes_no_other_type_for_a_phase)
{
    expect_kind("{\"phase\":true}", STATE_UNREADABLE);
    expect_kind("{\"phase\":[\"ready\"]}", STATE_UNREADABLE);
    expect_kind("{\"phase\":{}}", STATE_UNREADABLE);
    expect_kind("\"ready\"", STATE_UNREADABLE);
    expect_kind("null", STATE_UNREADABLE);
}

Test(state_read, takes_only_a_whole_number_above_zero_for_the_owner)
{
    expect_owner_pid("1", 1);
    expect_owner_pid("1099511627776", INT64_C(1) << 40);
    expect_owner_pid("4711.0", 4711);
    expect_owner_pid("0", 0);
    expect_owner_pid("-1", 0);
    expect_owner_pid("4711.5", 0);
    expect_owner_pid("1e400", 0);
    expect_owner_pid("99999999999999999999", 0);
    expect_owner_pid("\"4711\"", 0);
    expect_owner_pid("null", 0);
    expect_owner_pid("[4711]", 0);
}

Test(state_read, is_absent_without_any_folder)
{
    struct temp_project *project = temp_folder_new();
    struct server_state state = read_state(project);
    cr_expect_eq(state.kind, STATE_ABSENT);
    cr_expect_null(state.phase);
}

Test(state_read, is_absent_where_a_file_takes_the_folders_place)
{
    struct temp_project *project = temp_folder_new();
    temp_project_write(project, "Temp", "");
    struct server_state state = read_state(project);
    cr_expect_eq(state.kind, STATE_ABSENT);
}

Test(state_read, takes_the_backup_for_nothing_while_the_target_is_unreadable)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE_FILE, "{\"phase\":");
    temp_project_write(project, STATE_FILE ".tmp", "{\"phase\":\"ready\"}");
    temp_project_write(project, STATE_FILE ".bak", "{\"phase\":\"ready\"}");
    expect_unreadable(project, "the text ends too early");
}

Test(state_read, refuses_a_folder)
{
    struct temp_project *project = temp_project_new();
    temp_project_make_folder(project, STATE_FILE);
    expect_unreadable(project, "not a regular file");
}

Test(state_read, does_not_block_on_a_fifo)
{
    struct temp_project *project = temp_project_new();
    cr_assert_eq(mkfifo(temp_project_path(project, STATE_FILE), 0600), 0);
    expect_unreadable(project, "not a regular file");
}

Test(state_read, does_not_read_a_device)
{
    struct temp_project *project = temp_project_new();
    cr_assert_eq(symlink("/dev/zero", temp_project_path(project, STATE_FILE)), 0);
    expect_unreadable(project, "not a regular file");
}

Test(state_read, refuses_a_link_that_leads_to_itself)
{
    struct temp_project *project = temp_project_new();
    cr_assert_eq(symlink("server-state.json", temp_project_path(project, STATE_FILE)), 0);
    expect_unreadable(project, "too many symbolic links");
}

Test(state_read, takes_a_dangling_link_for_nothing)
{
    struct temp_project *project = temp_project_new();
    cr_assert_eq(symlink("nowhere", temp_project_path(project, STATE_FILE)), 0);
    struct server_state state = read_state(project);
    cr_expect_eq(state.kind, STATE_ABSENT);
}

/* A state of exactly that size. */
static char *make_state(size_t size)
{
    static const char EMPTY[] = "{\"phase\":\"ready\",\"reason\":\"\"}";
    char *content =
        memory_format("{\"phase\":\"ready\",\"reason\":\"%0*d\"}", (int)(size - strlen(EMPTY)), 0);
    cr_assert_eq(strlen(content), size);
    return content;
}

Test(state_read, reads_up_to_one_mebibyte_and_no_more)
{
    struct temp_project *project = temp_project_new();
    char *content = make_state(MOST_BYTES);
    temp_project_write(project, STATE_FILE, content);
    struct server_state state = read_state(project);
    cr_expect_eq(state.kind, STATE_READY);
    state_clear(&state);
    free(content);
    content = make_state(MOST_BYTES + 1);
    temp_project_write(project, STATE_FILE, content);
    expect_unreadable(project, "larger than 1048576 bytes");
    free(content);
}

Test(state_read, cannot_read_without_permission)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE_FILE, "{\"phase\":\"ready\"}");
    cr_assert_eq(chmod(project->root, 0755), 0);
    cr_assert_eq(chmod(temp_project_path(project, "Temp"), 0700), 0);
    cr_assert_eq(chmod(temp_project_path(project, STATE_FILE), geteuid() == 0 ? 0600 : 0), 0);
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    expect_unreadable(project, "permission denied");
    cr_assert_eq(seteuid(getuid()), 0);
}

Test(state, path_has_the_four_names)
{
    char *path = state_path("/home/dev/Game", ".tmp.write");
    cr_expect_str_eq(path, "/home/dev/Game/Temp/UnityCliLoop/server-state.json.tmp.write");
    free(path);
}

static struct server_state state_of(const char *phase, const char *generation, const char *time)
{
    return (struct server_state){.kind = STATE_READY,
                                 .phase = (char *)phase,
                                 .generation = (char *)generation,
                                 .updated_at = (char *)time};
}

Test(state, readings_are_equal_by_phase_generation_and_time)
{
    struct server_state state = state_of("ready", "a", "1");
    struct server_state other = state_of("ready", "a", "1");
    other.reason = (char *)"another";
    cr_expect(state_equals(&state, &other));
    other = state_of("ready", "b", "1");
    cr_expect_not(state_equals(&state, &other));
    other = state_of("ready", "a", "2");
    cr_expect_not(state_equals(&state, &other));
    other = state_of("ready", NULL, "1");
    cr_expect_not(state_equals(&state, &other));
    cr_expect_not(state_equals(&other, &state));
    state.generation = NULL;
    cr_expect(state_equals(&state, &other));
    other.kind = STATE_STOPPED;
    cr_expect_not(state_equals(&state, &other));
}

Test(state, that_there_is_no_descriptor_to_look_at_says_nothing_of_the_file)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE_FILE, "{\"phase\":\"ready\"}");
    struct server_state state;
    struct error error = {0};
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    state_read(project->root, &state, &error);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(state.kind, STATE_UNREADABLE);
    cr_expect_eq(error.code, E_SHORTAGE, "%s", error.message);
    error_clear(&error);
    state_clear(&state);
    temp_project_free(project);
}

Test(state, copy_is_a_reading_of_its_own)
{
    struct server_state state = state_of("ready", "a", NULL);
    state.owner_pid = 7;
    struct server_state copy = {0};
    state_copy(&copy, &state);
    state_copy(&copy, &state);
    cr_expect(state_equals(&copy, &state));
    cr_expect_neq(copy.phase, state.phase);
    cr_expect_eq(copy.owner_pid, 7);
    cr_expect_null(copy.updated_at);
    state_clear(&copy);
    cr_expect_null(copy.phase);
}

Test(state, manual_stop_is_a_stop_for_that_reason_alone)
{
    struct server_state state = {.kind = STATE_STOPPED, .reason = (char *)"manual-stop"};
    cr_expect(state_is_manual_stop(&state));
    state.reason = (char *)"editor-quitting";
    cr_expect_not(state_is_manual_stop(&state));
    state.reason = NULL;
    cr_expect_not(state_is_manual_stop(&state));
    state = (struct server_state){.kind = STATE_BUSY, .reason = (char *)"manual-stop"};
    cr_expect_not(state_is_manual_stop(&state));
}
