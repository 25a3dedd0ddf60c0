#include "host/state_store.h"

#include "json/json.h"
#include "readiness/state.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATE "Temp/UnityCliLoop/server-state.json"

static struct state_store store_of(struct temp_project *project)
{
    return (struct state_store){.project_root = project->root,
                                .endpoint = "/tmp/uloop/x.sock",
                                .owner_pid = 4321,
                                .owner_started_at = "boot:77"};
}

static void write_phase(struct temp_project *project, enum phase phase, const char *last_error)
{
    struct state_store store = store_of(project);
    struct error error = {0};
    struct published published = {.phase = phase, .reason = "manual-start"};
    cr_assert(generation_new(published.generation, &error));
    cr_assert(state_store_write(&store, &published, last_error, &error), "%s", error.message);
}

static void recover(struct temp_project *project)
{
    struct error error = {0};
    cr_assert(state_store_recover(project->root, &error), "%s", error.message);
}

/* What a reader of the contract sees. */
static void expect_read(struct temp_project *project, const char *phase)
{
    struct server_state state = {0};
    struct error error = {0};
    state_read(project->root, &state, &error);
    cr_expect_str_eq(state.phase ? state.phase : "(none)", phase);
    state_clear(&state);
    error_clear(&error);
}

static void expect_names(struct temp_project *project, bool target, bool temporary, bool backup)
{
    cr_expect_eq(temp_project_has(project, STATE), target);
    cr_expect_eq(temp_project_has(project, STATE ".tmp"), temporary);
    cr_expect_eq(temp_project_has(project, STATE ".bak"), backup);
}

Test(state_store, writes_every_member_of_the_contract)
{
    struct temp_project *project = temp_project_new();
    write_phase(project, PHASE_FAILED, "It \"broke\".");
    cJSON *state = json_parse(slice_of(temp_project_read(project, STATE)), NULL);
    cr_assert(state);
    cr_expect_str_eq(json_string(state, "phase"), "failed");
    cr_expect_eq(strlen(json_string(state, "generationId")), 32);
    cr_expect_str_eq(json_string(state, "reason"), "manual-start");
    cr_expect_str_eq(json_string(state, "endpoint"), "/tmp/uloop/x.sock");
    cr_expect_str_eq(json_string(state, "lastError"), "It \"broke\".");
    cr_expect_str_eq(json_string(state, "ownerStartedAt"), "boot:77");
    cr_expect_eq(json_whole_number(state, "ownerPid", 0), 4321);
    cJSON_Delete(state);
}

Test(state_store, says_null_where_there_is_no_error)
{
    struct temp_project *project = temp_project_new();
    write_phase(project, PHASE_READY, NULL);
    cJSON *state = json_parse(slice_of(temp_project_read(project, STATE)), NULL);
    cr_expect(cJSON_IsNull(json_get(state, "lastError")));
    cJSON_Delete(state);
}

Test(state_store, tells_the_time_in_utc_with_seven_digits_of_a_second)
{
    struct temp_project *project = temp_project_new();
    time_t before = time(NULL);
    write_phase(project, PHASE_READY, NULL);
    time_t after = time(NULL);
    cJSON *state = json_parse(slice_of(temp_project_read(project, STATE)), NULL);
    const char *text = json_string(state, "updatedAt");
    struct tm utc = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    cr_assert(rest, "%s", text);
    time_t told = timegm(&utc);
    cr_expect(told >= before && told <= after, "%s", text);
    cr_expect_eq(strspn(rest + 1, "0123456789"), 7, "%s", text);
    cr_expect_eq(rest[0], '.');
    cr_expect_str_eq(rest + 8, "Z");
    cJSON_Delete(state);
}

Test(state_store, keeps_the_state_before_as_backup)
{
    struct temp_project *project = temp_project_new();
    write_phase(project, PHASE_STARTING, NULL);
    expect_names(project, true, false, false);
    write_phase(project, PHASE_READY, NULL);
    write_phase(project, PHASE_COMPILING, NULL);
    expect_names(project, true, false, true);
    cr_expect_not(temp_project_has(project, STATE ".tmp.write"));
    expect_read(project, "compiling");
    cr_expect(strstr(temp_project_read(project, STATE ".bak"), "\"ready\""));
}

