#include "transcript.h"

#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends the text with every mention of the folder replaced. */
static void append_without_folder(struct buffer *out, const char *text, const char *folder)
{
    for (const char *found; (found = strstr(text, folder)); text = found + strlen(folder)) {
        buffer_append(out, text, (size_t)(found - text));
        buffer_append_string(out, "<project>");
    }
    buffer_append_string(out, text);
}

/* Appends an argument as a shell takes it; a byte that is not UTF-8 (0xFF here) as its code. */
static void append_argument(struct buffer *out, const char *argument, const char *folder)
{
    bool plain = *argument && !strpbrk(argument, " \"'\n{");
    const char *odd = strchr(argument, '\xFF');
    buffer_append_string(out, plain ? " " : " '");
    if (odd)
        buffer_append_format(out, "%.*s\\xFF", (int)(odd - argument), argument);
    else
        append_without_folder(out, argument, folder);
    buffer_append_string(out, plain ? "" : "'");
}

void transcribe_end(struct buffer *transcript, const char *folder, const char *const *arguments,
                    struct program_end *end)
{
    buffer_append_string(transcript, "$ uloop");
    for (size_t i = 1; arguments[i]; i++)
        append_argument(transcript, arguments[i], folder);
    buffer_append_char(transcript, '\n');
    if (end->exit_code != 0)
        buffer_append_format(transcript, "[exit code %d]\n", end->exit_code);
    append_without_folder(transcript, end->out, folder);
    append_without_folder(transcript, end->err, folder);
    buffer_append_char(transcript, '\n');
    program_end_clear(end);
}

void transcribe(struct buffer *transcript, const char *folder, const char *const *arguments)
{
    struct program_end end = program_run(arguments, folder, NULL);
    transcribe_end(transcript, folder, arguments, &end);
}

void expect_golden(const char *name, struct buffer *transcript)
{
    char *path = memory_format("%s/golden/%s.txt", ULOOP_TESTDATA, name);
    struct buffer expected = {0};
    if (getenv("ULOOP_UPDATE_GOLDEN"))
        testkit_write_file(path, transcript->data, transcript->length);
    FILE *file = fopen(path, "r");
    cr_assert(file, "%s cannot be opened", path);
    for (int byte; (byte = fgetc(file)) != EOF;)
        buffer_append_char(&expected, (char)byte);
    cr_assert_eq(fclose(file), 0);
    cr_expect_str_eq(transcript->data, expected.data, "%s differs from what is printed:\n%s", path,
                     transcript->data);
    buffer_clear(&expected);
    buffer_clear(transcript);
    free(path);
}
