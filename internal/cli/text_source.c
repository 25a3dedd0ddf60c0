#include "cli/text_source.h"

#include "base/file.h"
#include "cli/text.h"
#include "json/scan.h"
#include "json/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_PATH = 4096 /* bytes; a message is not to repeat more */
};

bool text_source_serves(const struct option *option)
{
    return option->property && option->type == OPTION_TYPE_STRING && !option->choices;
}

static bool refuse(const char *label, const char *reason, struct error *error)
{
    char *why = memory_copy_string(reason); /* it may be the message that is replaced */
    error_set(error, E_INVALID_ARGUMENT, "Cannot read the text of %s: %s", label, why);
    error_set_next(error, "Name a file of UTF-8 text behind the @, or write @@ for a text that "
                          "begins with @.");
    error_add_detail(error, "option", label);
    free(why);
    return false;
}

static bool refuse_content(const char *label, const char *name, const char *fault,
                           struct error *error)
{
    char *reason = memory_format("%s %s.", name, fault);
    refuse(label, reason, error);
    free(reason);
    return false;
}

/* `name` is what errors call the content. */
static bool check(const char *label, const char *name, const struct buffer *content,
                  struct error *error)
{
    if (content->length == 0)
        return refuse_content(label, name, "is empty", error);
    if (memchr(content->data, '\0', content->length))
        return refuse_content(label, name, "holds a NUL byte", error);
    if (!utf8_is_valid(content->data))
        return refuse_content(label, name, "is not UTF-8", error);
    return true;
}

static bool read_content(const char *label, const char *path, const char *name,
                         struct buffer *content, struct error *error)
{
    bool is_input = !path;
    if (!is_input && strlen(path) > LONGEST_PATH)
        return refuse_content(label, name, "is longer than a path can be", error);
    enum file_outcome outcome = is_input ? file_read_input(OPTION_MOST_BYTES - 1, content, error)
                                         : file_read(path, OPTION_MOST_BYTES - 1, content, error);
    if (outcome == FILE_ABSENT)
        return refuse_content(label, name, "is not there", error);
    if (outcome == FILE_FAILED)
        return refuse(label, error->message, error);
    return check(label, name, content, error);
}

const char *text_source_read(const char *label, const char *argument, struct buffer *content,
                             struct error *error)
{
    if (argument[0] != '@')
        return argument;
    if (argument[1] == '@')
        return argument + 1;
    bool is_input = strcmp(argument, TEXT_SOURCE_INPUT) == 0;
    char *name = is_input ? memory_copy_string("standard input") : text_excerpt(argument + 1);
    bool done = argument[1] == '\0'
                    ? refuse(label, "there is no file's name behind the @.", error)
                    : read_content(label, is_input ? NULL : argument + 1, name, content, error);
    free(name);
    return done ? json_skip_bom(buffer_slice(content)).data : NULL;
}
