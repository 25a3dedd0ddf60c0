#ifndef ULOOP_TRANSCRIPT_H
#define ULOOP_TRANSCRIPT_H

#include "base/buffer.h"

struct program_end;

/* What the program prints, held against testdata/golden (its README.md says how). */

/* Runs the program in the folder, and appends what was typed and what it printed. */
void transcribe(struct buffer *transcript, const char *folder, const char *const *arguments);

/* Appends the same of a program that the test ran itself, and clears *end. */
void transcribe_end(struct buffer *transcript, const char *folder, const char *const *arguments,
                    struct program_end *end);

/* Compares with testdata/golden/<name>.txt, or writes it where ULOOP_UPDATE_GOLDEN is set; and
 * clears the transcript. */
void expect_golden(const char *name, struct buffer *transcript);

#endif
