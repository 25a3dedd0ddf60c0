/*
 * A living "Editor": a process whose executable is called Unity and whose command line is whatever
 * a test gives it. It says "ready" once it runs and lives until its standard input ends.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char ignored[256];
    if (puts("ready") < 0 || fflush(stdout) != 0)
        return 1;
    while (read(STDIN_FILENO, ignored, sizeof(ignored)) > 0)
        continue;
    return 0;
}
