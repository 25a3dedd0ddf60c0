#include "cli/arguments.h"
#include "commands/commands.h"

int main(int argc, char **argv)
{
    char **arguments = arguments_as_utf8(&argc, argv);
    return cli_run(argc, arguments, &COMMANDS);
}
