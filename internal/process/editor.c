#include "process/editor.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool begins_in_any_case(const char *text, const char *beginning)
{
    while (*beginning && tolower((unsigned char)*text) == tolower((unsigned char)*beginning)) {
        text++;
        beginning++;
    }
    return *beginning == '\0';
}

/* Unity reads its options' names in any case, "-name value" and "-name=value" alike. */
bool editor_is_option(const char *argument, const char *name)
{
    if (argument[0] != '-' || !begins_in_any_case(argument + 1, name))
        return false;
    char behind = argument[1 + strlen(name)];
    return behind == '\0' || behind == '=';
}

static bool has_option(char *const *arguments, size_t count, const char *name)
{
    for (size_t i = 1; i < count; i++) {
        if (editor_is_option(arguments[i], name))
            return true;
    }
    return false;
}

/* The value of the first option of that name, borrowed; NULL when there is none. */
static const char *option_value(char *const *arguments, size_t count, const char *name)
{
    for (size_t i = 1; i < count; i++) {
        if (!editor_is_option(arguments[i], name))
            continue;
        const char *equals = strchr(arguments[i], '=');
        if (equals)
            return equals + 1;
        return i + 1 < count && arguments[i + 1][0] != '-' ? arguments[i + 1] : NULL;
    }
    return NULL;
}

bool editor_is_program(const char *program, enum path_style style)
{
    const char *expected = style == PATH_WINDOWS ? "Unity.exe" : "Unity";
    return path_equals(path_name(program, style), expected, style);
}

bool editor_is_editor(char *const *arguments, size_t count, enum path_style style)
{
    if (count == 0 || !editor_is_program(arguments[0], style))
        return false;
    const char *name = option_value(arguments, count, "name");
    bool is_worker = name && begins_in_any_case(name, "AssetImportWorker");
    return !is_worker && !has_option(arguments, count, "adb2");
}

bool editor_is_batch(char *const *arguments, size_t count)
{
    return has_option(arguments, count, "batchmode");
}

/* The text inside the quotes that a launcher left around it; the text itself when there are none.
 */
static char *unquoted(char *text)
{
    size_t length = strlen(text);
    if (length < 2 || (*text != '"' && *text != '\'') || text[length - 1] != *text)
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

char *editor_project_of_arguments(char *const *arguments, size_t count, enum path_style style)
{
    if (!editor_is_editor(arguments, count, style))
        return NULL;
    const char *value = option_value(arguments, count, "projectPath");
    if (!value || !*value)
        return NULL;
    char *copy = memory_copy_string(value);
    char *path = memory_copy_string(unquoted(copy));
    free(copy);
    path_trim(path, style);
    return path;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/*
 * Where the text ends that begins here: at a blank with the '-' of the next option behind it,
 * outside of quotes. A quote counts where a word or a value begins: the apostrophe in a name is
 * none.
 */
static char *text_end(char *text)
{
    char quote = '\0';
    for (char *at = text; *at; at++) {
        bool begins = at == text || is_blank(at[-1]) || at[-1] == '=';
        if (*at == quote)
            quote = '\0';
        else if (!quote && begins && (*at == '"' || *at == '\''))
            quote = *at;
        else if (!quote && is_blank(*at) && at[1] == '-')
            return at;
    }
    return text + strlen(text);
}

/* Cuts one text off the front of *rest, without the blanks around it. */
static char *take_text(char **rest)
{
    char *text = *rest + strspn(*rest, " \t");
    char *end = text_end(text);
    *rest = *end ? end + 1 : end;
    while (end > text && is_blank(end[-1]))
        end--;
    *end = '\0';
    return text;
}

char *editor_project_of_line(const char *line, enum path_style style)
{
    char *copy = memory_copy_string(line);
    char **arguments = memory_new((strlen(line) + 2) * sizeof *arguments);
    size_t count = 0;
    char *rest = copy;
    arguments[count++] = unquoted(take_text(&rest)); /* the program, blanks in its path included */
    while (*rest) {
        char *option = take_text(&rest);
        char *name_end = option + strcspn(option, " \t=");
        arguments[count++] = option;
        if (is_blank(*name_end)) {
            *name_end++ = '\0';
            arguments[count++] = unquoted(name_end + strspn(name_end, " \t"));
        }
    }
    char *project = editor_project_of_arguments(arguments, count, style);
    free(arguments);
    free(copy);
    return project;
}
