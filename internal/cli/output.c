#include "cli/output.h"

#include "json/layout.h"
#include "json/scan.h"

#include <errno.h>
#include <string.h>

static bool write_bytes(void *context, const char *bytes, size_t length)
{
    return fwrite(bytes, 1, length, context) == length;
}

/* Writes what the stream still holds. `written`: whether everything before went well. */
static int finish(struct cli *cli, bool written)
{
    if (written && fflush(cli->out) == 0)
        return 0;
    struct error error = {0};
    error_set(&error, E_SYSTEM, "Cannot write to standard output: %s.", strerror(errno));
    return cli_fail(cli, &error);
}

int output_result(struct cli *cli, struct slice result)
{
    spinner_clear(&cli->spinner);
    bool written =
        json_layout(result, false, write_bytes, cli->out) && write_bytes(cli->out, "\n", 1);
    int exit_code = finish(cli, written);
    if (exit_code == 0 && slice_equals(json_member(result, "Success"), "false"))
        exit_code = 1;
    return exit_code;
}

int output_text(struct cli *cli, struct slice text)
{
    spinner_clear(&cli->spinner);
    return finish(cli, write_bytes(cli->out, text.data, text.length));
}
