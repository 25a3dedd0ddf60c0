#include "cli/help.h"
#include "cli/tool_options.h"
#include "commands/commands.h"
#include "commands/dispatch.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

static int send_request(struct cli *cli, const struct tool_usage *usage,
                        const struct call_options *call, const cJSON *params)
{
    struct error error = {0};
    char *params_json = json_print(params);
    const struct dispatch request = {
        .method = usage->tool.name,
        .params_json = params_json,
        .read_only = command_only_reads(usage->tool.name),
        .timeout_ms = call->timeout_ms,
    };
    int exit_code;
    if (strlen(params_json) < OPTION_MOST_BYTES) {
        exit_code = command_dispatch(cli, &request);
    } else {
        error_set(&error, E_INVALID_ARGUMENT,
                  "The options of %s are 1 MiB or more together, which the Editor would not take.",
                  usage->tool.name);
        exit_code = cli_fail(cli, &error);
    }
    free(params_json);
    return exit_code;
}

static int run_parsed(struct cli *cli, const struct tool_usage *usage,
                      const struct call_options *call, const cJSON *params)
{
    struct error error = {0};
    if (!cli_begin(cli, &error))
        return cli_fail(cli, &error);
    if (cli->common.help)
        return help_show_tool(cli, usage);
    if (cli->common.version)
        return cli_show_version(cli);
    if (!tool_options_check_required(usage->options, params, &error))
        return cli_fail(cli, &error);
    return send_request(cli, usage, call, params);
}

int tool_command_run(struct cli *cli, const char *name, char *const *arguments, size_t count)
{
    struct error error = {0};
    struct tool_usage usage;
    if (!tool_usage_open(cli, name, &usage, &error))
        return cli_fail(cli, &error);
    struct call_options call = {0};
    cJSON *params = cJSON_CreateObject();
    if (!params)
        memory_exhausted();
    const struct option_set sets[] = {
        {.options = usage.options, .params = params},
        {.options = usage.call_options, .values = &call},
        {.options = COMMON_OPTIONS, .values = &cli->common},
    };
    int exit_code = option_parse(sets, 3, arguments, count, NULL, &error)
                        ? run_parsed(cli, &usage, &call, params)
                        : cli_fail(cli, &error);
    cJSON_Delete(params);
    tool_usage_clear(&usage);
    return exit_code;
}
