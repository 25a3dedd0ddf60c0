#ifndef ULOOP_COMPLETION_SCRIPT_H
#define ULOOP_COMPLETION_SCRIPT_H

#include "base/buffer.h"

enum shell {
    SHELL_BASH,
    SHELL_ZSH,
    SHELL_FISH,
    SHELL_POWERSHELL,
    SHELL_COUNT,
};

/* Their names as options take them, in the order of the enum; then NULL. */
extern const char *const SHELL_NAMES[SHELL_COUNT + 1];

/*
 * The shell that a path like /usr/bin/zsh runs; SHELL_COUNT when it is none of these. NULL is
 * allowed.
 */
enum shell shell_of_program(const char *path);

/* Appends the text quoted so that the shell takes it for one word, as it is. */
void shell_quote(enum shell shell, const char *text, struct buffer *out);

/*
 * Appends the shell's completion script. program: the path of the uloop that it is to ask; where
 * that is gone, it asks the one on PATH.
 */
void script_build(enum shell shell, const char *program, struct buffer *out);

/* Appends the lines for the shell's start-up file that load the script: always the one that fits
 * the program. */
void script_build_loader(enum shell shell, const char *program, struct buffer *out);

#endif
