#include "host/diagnostics.h"

#include "base/memory.h"
#include "base/path.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_MESSAGE_BYTES = 16 * 1024, /* of a message over several lines */
};

static struct diagnostic *add(struct diagnostics *list)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 16;
        list->items = memory_resize(list->items, list->capacity * sizeof(*list->items));
    }
    struct diagnostic *added = &list->items[list->count++];
    *added = (struct diagnostic){0};
    return added;
}

void diagnostics_add_error(struct diagnostics *list, const char *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    struct diagnostic *added = add(list);
    added->kind = DIAGNOSTIC_ERROR;
    added->file = memory_copy_string(file);
    added->message =
        file ? memory_format("%s: error: %s", file, text) : memory_format("error: %s", text);
    free(text);
}

void diagnostics_add_warning(struct diagnostics *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    struct diagnostic *added = add(list);
    added->kind = DIAGNOSTIC_WARNING;
    added->message = memory_format("warning: %s", text);
    free(text);
}

static bool starts_with(struct slice text, const char *word)
{
    size_t length = strlen(word);
    return text.length >= length && memcmp(text.data, word, length) == 0;
}

static struct slice behind(struct slice text, size_t length)
{
    return (struct slice){.data = text.data + length, .length = text.length - length};
}

static bool is_word_character(char byte)
{
    return isalpha((unsigned char)byte) || byte == '_';
}

/* "CS0103: ", "xUnit1026: ": letters, digits, a colon. */
static bool is_code(struct slice text)
{
    size_t letters = 0;
    while (letters < text.length && is_word_character(text.data[letters]))
        letters++;
    size_t end = letters;
    while (end < text.length && isdigit((unsigned char)text.data[end]))
        end++;
    return letters > 0 && end > letters && end < text.length && text.data[end] == ':';
}

/* "error CS0103: ": the word, a code, a colon. */
static bool read_kind(struct slice text, enum diagnostic_kind *kind)
{
    static const char *const WORDS[] = {[DIAGNOSTIC_ERROR] = "error ",
                                        [DIAGNOSTIC_WARNING] = "warning ",
                                        [DIAGNOSTIC_NOTE] = "info "};
    for (size_t at = 0; at < sizeof(WORDS) / sizeof(WORDS[0]); at++) {
        if (starts_with(text, WORDS[at])) {
            *kind = (enum diagnostic_kind)at;
            return is_code(behind(text, strlen(WORDS[at])));
        }
    }
    return false;
}

/* The length of a path in front of "(12,34)" that ends at `end`; 0 when there is none. */
static size_t path_before(struct slice text, size_t end, int *line)
{
    if (end == 0 || text.data[end - 1] != ')')
        return 0;
    size_t open = end - 1;
    while (open > 0 && (isdigit((unsigned char)text.data[open - 1]) || text.data[open - 1] == ','))
        open--;
    if (open < 2 || open == end - 1 || text.data[open - 1] != '(' || text.data[open] == ',')
        return 0;
    long number = strtol(text.data + open, NULL, 10); /* a ')' ends it */
    *line = number > INT_MAX ? INT_MAX : (int)number;
    return open - 1;
}

/* The path as a project knows it. */
static char *relative_path(struct slice path, const char *project_root)
{
    char *text = memory_copy_bytes(path.data, path.length);
    bool has_backslashes = PATH_NATIVE == PATH_WINDOWS;
    for (char *at = strchr(text, '\\'); at && has_backslashes; at = strchr(at, '\\'))
        *at = '/';
    size_t root = strlen(project_root);
    bool inside = strncmp(text, project_root, root) == 0 && text[root] == '/';
    char *made = memory_copy_string(inside ? text + root + 1 : text);
    free(text);
    return made;
}

/* Adds what the line says; false when it says nothing of its own. */
static bool parse_line(struct diagnostics *list, struct slice line, const char *project_root)
{
    enum diagnostic_kind kind;
    if (read_kind(line, &kind)) {
        struct diagnostic *added = add(list);
        added->kind = kind;
        added->message = memory_copy_bytes(line.data, line.length);
        return true;
    }
    /* A path may hold anything that looks like the rest of the line, so the first place counts
     * that is followed by a kind. */
    for (size_t at = 0; at + 2 < line.length; at++) {
        int number = 0;
        if (line.data[at] != ':' || line.data[at + 1] != ' ')
            continue;
        size_t path = path_before(line, at, &number);
        if (path == 0 || !read_kind(behind(line, at + 2), &kind))
            continue;
        struct diagnostic *added = add(list);
        added->kind = kind;
        added->line = number;
        added->file =
            relative_path((struct slice){.data = line.data, .length = path}, project_root);
        added->message =
            memory_format("%s%.*s", added->file, (int)(line.length - path), line.data + path);
        return true;
    }
    return false;
}

/* mcs points at what an error is related to: a script, or a library in whatever place it read it
 * from. Neither place is named otherwise than the user knows it. The caller frees. */
static char *shorten_related(struct slice line, const char *project_root)
{
    static const char RELATED[] = "(Location of the symbol related to previous error)";
    static const char LIBRARY[] = ".dll ";
    char *text = memory_copy_bytes(line.data, line.length);
    const char *related = strstr(text, RELATED);
    if (!related || related == text)
        return text;
    size_t path = (size_t)(related - text);
    bool is_library =
        path > strlen(LIBRARY) && strncmp(related - strlen(LIBRARY), LIBRARY, strlen(LIBRARY)) == 0;
    char *shortened = is_library ? memory_copy_string(path_name(text, PATH_NATIVE))
                                 : relative_path(line, project_root);
    free(text);
    return shortened;
}

/* Adds a line to the diagnostic before it; false when it cannot be more of it. */
static bool continue_message(struct diagnostic *diagnostic, struct slice line,
                             const char *project_root)
{
    size_t length = strlen(diagnostic->message);
    if (line.length == 0 || length + line.length > MOST_MESSAGE_BYTES ||
        starts_with(line, "Compilation failed") || starts_with(line, "Compilation succeeded"))
        return false;
    char *more = shorten_related(line, project_root); /* never longer */
    size_t more_length = strlen(more);
    diagnostic->message = memory_resize(diagnostic->message, length + more_length + 2);
    diagnostic->message[length] = '\n';
    memcpy(diagnostic->message + length + 1, more, more_length + 1);
    free(more);
    return true;
}

void diagnostics_parse(struct diagnostics *list, struct slice output, const char *project_root)
{
    bool open = false; /* the last one may go on */
    while (output.length > 0) {
        const char *end = memchr(output.data, '\n', output.length);
        size_t length = end ? (size_t)(end - output.data) : output.length;
        struct slice line = {.data = output.data, .length = length};
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        open = parse_line(list, line, project_root) ||
               (open && continue_message(&list->items[list->count - 1], line, project_root));
        output = behind(output, end ? length + 1 : length);
    }
}

size_t diagnostics_count(const struct diagnostics *list, enum diagnostic_kind kind)
{
    size_t count = 0;
    for (size_t at = 0; at < list->count; at++)
        count += list->items[at].kind == kind;
    return count;
}

void diagnostics_move(struct diagnostics *list, struct diagnostics *from)
{
    for (size_t at = 0; at < from->count; at++)
        *add(list) = from->items[at];
    from->count = 0;
}

void diagnostics_clear(struct diagnostics *list)
{
    for (size_t at = 0; at < list->count; at++) {
        free(list->items[at].message);
        free(list->items[at].file);
    }
    free(list->items);
    *list = (struct diagnostics){0};
}
