#include "commands/report.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "cli/output.h"
#include "json/json.h"
#include "readiness/age.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *or_none(const char *text)
{
    return text && *text ? text : "-";
}

static const char *phase_of(const struct wait *wait)
{
    return wait->state.phase && *wait->state.phase ? wait->state.phase
                                                   : state_kind_name(wait->state.kind);
}

/* In whole milliseconds: what is below is noise. */
static bool age_of(const struct wait *wait, double *seconds)
{
    bool known = state_age(wait->state.updated_at, (double)clock_wall_us() / 1e6, seconds);
    if (known)
        *seconds = (double)(int64_t)(*seconds * 1000) / 1000;
    return known;
}

static const char *watching(const struct wait *wait)
{
    return wait->watch.polling ? wait->watch.polling : "file events";
}

static cJSON *owner_json(const struct wait *wait)
{
    cJSON *owner = cJSON_CreateObject();
    bool seen = wait->seen.owner != PREFLIGHT_OWNER_UNSEEN;
    json_put_string(owner, "state", preflight_owner_name(wait->seen.owner));
    if (seen && wait->owner.pid > 0)
        (void)cJSON_AddNumberToObject(owner, "pid", (double)wait->owner.pid);
    else
        (void)cJSON_AddNullToObject(owner, "pid");
    json_put_string(owner, "knownFrom", seen ? owner_source_name(wait->owner.source) : NULL);
    return owner;
}

static cJSON *endpoint_json(const struct wait *wait)
{
    cJSON *endpoint = cJSON_CreateObject();
    json_put_string(endpoint, "address", wait->reach.destination.address);
    json_put_string(endpoint, "state", preflight_endpoint_name(wait->seen.endpoint));
    return endpoint;
}

static cJSON *decision_json(const struct wait *wait)
{
    const struct preflight_rule *rule = preflight_decide(wait->seen);
    cJSON *decision = cJSON_CreateObject();
    json_put_string(decision, "action", preflight_action_name(rule->action));
    json_put_string(decision, "because", rule->why);
    return decision;
}

int report_print_json(struct cli *cli, const struct wait *wait)
{
    const struct server_state *state = &wait->state;
    double age = 0;
    cJSON *report = cJSON_CreateObject();
    json_put_string(report, "projectRoot", wait->project->root);
    json_put_string(report, "phase", phase_of(wait));
    json_put_string(report, "reason", state->reason);
    json_put_string(report, "lastError", state->last_error);
    json_put_string(report, "updatedAt", state->updated_at);
    if (age_of(wait, &age))
        (void)cJSON_AddNumberToObject(report, "ageSeconds", age);
    else
        (void)cJSON_AddNullToObject(report, "ageSeconds");
    json_put_string(report, "generation", state->generation);
    (void)cJSON_AddItemToObject(report, "owner", owner_json(wait));
    (void)cJSON_AddItemToObject(report, "endpoint", endpoint_json(wait));
    json_put_string(report, "watching", watching(wait));
    (void)cJSON_AddItemToObject(report, "decision", decision_json(wait));
    char *text = json_print(report);
    int exit_code = output_result(cli, slice_of(text));
    free(text);
    cJSON_Delete(report);
    return exit_code;
}

static void append_owner(struct buffer *text, const struct wait *wait)
{
    buffer_append_format(text, "owner       %s", preflight_owner_name(wait->seen.owner));
    if (wait->owner.pid > 0)
        buffer_append_format(text, ", pid %" PRId64, wait->owner.pid);
    buffer_append_format(text, " (%s)\n", owner_source_name(wait->owner.source));
}

int report_print_table(struct cli *cli, const struct wait *wait, bool explain)
{
    const struct preflight_rule *rule = preflight_decide(wait->seen);
    struct buffer text = {0};
    double age = 0;
    buffer_append_format(&text, "project     %s\n", wait->project->root);
    buffer_append_format(&text, "phase       %s\n", phase_of(wait));
    buffer_append_format(&text, "reason      %s\n", or_none(wait->state.reason));
    if (wait->state.last_error)
        buffer_append_format(&text, "last error  %s\n", wait->state.last_error);
    if (age_of(wait, &age))
        buffer_append_format(&text, "age         %.1f s\n", age);
    buffer_append_format(&text, "generation  %s\n", or_none(wait->state.generation));
    append_owner(&text, wait);
    buffer_append_format(&text, "endpoint    %s (%s)\n",
                         preflight_endpoint_name(wait->seen.endpoint),
                         wait->reach.destination.address);
    buffer_append_format(&text, "watching    by %s\n", watching(wait));
    buffer_append_format(&text, "a command   would %s: %s\n", preflight_action_name(rule->action),
                         rule->why);
    if (explain)
        buffer_append_format(
            &text,
            "\nobserved    state %s, owner %s, endpoint %s\nrule        %s\naction      %s\n",
            preflight_state_name(wait->seen.state), preflight_owner_name(wait->seen.owner),
            preflight_endpoint_name(wait->seen.endpoint), rule->why,
            preflight_action_name(rule->action));
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}
