#ifndef ULOOP_CLI_TEXT_H
#define ULOOP_CLI_TEXT_H

#include "base/buffer.h"

#include <stddef.h>

/* Text for people to read. Widths are columns of a terminal. */

/*
 * Appends the words of `text`, from column `column` of the current line on, in lines of at most
 * `width` columns that begin with `indent` spaces, and ends the last line. Whatever a terminal
 * would act on counts as white space; a word wider than a line is broken.
 */
void text_wrap(struct buffer *out, const char *text, size_t column, size_t indent, size_t width);

/*
 * Explains what stands on the current line, which takes `taken` columns so far: beside it, from
 * column `left` on, or below where it is too long. On a narrow terminal lines that follow are
 * indented less.
 */
void text_explain(struct buffer *out, const char *text, size_t taken, size_t left, size_t width);

/* The columns that UTF-8 text takes: East Asian wide characters two, all others one. */
size_t text_columns(const char *text);

/* At most the first 80 bytes of something typed, for use in a message; "…" stands for the rest. The
 * caller frees. */
char *text_excerpt(const char *text);

#endif
