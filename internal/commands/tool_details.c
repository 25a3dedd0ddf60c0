#include "commands/tool_details.h"

static const char SOURCE[] = "in the Editor's answer";

static bool read_answer(struct tool_details *details, struct error *error)
{
    struct slice result = details->answer.result;
    if (result.length > CATALOG_MOST_BYTES)
        return error_set(error, E_ANSWER_MALFORMED,
                         "The tool catalog %s cannot be used: it has more than %zu bytes.", SOURCE,
                         CATALOG_MOST_BYTES);
    if (catalog_parse(result, SOURCE, &details->catalog, error))
        return true;
    return error_set(error, E_ANSWER_MALFORMED, "%s", error->message);
}

bool tool_details_open(struct tool_details *details, struct cli *cli, uint64_t timeout_ms,
                       struct error *error)
{
    const struct dispatch request = {
        .method = "get-tool-details",
        .params_json = "{\"IncludeDevelopmentOnly\":false}",
        .read_only = true,
        .timeout_ms = timeout_ms,
    };
    if (!answer_open(&details->answer, cli, &request, error))
        return false;
    spinner_clear(&cli->spinner);
    if (read_answer(details, error))
        return true;
    answer_close(&details->answer);
    return false;
}

void tool_details_close(struct tool_details *details)
{
    catalog_clear(&details->catalog);
    answer_close(&details->answer);
}
