/*
 * Any compiler, by a command line of the user's: `docker exec builder csc @{response}`. It is split
 * into words as a shell would, and no shell is run: quotes hold words together, and outside of
 * single ones a backslash takes the meaning of the next character away (not on Windows, where it
 * separates folders). {response} stands for the path of a response file in the form that csc
 * reads, {output} for that of the library to make; where no word has {response}, @{response} is
 * added. Both paths are relative to the project's folder, in which the command is run.
 */

#include "host/compiler.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

struct splitter {
    const char *at;
    char quote; /* that is open; 0 for none */
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The next word; NULL behind the last one. The caller frees. */
static char *next_word(struct splitter *text)
{
    struct buffer word = {0};
    while (is_blank(*text->at))
        text->at++;
    if (!*text->at)
        return NULL;
    for (; *text->at && (text->quote || !is_blank(*text->at)); text->at++) {
        bool escapes = *text->at == '\\' && text->quote != '\'' && PATH_NATIVE != PATH_WINDOWS;
        if (escapes && text->at[1])
            buffer_append_char(&word, *++text->at);
        else if (*text->at == text->quote)
            text->quote = 0;
        else if (!text->quote && (*text->at == '"' || *text->at == '\''))
            text->quote = *text->at;
        else
            buffer_append_char(&word, *text->at);
    }
    return buffer_take(&word);
}

/* The program is found where the user typed it; the compiler runs elsewhere. */
static bool add_program(struct compiler *found, const char *word, struct error *error)
{
    char *program = compiler_find_program(word, error);
    if (program)
        compiler_add_argument(found, program);
    return program != NULL;
}

static bool add_words(struct compiler *found, struct splitter *text, struct error *error)
{
    bool has_response = false, fine = true;
    for (char *word = next_word(text); word; word = next_word(text)) {
        if (found->argument_count == 0) {
            fine = add_program(found, word, error);
            free(word);
            if (!fine)
                return false;
        } else {
            has_response = has_response || strstr(word, PLACE_RESPONSE);
            compiler_add_argument(found, word);
        }
    }
    if (!has_response)
        compiler_add_argument(found, memory_copy_string("@" PLACE_RESPONSE));
    return true;
}

static bool find_command(const char *wanted, struct compiler *found, struct error *error)
{
    struct splitter text = {.at = wanted};
    found->backend = &compiler_command;
    if (wanted[strspn(wanted, " \t\r\n")] == '\0')
        return error_set(error, E_SYSTEM, "The command of --compiler-command is empty.");
    if (!add_words(found, &text, error))
        return false;
    if (text.quote)
        return error_set(error, E_SYSTEM,
                         "A quote (%c) is not closed in the command of --compiler-command: %s",
                         text.quote, wanted);
    return true;
}

static bool write_response(const struct compile_unit *unit, struct buffer *out, struct error *error)
{
    return compiler_csc.write_response(unit, out, error);
}

const struct compiler_backend compiler_command = {
    .name = "command",
    .find = find_command,
    .write_response = write_response,
};
