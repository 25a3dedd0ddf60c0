#include "readiness/reach.h"

#include "ipc/address.h"
#include "ipc/token.h"
#include "project/endpoint.h"

#include <stdlib.h>

/* An empty value is as good as none. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool take_word(struct reach *reach, const char *address, const struct project *project,
                      struct error *error)
{
    struct sockaddr_storage unused;
    struct error fault = {0};
    const char *token_file = setting("ULOOP_TOKEN_FILE");
    if (!address_read_tcp(address, &unused, &fault)) {
        error_set(error, E_INVALID_ARGUMENT, "ULOOP_ENDPOINT cannot be used: %s", fault.message);
        error_set_next(error, "Set it to the address that `uloop serve --listen` printed, or unset "
                              "it.");
        error_clear(&fault);
        return false;
    }
    reach->is_told = true;
    reach->destination.address = memory_copy_string(address);
    reach->token_file =
        token_file ? memory_copy_string(token_file) : project_file(project, TOKEN_FILE);
    return true;
}

bool reach_open(struct reach *reach, const struct project *project, struct error *error)
{
    const char *address = setting("ULOOP_ENDPOINT");
    *reach = (struct reach){0};
    if (address)
        return take_word(reach, address, project, error);
    reach->destination.address = endpoint_address(project->endpoint_name);
    return true;
}

static void replace(const char **place, char *value)
{
    free((char *)*place);
    *place = value;
}

static bool look_for_token(struct reach *reach, struct error *error)
{
    replace(&reach->destination.token, token_read(reach->token_file, error));
    if (!reach->destination.token && error->code == E_NONE)
        error_set(
            error, E_NOT_REACHABLE,
            "There is no token file %s: the server that ULOOP_ENDPOINT leads to does not run, "
            "or has its token elsewhere.",
            reach->token_file);
    return reach->destination.token != NULL;
}

bool reach_look(struct reach *reach, const struct project *project, struct error *error)
{
    if (reach->is_told)
        return look_for_token(reach, error);
    char *address = endpoint_find(project->endpoint_name, error);
    if (!address)
        return false;
    replace(&reach->destination.address, address);
    return true;
}

void reach_close(struct reach *reach)
{
    replace(&reach->destination.address, NULL);
    replace(&reach->destination.token, NULL);
    free(reach->token_file);
}
