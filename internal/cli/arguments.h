#ifndef ULOOP_CLI_ARGUMENTS_H
#define ULOOP_CLI_ARGUMENTS_H

/*
 * What main() was given, as UTF-8 on every system: Windows hands main() only what its code page has
 * of the arguments. Returns `argv` itself, or an array in its place, with *argc to fit, which lives
 * as long as the process.
 */
char **arguments_as_utf8(int *argc, char **argv);

#endif
