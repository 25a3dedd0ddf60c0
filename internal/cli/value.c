#include "cli/value.h"

#include "base/buffer.h"
#include "cli/text.h"
#include "json/json.h"
#include "json/scan.h"
#include "json/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_NUMBER = 64,
    MOST_SECONDS = 1000000000 /* 31 years: what is more is a slip */
};

/* Says what the option wants and what it got. Always false. */
static bool refuse(const char *label, const char *text, const char *wanted, struct error *error)
{
    char *excerpt = text_excerpt(text);
    error_set(error, E_INVALID_ARGUMENT, "%s takes %s, not %s.", label, wanted, excerpt);
    error_add_detail(error, "option", label);
    free(excerpt);
    return false;
}

static bool refuse_as_a_whole(const char *label, const char *fault, struct error *error)
{
    error_set(error, E_INVALID_ARGUMENT, "%s %s.", label, fault);
    error_add_detail(error, "option", label);
    return false;
}

bool value_is_number(const char *text)
{
    bool begins_one = *text == '-' || isdigit((unsigned char)*text);
    return begins_one && json_check(slice_of(text), NULL) == NULL;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length(at, left);
        if (length == 0)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

/* What holds for every value, whatever its type. */
static bool check_text(const char *label, const char *text, struct error *error)
{
    if (*text == '\0')
        return refuse_as_a_whole(label, "needs a value that is not empty", error);
    if (strlen(text) >= OPTION_MOST_BYTES)
        return refuse_as_a_whole(
            label, "has a value of 1 MiB or more, which the Editor would not take", error);
    if (!is_utf8(text))
        return refuse_as_a_whole(label, "has a value that is not UTF-8", error);
    return true;
}

static bool equals_any_case(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* Replaces *text by the spelling that the table has. */
static bool check_choice(const struct option *option, const char *label, const char **text,
                         struct error *error)
{
    struct buffer wanted = {0};
    buffer_append_string(&wanted, "one of");
    for (const char *const *choice = option->choices; *choice; choice++) {
        if (equals_any_case(*choice, *text)) {
            *text = *choice;
            buffer_clear(&wanted);
            return true;
        }
        buffer_append_format(&wanted, "%s %s", choice == option->choices ? "" : ",", *choice);
    }
    refuse(label, *text, wanted.data, error);
    buffer_clear(&wanted);
    return false;
}

static bool check_integer(const char *label, const char *text, struct error *error)
{
    if (strlen(text) > LONGEST_NUMBER || !value_is_number(text) || strpbrk(text, ".eE"))
        return refuse(label, text, "an integer", error);
    errno = 0;
    (void)strtoll(text, NULL, 10);
    return errno == ERANGE ? refuse(label, text, "an integer of 64 bits", error) : true;
}

static bool check_number(const char *label, const char *text, struct error *error)
{
    if (strlen(text) > LONGEST_NUMBER || !value_is_number(text) ||
        fabs(strtod(text, NULL)) == HUGE_VAL)
        return refuse(label, text, "a number", error);
    return true;
}

static bool read_seconds(const char *label, const char *text, uint64_t *span_ms,
                         struct error *error)
{
    bool plain = strlen(text) <= LONGEST_NUMBER && strspn(text, "0123456789.") == strlen(text) &&
                 value_is_number(text);
    double seconds = plain ? strtod(text, NULL) : 0;
    if (seconds <= 0)
        return refuse(label, text, "a number of seconds above 0", error);
    if (seconds > MOST_SECONDS)
        return refuse(label, text, "at most 1000000000 seconds", error);
    *span_ms = (uint64_t)ceil(seconds * 1000);
    return true;
}

/* A new item; never NULL. */
static cJSON *require(cJSON *item)
{
    if (!item)
        memory_exhausted();
    return item;
}

/* The text itself as JSON: a number or an object goes to the Editor as it was typed. */
static cJSON *raw(const char *text)
{
    return require(cJSON_CreateRaw(text));
}

static cJSON *string(const char *text)
{
    return require(cJSON_CreateString(text));
}

/* A single value; NULL with *error set when the text is none. */
static cJSON *scalar(enum option_type type, const char *label, const char *text,
                     struct error *error)
{
    switch (type) {
    case OPTION_TYPE_INTEGER:
        return check_integer(label, text, error) ? raw(text) : NULL;
    case OPTION_TYPE_NUMBER:
        return check_number(label, text, error) ? raw(text) : NULL;
    case OPTION_TYPE_ANY:
        return json_check(slice_of(text), NULL) ? string(text) : raw(text);
    default:
        return string(text);
    }
}

static cJSON *object(const char *label, const char *text, struct error *error)
{
    const char *fault = json_check(slice_of(text), NULL);
    if (!fault && json_is_object(slice_of(text)))
        return raw(text);
    char *wanted = memory_format("a JSON object (%s)", fault ? fault : "this is another value");
    refuse(label, text, wanted, error);
    free(wanted);
    return NULL;
}

/* The text between `from` and `to` without the white space around it. The caller frees. */
static char *trimmed(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    return memory_copy_bytes(from, (size_t)(to - from));
}

/* Appends the elements of `a,b,c` as JSON. */
static bool append_elements(struct buffer *inside, const struct option *option, const char *label,
                            const char *text, struct error *error)
{
    for (const char *at = text;;) {
        const char *end = at + strcspn(at, ",");
        char *element = trimmed(at, end);
        cJSON *item = NULL;
        if (*element == '\0')
            refuse_as_a_whole(label, "has an empty element in its list", error);
        else
            item = scalar(option->item_type, label, element, error);
        free(element);
        if (!item)
            return false;
        char *json = json_print(item);
        buffer_append_format(inside, "%s%s", inside->length > 0 ? "," : "", json);
        free(json);
        cJSON_Delete(item);
        if (*end == '\0')
            return true;
        at = end + 1;
    }
}

/* Appends what stands between the brackets of a JSON array, as it was typed. */
static bool append_json_elements(struct buffer *inside, const char *label, const char *text,
                                 struct error *error)
{
    const char *fault = json_check(slice_of(text), NULL);
    if (fault) {
        char *wanted = memory_format("a,b,c or a JSON array (%s)", fault);
        refuse(label, text, wanted, error);
        free(wanted);
        return false;
    }
    char *elements = trimmed(strchr(text, '[') + 1, strrchr(text, ']'));
    if (*elements)
        buffer_append_format(inside, "%s%s", inside->length > 0 ? "," : "", elements);
    free(elements);
    return true;
}

/* An array, whose first elements are those of `before`: the raw array that the option already gave,
 * or NULL. */
static cJSON *array(const struct option *option, const cJSON *before, const char *label,
                    const char *text, struct error *error)
{
    struct buffer inside = {0};
    cJSON *value = NULL;
    if (before)
        buffer_append(&inside, before->valuestring + 1, strlen(before->valuestring) - 2);
    bool is_json = text[strspn(text, " \t\r\n")] == '[';
    if (is_json ? append_json_elements(&inside, label, text, error)
                : append_elements(&inside, option, label, text, error)) {
        char *json = memory_format("[%s]", inside.length > 0 ? inside.data : "");
        value = raw(json);
        free(json);
    }
    buffer_clear(&inside);
    return value;
}

/* Makes `value` the member, in the place of one that is there already. */
static void put(cJSON *params, const char *property, cJSON *value)
{
    bool done = json_get(params, property)
                    ? cJSON_ReplaceItemInObjectCaseSensitive(params, property, value)
                    : cJSON_AddItemToObject(params, property, value);
    if (!done)
        memory_exhausted();
}

static bool store_member(cJSON *params, const struct option *option, const char *label,
                         const char *text, struct error *error)
{
    cJSON *value;
    if (option->type == OPTION_TYPE_ARRAY)
        value = array(option, json_get(params, option->property), label, text, error);
    else if (option->type == OPTION_TYPE_OBJECT)
        value = object(label, text, error);
    else
        value = scalar(option->type, label, text, error);
    if (value)
        put(params, option->property, value);
    return value != NULL;
}

static void append_item(struct option_list *list, const char *text)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof(*list->items));
    list->items[list->count++] = text;
}

static bool store_in_place(void *place, const struct option *option, const char *label,
                           const char *text, struct error *error)
{
    switch (option->type) {
    case OPTION_TYPE_SECONDS:
        return read_seconds(label, text, place, error);
    case OPTION_TYPE_INTEGER:
        *(int64_t *)place = strtoll(text, NULL, 10);
        return check_integer(label, text, error);
    case OPTION_TYPE_LIST:
        append_item(place, text);
        return true;
    default:
        *(const char **)place = text;
        return true;
    }
}

bool value_store(const struct option_set *set, const struct option *option, const char *label,
                 const char *text, struct error *error)
{
    if (!check_text(label, text, error))
        return false;
    if (option->choices && !check_choice(option, label, &text, error))
        return false;
    if (option->property)
        return store_member(set->params, option, label, text, error);
    return store_in_place((char *)set->values + option->offset, option, label, text, error);
}

void value_store_flag(const struct option_set *set, const struct option *option, bool on)
{
    if (option->property)
        put(set->params, option->property, require(cJSON_CreateBool(on)));
    else
        *(bool *)((char *)set->values + option->offset) = on;
}

void value_append(const struct option_set *set, const struct option *option, const char *text)
{
    append_item((void *)((char *)set->values + option->offset), text);
}
