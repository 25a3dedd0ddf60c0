#include "cli/spinner.h"

#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>

static const char FRAMES[] = {'|', '/', '-', '\\'};

/* What the state file calls a phase may hold anything: only printable ASCII reaches the terminal.
 */
static void make_printable(char *text)
{
    for (char *at = text; *at; at++) {
        if (*at < ' ' || *at > '~')
            *at = '?';
    }
}

void spinner_text(struct buffer *out, const char *what, uint64_t since_ms, size_t columns)
{
    unsigned long long seconds = since_ms / 1000;
    char *words = memory_format("%c Waiting: %s", FRAMES[seconds % sizeof(FRAMES)], what);
    char *time = memory_format(" (%llu s)", seconds);
    size_t room = columns > 0 ? columns - 1 : 0;
    size_t time_length = strlen(time) <= room ? strlen(time) : 0;
    size_t words_length = strlen(words);
    make_printable(words);
    if (words_length > room - time_length)
        words_length = room - time_length;
    while (words_length > 0 && words[words_length - 1] == ' ')
        words_length--;
    buffer_append(out, words, words_length);
    buffer_append(out, time, time_length);
    free(words);
    free(time);
}

/* Writes the text over the line that is shown, and blanks over what is left of it: no escape
 * sequences, so that any terminal will do. A terminal that fails costs no more than the line. */
static void replace_line(struct spinner *spinner, const char *text, size_t length, size_t columns)
{
    struct buffer line = {0};
    size_t shown = spinner->shown.length;
    if (shown >= columns) /* the terminal became narrower */
        shown = columns - 1;
    buffer_append_char(&line, '\r');
    buffer_append(&line, text, length);
    for (size_t i = length; i < shown; i++)
        buffer_append_char(&line, ' ');
    if (length < shown) {
        buffer_append_char(&line, '\r');
        buffer_append(&line, text, length);
    }
    (void)fwrite(line.data, 1, line.length, spinner->stream);
    (void)fflush(spinner->stream);
    buffer_clear(&line);
    buffer_clear(&spinner->shown);
    buffer_append(&spinner->shown, text, length);
}

void spinner_show(struct spinner *spinner, const char *what, uint64_t since_ms)
{
    if (!spinner->stream)
        return;
    struct buffer text = {0};
    size_t columns = terminal_columns(spinner->stream);
    spinner_text(&text, what, since_ms, columns);
    if (!slice_equals(buffer_slice(&spinner->shown), text.data))
        replace_line(spinner, text.data, text.length, columns);
    buffer_clear(&text);
}

void spinner_clear(struct spinner *spinner)
{
    if (spinner->shown.length > 0)
        replace_line(spinner, "", 0, terminal_columns(spinner->stream));
    buffer_clear(&spinner->shown);
}
