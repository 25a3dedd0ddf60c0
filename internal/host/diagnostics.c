#include "host/diagnostics.h"

#include "base/memory.h"
#include "base/path.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

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
    added->is_error = true;
    added->file = memory_copy_string(file);
    added->message =
        file ? memory_format("%s: error: %s", file, text) : memory_format("error: %s", text);
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

/* "error CS0103: ": the word, a code of letters and digits, a colon. */
static bool read_kind(struct slice text, bool *is_error)
{
    static const char ERROR_WORD[] = "error ", WARNING_WORD[] = "warning ";
    *is_error = starts_with(text, ERROR_WORD);
    if (!*is_error && !starts_with(text, WARNING_WORD))
        return false;
    text = behind(text, *is_error ? sizeof(ERROR_WORD) - 1 : sizeof(WARNING_WORD) - 1);
    size_t letters = 0;
    while (letters < text.length && isupper((unsigned char)text.data[letters]))
        letters++;
    size_t end = letters;
    while (end < text.length && isdigit((unsigned char)text.data[end]))
        end++;
    return letters > 0 && end > letters && end < text.length && text.data[end] == ':';
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

static void parse_line(struct diagnostics *list, struct slice line, const char *project_root)
{
    bool is_error = false;
    if (read_kind(line, &is_error)) {
        struct diagnostic *added = add(list);
        added->is_error = is_error;
        added->message = memory_copy_bytes(line.data, line.length);
        return;
    }
    /* A path may hold anything that looks like the rest of the line, so the first place counts
     * that is followed by a kind. */
    for (size_t at = 0; at + 2 < line.length; at++) {
        int number = 0;
        if (line.data[at] != ':' || line.data[at + 1] != ' ')
            continue;
        size_t path = path_before(line, at, &number);
        if (path == 0 || !read_kind(behind(line, at + 2), &is_error))
            continue;
        struct diagnostic *added = add(list);
        added->is_error = is_error;
        added->line = number;
        added->file =
            relative_path((struct slice){.data = line.data, .length = path}, project_root);
        added->message =
            memory_format("%s%.*s", added->file, (int)(line.length - path), line.data + path);
        return;
    }
}

void diagnostics_parse(struct diagnostics *list, struct slice output, const char *project_root)
{
    while (output.length > 0) {
        const char *end = memchr(output.data, '\n', output.length);
        size_t length = end ? (size_t)(end - output.data) : output.length;
        struct slice line = {.data = output.data, .length = length};
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        parse_line(list, line, project_root);
        output = behind(output, end ? length + 1 : length);
    }
}

size_t diagnostics_errors(const struct diagnostics *list)
{
    size_t errors = 0;
    for (size_t at = 0; at < list->count; at++)
        errors += list->items[at].is_error;
    return errors;
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
