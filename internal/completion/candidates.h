#ifndef ULOOP_COMPLETION_CANDIDATES_H
#define ULOOP_COMPLETION_CANDIDATES_H

#include "base/buffer.h"
#include "cli/cli.h"

#include <stddef.h>

/*
 * What a shell may offer where the cursor is: the commands and options of the tables that the
 * parser uses, the tools of the project that is meant, and the values of an enum.
 *
 * words: what was typed behind "uloop" up to the cursor, without the shell's quoting. The last one
 * is the one that is being typed, and may be empty; two quotes alone stand for an empty one,
 * because Windows PowerShell cannot pass that.
 *
 * Appends a line for each candidate, which is the whole word to be typed, a tab, and one line that
 * explains it. The single line ":files" says that the name of a file belongs there. A candidate has
 * nothing that means something to a shell: what comes from a project could have, and is not offered
 * then. Whatever is wrong with the words, the project or its catalog, there are fewer lines.
 */
void candidates_find(struct cli *cli, const char *const *words, size_t count, struct buffer *out);

#endif
