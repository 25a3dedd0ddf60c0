#include "cli/option.h"

#include "base/memory.h"
#include "cli/suggest.h"
#include "cli/text.h"
#include "cli/text_source.h"
#include "cli/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The arguments while they are read. */
struct reader {
    const struct option_set *sets;
    size_t set_count;
    char *const *arguments;
    size_t count;
    size_t at;
    size_t operands;   /* how many were stored */
    char *input_label; /* the option that has read standard input; owned, NULL while none has */
    struct error *error;
};

/* An option that was named, where it was found, and how it is called in errors. */
struct found {
    const struct option_set *set;
    const struct option *option;
    bool negated; /* --no-name */
    char *label;  /* "--name"; owned */
};

const char *option_prefix(const struct option *option)
{
    bool on = option->type == OPTION_TYPE_SWITCH && option->default_text &&
              strcmp(option->default_text, "true") == 0;
    return on ? "no-" : "";
}

/* The option that `length` bytes of `name` name; operands have no name. */
static const struct option *find_name(const struct option *options, const char *name, size_t length)
{
    for (const struct option *option = options; option->name; option++) {
        if (!option->operand && strncmp(option->name, name, length) == 0 &&
            option->name[length] == '\0')
            return option;
    }
    return NULL;
}

bool option_is_rest(const struct option *option)
{
    return option->operand && option->type == OPTION_TYPE_LIST;
}

/* The option that is typed so, as its name stands or, of a switch, behind "no-". */
static const struct option *find_form(const struct option *options, const char *name, size_t length,
                                      bool *negated)
{
    const struct option *option = find_name(options, name, length);
    *negated = false;
    if (option || length <= 3 || strncmp(name, "no-", 3) != 0)
        return option;
    option = find_name(options, name + 3, length - 3);
    *negated = true;
    return option && option->type == OPTION_TYPE_SWITCH ? option : NULL;
}

bool option_exists(const struct option *options, const char *name)
{
    bool negated;
    return find_form(options, name, strlen(name), &negated) != NULL;
}

static bool find_long(const struct reader *reader, const char *name, size_t length,
                      struct found *found)
{
    for (size_t i = 0; i < reader->set_count; i++) {
        *found = (struct found){.set = &reader->sets[i]};
        found->option = find_form(found->set->options, name, length, &found->negated);
        if (found->option)
            return true;
    }
    return false;
}

static bool find_short(const struct reader *reader, char name, struct found *found)
{
    for (size_t i = 0; i < reader->set_count; i++) {
        for (const struct option *option = reader->sets[i].options; option->name; option++) {
            if (option->short_name && option->short_name == name) {
                *found = (struct found){.set = &reader->sets[i], .option = option};
                return true;
            }
        }
    }
    return false;
}

/* Finds the real option that `name` is nearest to; the caller frees, NULL when none is near. */
static char *nearest_option(const struct reader *reader, const char *name)
{
    bool negative = strncmp(name, "no-", 3) == 0;
    struct suggestion plain = {.typed = name};
    struct suggestion negated = {.typed = negative ? name + 3 : name};
    for (size_t i = 0; i < reader->set_count; i++) {
        for (const struct option *option = reader->sets[i].options; option->name; option++) {
            if (option->operand)
                continue;
            suggest_consider(&plain, option->name);
            if (negative && option->type == OPTION_TYPE_SWITCH)
                suggest_consider(&negated, option->name);
        }
    }
    if (negated.best && (!plain.best || negated.distance <= plain.distance))
        return memory_format("--no-%s", negated.best);
    return plain.best ? memory_format("--%s", plain.best) : NULL;
}

