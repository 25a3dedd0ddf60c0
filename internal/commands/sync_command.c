#include "base/file.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/tool_details.h"
#include "json/layout.h"
#include "project/own_folder.h"

#include <stdlib.h>

struct sync_options {
    bool json;
    uint64_t timeout_ms;
};

/* Fetches the Editor's tools, so that every command knows their options. */
static int sync_run(struct cli *cli, const void *options);

const struct command sync_command = {
    .name = "sync",
    .summary = "fetch the Editor's tools and keep them in .uloop/tools.json",
    .description = "From then on the options of tools, their help and their completion are those "
                   "of this project instead of the ones that come with uloop.",
    .group = GROUP_PROJECT,
    .needs = NEEDS_EDITOR,
    .options =
        (const struct option[]){
            OPTION_FLAG(sync_options, json, "json", '\0', "print JSON, also on a terminal"),
            OPTION_SECONDS(sync_options, timeout_ms, "timeout", 't', NULL,
                           "give up when the Editor has not answered by then"),
            OPTION_END,
        },
    .options_size = sizeof(struct sync_options),
    .run = sync_run,
};

static int report(struct cli *cli, bool json, size_t count, const char *path)
{
    struct buffer text = {0};
    int exit_code;
    if (output_wants_table(cli, json)) {
        buffer_append_format(&text, "Wrote %zu tool%s to %s.\n", count, count == 1 ? "" : "s",
                             path);
        exit_code = output_text(cli, buffer_slice(&text));
    } else {
        buffer_append_format(&text, "{\"toolCount\":%zu,\"path\":", count);
        json_quote(&text, path);
        buffer_append_char(&text, '}');
        exit_code = output_result(cli, buffer_slice(&text));
    }
    buffer_clear(&text);
    return exit_code;
}

static int sync_run(struct cli *cli, const void *options)
{
    const struct sync_options *sync = options;
    struct error error = {0};
    struct tool_details details;
    if (!tool_details_open(&details, cli, sync->timeout_ms, &error))
        return cli_fail(cli, &error);
    char *path = project_path(cli->project.root, ".uloop/tools.json");
    /* The file must be the project's own, whatever became of its folders while the Editor answered.
     */
    bool done = own_folder_make(cli->project.root, &error) &&
                file_replace(path, details.answer.result, &error);
    int exit_code =
        done ? report(cli, sync->json, details.catalog.count, path) : cli_fail(cli, &error);
    free(path);
    tool_details_close(&details);
    return exit_code;
}