Test(state_store, makes_the_folder_when_it_is_missing)
{
    struct temp_project *project = temp_folder_new();
    write_phase(project, PHASE_STARTING, NULL);
    expect_read(project, "starting");
}

Test(state_store, does_not_make_a_project_again_that_is_gone)
{
    struct temp_project *project = temp_folder_new();
    struct state_store store = store_of(project);
    struct published published = {.phase = PHASE_READY, .reason = "manual-start"};
    struct error error = {0};
    cr_assert_eq(rmdir(project->root), 0);
    cr_expect_not(state_store_write(&store, &published, NULL, &error));
    cr_expect_eq(error.code, E_PROJECT_NOT_FOUND);
    cr_expect_neq(access(project->root, F_OK), 0);
    error_clear(&error);
}

Test(state_store, writes_over_what_a_dead_writer_left)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE ".tmp.write", "{\"phase\":\"half");
    temp_project_write(project, STATE ".tmp", "{\"phase\":\"half");
    temp_project_write(project, STATE ".bak", "{\"phase\":\"half");
    write_phase(project, PHASE_READY, NULL);
    expect_read(project, "ready");
    cr_expect_eq(temp_project_count(project, "Temp/UnityCliLoop"), 2); /* it and .bak */
}

/* A writer can die between any two of its steps; a reader finds a whole state before and after. */
Test(state_store, recovers_from_a_death_before_the_target_was_moved)
{
    struct temp_project *project = temp_project_new();
    write_phase(project, PHASE_READY, NULL);
    write_phase(project, PHASE_COMPILING, NULL);
    temp_project_write(project, STATE ".tmp", "{\"phase\":\"reloading\"}");
    expect_read(project, "compiling");
    recover(project);
    expect_names(project, true, false, false);
    expect_read(project, "compiling");
}

Test(state_store, recovers_from_a_death_between_the_last_two_renames)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE ".tmp", "{\"phase\":\"reloading\"}");
    temp_project_write(project, STATE ".bak", "{\"phase\":\"compiling\"}");
    expect_read(project, "reloading");
    recover(project);
    expect_names(project, true, false, false);
    expect_read(project, "reloading");
}

Test(state_store, recovers_the_backup_when_nothing_else_is_there)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE ".bak", "{\"phase\":\"compiling\"}");
    recover(project);
    expect_names(project, true, false, false);
    expect_read(project, "compiling");
}

Test(state_store, never_takes_a_half_written_file_for_a_state)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, STATE ".tmp.write", "{\"phase\":\"half");
    recover(project);
    expect_names(project, false, false, false);
}

Test(state_store, has_nothing_to_recover_in_a_new_project)
{
    struct temp_project *project = temp_folder_new();
    recover(project);
    cr_expect_eq(temp_project_count(project, ""), 0);
}

Test(state_store, deletes_all_four_names)
{
    struct temp_project *project = temp_project_new();
    struct error error = {0};
    static const char *const NAMES[] = {STATE, STATE ".tmp", STATE ".bak", STATE ".tmp.write"};
    for (size_t at = 0; at < sizeof(NAMES) / sizeof(NAMES[0]); at++)
        temp_project_write(project, NAMES[at], "{}");
    cr_assert(state_store_delete(project->root, &error));
    cr_expect_eq(temp_project_count(project, "Temp/UnityCliLoop"), 0);
    cr_expect(state_store_delete(project->root, &error));
}

Test(state_store, reports_what_stands_in_its_way_and_keeps_the_state)
{
    struct temp_project *project = temp_project_new();
    struct state_store store = store_of(project);
    struct published published = {.phase = PHASE_READY, .reason = "manual-start"};
    struct error error = {0};
    write_phase(project, PHASE_STARTING, NULL);
    temp_project_make_folder(project, STATE ".tmp.write/x");
    cr_assert_not(state_store_write(&store, &published, NULL, &error));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect(strstr(error.message, "server-state.json.tmp.write"), "%s", error.message);
    expect_read(project, "starting");
    error_clear(&error);
}

Test(state_store, makes_generations_of_32_lower_case_hex_digits_that_differ)
{
    char one[GENERATION_SIZE], other[GENERATION_SIZE];
    struct error error = {0};
    cr_assert(generation_new(one, &error) && generation_new(other, &error));
    cr_expect_eq(strlen(one), 32);
    cr_expect_eq(strspn(one, "0123456789abcdef"), 32);
    cr_expect_str_neq(one, other);
}