static bool refuse_unknown(const struct reader *reader, const char *argument, size_t length)
{
    char *typed = memory_copy_bytes(argument, length);
    char *excerpt = text_excerpt(typed);
    char *nearest = nearest_option(reader, typed + strspn(typed, "-"));
    error_set(reader->error, E_INVALID_ARGUMENT, "There is no option %s.%s%s%s", excerpt,
              nearest ? " Did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    error_add_detail(reader->error, "option", excerpt);
    if (nearest)
        error_add_detail(reader->error, "suggestion", nearest);
    free(nearest);
    free(excerpt);
    free(typed);
    return false;
}

static bool refuse_stray(const struct reader *reader, const char *argument)
{
    char *excerpt = text_excerpt(argument);
    bool is_boolean = strcmp(argument, "true") == 0 || strcmp(argument, "false") == 0;
    error_set(reader->error, E_INVALID_ARGUMENT, "Unexpected argument '%s'.%s", excerpt,
              is_boolean ? " A flag takes no value: write --name for true, --no-name for false."
                         : "");
    free(excerpt);
    return false;
}

/* Is the argument an option, or a value or operand? */
static bool is_option(const char *argument)
{
    return argument[0] == '-' && !value_is_number(argument);
}

static bool takes_value(const struct option *option)
{
    return option->type != OPTION_TYPE_FLAG && option->type != OPTION_TYPE_SWITCH;
}

/* Standard input is at its end when it has been read once. */
static bool take_input(struct reader *reader, const char *label)
{
    if (!reader->input_label) {
        reader->input_label = memory_copy_string(label);
        return true;
    }
    error_set(reader->error, E_INVALID_ARGUMENT,
              "%s cannot read standard input, which %s has read already.", label,
              reader->input_label);
    error_add_detail(reader->error, "option", label);
    return false;
}

static bool store_value(struct reader *reader, const struct found *found, const char *value)
{
    struct buffer content = {0};
    if (text_source_serves(found->option)) {
        if (strcmp(value, TEXT_SOURCE_INPUT) == 0 && !take_input(reader, found->label))
            return false;
        value = text_source_read(found->label, value, &content, reader->error);
    }
    bool done = value && value_store(found->set, found->option, found->label, value, reader->error);
    buffer_clear(&content);
    return done;
}

/* `value`: what stood behind '=', or NULL. */
static bool store(struct reader *reader, const struct found *found, const char *value)
{
    if (!takes_value(found->option)) {
        if (!value) {
            value_store_flag(found->set, found->option, !found->negated);
            return true;
        }
        const char *no = found->option->type == OPTION_TYPE_SWITCH ? "no-" : "";
        error_set(reader->error, E_INVALID_ARGUMENT, "%s takes no value.", found->label);
        if (*no)
            error_set_next(reader->error, "Write --%s for true and --no-%s for false.",
                           found->option->name, found->option->name);
        error_add_detail(reader->error, "option", found->label);
        return false;
    }
    if (!value) {
        if (reader->at == reader->count || is_option(reader->arguments[reader->at])) {
            error_set(reader->error, E_INVALID_ARGUMENT, "%s needs a value.", found->label);
            error_add_detail(reader->error, "option", found->label);
            return false;
        }
        value = reader->arguments[reader->at++];
    }
    return store_value(reader, found, value);
}

static bool read_option(struct reader *reader, const char *argument)
{
    struct found found;
    size_t length = strcspn(argument, "=");
    const char *value = argument[length] == '=' ? argument + length + 1 : NULL;
    bool is_long = strncmp(argument, "--", 2) == 0;
    bool known = is_long ? length > 2 && find_long(reader, argument + 2, length - 2, &found)
                         : length == 2 && find_short(reader, argument[1], &found);
    if (!known)
        return refuse_unknown(reader, argument, length);
    found.label = memory_copy_bytes(argument, length);
    bool done = store(reader, &found, value);
    free(found.label);
    return done;
}

/* Stores the argument in the next operand of the tables, if there is one left. */
static bool read_operand(struct reader *reader, const char *argument)
{
    size_t skipped = 0;
    for (size_t i = 0; i < reader->set_count; i++) {
        for (const struct option *option = reader->sets[i].options; option->name; option++) {
            if (!option->operand || option_is_rest(option) || skipped++ < reader->operands)
                continue;
            char *label = memory_format("<%s>", option->name);
            reader->operands++;
            bool done = value_store(&reader->sets[i], option, label, argument, reader->error);
            free(label);
            return done;
        }
    }
    return refuse_stray(reader, argument);
}

/* Stores all that is left where a table takes it; false when none does. */
static bool read_rest(struct reader *reader)
{
    for (size_t i = 0; i < reader->set_count; i++) {
        for (const struct option *option = reader->sets[i].options; option->name; option++) {
            if (!option_is_rest(option))
                continue;
            while (reader->at < reader->count)
                value_append(&reader->sets[i], option, reader->arguments[reader->at++]);
            return true;
        }
    }
    return false;
}

bool option_parse(const struct option_set *sets, size_t set_count, char *const *arguments,
                  size_t count, size_t *taken, struct error *error)
{
    struct reader reader = {
        .sets = sets,
        .set_count = set_count,
        .arguments = arguments,
        .count = count,
        .error = error,
    };
    bool done = true;
    while (done && reader.at < count) {
        const char *argument = arguments[reader.at];
        if (taken && !is_option(argument))
            break;
        reader.at++;
        if (strcmp(argument, "--") == 0 && read_rest(&reader))
            break;
        done =
            is_option(argument) ? read_option(&reader, argument) : read_operand(&reader, argument);
    }
    if (done && taken)
        *taken = reader.at;
    free(reader.input_label);
    return done;
}

void *option_values_new(const struct option *options, size_t size)
{
    struct option_set set = {.options = options, .values = memory_new(size)};
    struct error error = {0};
    for (const struct option *option = options; option->name; option++) {
        if (!option->default_text)
            continue;
        if (takes_value(option))
            (void)value_store(&set, option, option->name, option->default_text, &error);
        else
            value_store_flag(&set, option, strcmp(option->default_text, "true") == 0);
    }
    error_clear(&error);
    return set.values;
}

void option_values_free(const struct option *options, void *values)
{
    for (const struct option *option = options; option->name; option++) {
        if (option->type == OPTION_TYPE_LIST)
            free(((struct option_list *)(void *)((char *)values + option->offset))->items);
    }
    free(values);
}
