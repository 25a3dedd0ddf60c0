#include "cli/output.h"

#include "base/path.h"
#include "cli/terminal.h"
#include "json/layout.h"
#include "json/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_in_a_folder(const char *path)
{
    char *folder = path_parent(path);
    bool is_folder = !folder || path_is_folder(folder);
    free(folder);
    return is_folder;
}

bool output_begin(struct cli *cli, const char *path, struct error *error)
{
    if (path_exists(path) && !path_is_file(path))
        return error_set(error, E_INVALID_ARGUMENT, "--output: '%s' is not a regular file.", path);
    if (!is_in_a_folder(path))
        return error_set(error, E_INVALID_ARGUMENT,
                         "--output names %s, but there is no such folder to write it in.", path);
    char *target =
        path_is_link(path) ? path_canonical(path, E_SYSTEM, error) : memory_copy_string(path);
    bool begun = target && file_replacement_begin(&cli->file, target, error);
    free(target);
    if (begun)
        cli->out_is_terminal = false;
    return begun;
}

int output_end(struct cli *cli, int exit_code)
{
    struct error error = {0};
    if (!cli->file.path)
        return exit_code;
    if (cli->has_failed || !cli->has_result)
        file_replacement_abandon(&cli->file);
    else if (!file_replacement_commit(&cli->file, &error))
        exit_code = cli_fail(cli, &error);
    return exit_code;
}

size_t output_columns(const struct cli *cli)
{
    return cli->out_is_terminal ? terminal_columns(cli->out) : TERMINAL_USUAL_COLUMNS;
}

bool output_wants_table(const struct cli *cli, bool json)
{
    return cli->out_is_terminal && !json && !cli->common.compact;
}

static bool write_bytes(void *context, const char *bytes, size_t length)
{
    struct cli *cli = context;
    if (cli->file.path)
        return file_replacement_write(&cli->file, (struct slice){.data = bytes, .length = length});
    return fwrite(bytes, 1, length, cli->out) == length;
}

/* Writes what the stream still holds. `written`: whether everything before went well. */
static int finish(struct cli *cli, bool written)
{
    cli->has_result = true;
    /* What went wrong with a file is told when it is to be replaced. */
    if (cli->file.path || (written && fflush(cli->out) == 0))
        return 0;
    struct error error = {0};
    error_set(&error, E_SYSTEM, "Cannot write to standard output: %s.", strerror(errno));
    return cli_fail(cli, &error);
}

int output_result(struct cli *cli, struct slice result)
{
    spinner_clear(&cli->spinner);
    bool written =
        json_layout(result, cli->common.compact, write_bytes, cli) && write_bytes(cli, "\n", 1);
    int exit_code = finish(cli, written);
    if (exit_code == 0 && slice_equals(json_member(result, "Success"), "false"))
        exit_code = 1;
    return exit_code;
}

int output_text(struct cli *cli, struct slice text)
{
    spinner_clear(&cli->spinner);
    return finish(cli, write_bytes(cli, text.data, text.length));
}
