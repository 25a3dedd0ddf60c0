#ifndef ULOOP_CLI_STARTUP_H
#define ULOOP_CLI_STARTUP_H

/*
 * Mends what whoever starts a program may have left out or taken away, before anything is opened or
 * written. From here on
 * - there are the three standard streams. One that was closed can still be neither read nor
 *   written, but its number is nobody else's: no file of the program's own becomes its standard
 *   error, and no loop is handed a descriptor that libuv aborts on;
 * - writing to a closed pipe is an error of that write and does not end the process;
 * - the signals that end a command or wake it reach it, whatever was blocked before;
 * - what is written are bytes of UTF-8 that no system changes.
 */
void startup_prepare(void);

#endif
