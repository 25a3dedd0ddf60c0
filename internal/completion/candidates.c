#include "completion/candidates.h"

#include "catalog/tool.h"
#include "cli/text.h"
#include "cli/tool_usage.h"
#include "cli/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TABLES = 3,
    HELP_COLUMNS_LISTED = 200
};

/* What the words before the cursor have said. */
struct place {
    struct cli *cli;
    const char *const *before;
    size_t before_count;
    const struct option *tables[MOST_TABLES]; /* whose options may follow; then NULL */
    struct tool_usage usage;                  /* of a tool; zero for a command */
    const char *command;                      /* NULL while none was named */
    const struct option *pending;             /* the option whose value comes next; NULL for none */
    size_t operands;                          /* how many were given */
    bool rest;                                /* behind "--" */
    struct buffer *out;
};

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool begins_with_any_case(const char *text, const char *beginning)
{
    while (*beginning && tolower((unsigned char)*text) == tolower((unsigned char)*beginning)) {
        text++;
        beginning++;
    }
    return *beginning == '\0';
}

/* Can it be typed as it is, in every shell? */
static bool is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./+,";
    for (const char *at = text; *at; at++) {
        if ((unsigned char)*at < 0x80 && !strchr(plain, *at))
            return false;
    }
    return tool_is_word(text);
}

/* Adds a candidate: `before` and `word` together. */
static void put(struct place *place, const char *before, const char *word, const char *help)
{
    struct buffer line = {0};
    text_wrap(&line, help, 0, 0, HELP_COLUMNS_LISTED);
    int length = line.data ? (int)strcspn(line.data, "\n") : 0;
    buffer_append_format(place->out, "%s%s\t%.*s\n", before, word, length,
                         line.data ? line.data : "");
    buffer_clear(&line);
}

static void put_files(struct place *place)
{
    buffer_append_string(place->out, ":files\n");
}

/* --- Words --- */

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !value_is_number(word);
}

static bool takes_value(const struct option *option)
{
    return option->type != OPTION_TYPE_FLAG && option->type != OPTION_TYPE_SWITCH;
}

/* The option that a word like --name, --name=value or -n names; NULL for --no-name too, which takes
 * no value. */
static const struct option *find_option(const struct place *place, const char *word)
{
    bool is_long = word[0] == '-' && word[1] == '-';
    size_t length = is_long ? strcspn(word + 2, "=") : 1;
    for (size_t i = 0; i < MOST_TABLES && place->tables[i]; i++) {
        for (const struct option *option = place->tables[i]; option->name; option++) {
            if (option->operand)
                continue;
            if (is_long
                    ? strlen(option->name) == length && strncmp(option->name, word + 2, length) == 0
                    : option->short_name && option->short_name == word[1])
                return option;
        }
    }
    return NULL;
}

/* Was the option given before the cursor, in either form? */
static bool was_given(const struct place *place, const struct option *option)
{
    for (size_t i = 0; i < place->before_count; i++) {
        const char *word = place->before[i];
        if (!is_option(word))
            continue;
        bool negated = option->type == OPTION_TYPE_SWITCH && begins_with(word, "--no-") &&
                       strcmp(word + strlen("--no-"), option->name) == 0;
        if (negated || find_option(place, word) == option)
            return true;
    }
    return false;
}

/* --- What may follow --- */

static void offer_names(struct place *place, const char *before, const char *typed)
{
    struct error error = {0};
    struct catalog catalog = {0};
    struct cli *cli = place->cli;
    for (const struct command *const *at = cli->table->commands; *at; at++) {
        if (begins_with((*at)->name, typed))
            put(place, before, (*at)->name, (*at)->summary);
    }
    (void)tool_catalog_load(cli, &catalog, &error); /* without it there are the commands */
    for (size_t i = 0; i < catalog.count; i++) {
        const struct catalog_entry *tool = &catalog.entries[i];
        if (begins_with(tool->name, typed) && is_plain(tool->name) && tool_is_listed(cli, tool))
            put(place, before, tool->name, tool->description);
    }
    catalog_clear(&catalog);
    error_clear(&error);
}

static bool is_among(const char *name, const char *const *names)
{
    while (name && *names && strcmp(name, *names) != 0)
        names++;
    return name && *names;
}

static void offer_values(struct place *place, const struct option *option, const char *before,
                         const char *typed)
{
    /* The options and operands that name a command of uloop. */
    static const char *const naming[] = {"list-options", "command", NULL};
    /* What a value or an operand is called in help when it names a file. */
    static const char *const files[] = {"path", "file", "folder", "dll", "program", NULL};
    for (const char *const *choice = option->choices; choice && *choice; choice++) {
        if (begins_with_any_case(*choice, typed) && is_plain(*choice))
            put(place, before, *choice, option->help);
    }
    if (is_among(option->name, naming))
        offer_names(place, before, typed);
    else if (is_among(option->operand ? option->name : option->value_name, files))
        put_files(place);
}

static void offer_option(struct place *place, const struct option *option, const char *typed)
{
    bool repeats = option->type == OPTION_TYPE_LIST || option->type == OPTION_TYPE_ARRAY;
    char *word = memory_format("--%s%s", option_prefix(option), option->name);
    if (begins_with(word, typed) && is_plain(word + 2) && (repeats || !was_given(place, option))) {
        char *help =
            memory_format("%s%s", *option_prefix(option) ? "turn off: " : "", option->help);
        put(place, "", word, help);
        free(help);
    }
    free(word);
}

static void offer_options(struct place *place, const char *typed)
{
    for (size_t i = 0; i < MOST_TABLES && place->tables[i]; i++) {
        for (const struct option *option = place->tables[i]; option->name; option++) {
            bool hidden = option->operand;
            for (size_t j = 0; j < i; j++)
                hidden = hidden || option_exists(place->tables[j], option->name);
            if (!hidden)
                offer_option(place, option, typed);
        }
    }
}

/* The next operand of the command; NULL when there is none. */
static const struct option *next_operand(const struct place *place)
{
    size_t skipped = 0;
    for (const struct option *option = place->tables[0]; option && option->name; option++) {
        if (option->operand && !option_is_rest(option) && skipped++ == place->operands)
            return option;
    }
    return NULL;
}

/* --- Reading the words before the cursor --- */

static void enter_command(struct place *place, const char *name)
{
    struct error error = {0};
    const struct command *command = command_find(place->cli->table, name);
    place->command = name;
    if (command) {
        place->tables[0] = command_options(command);
        place->tables[1] = COMMON_OPTIONS;
    } else if (tool_usage_open(place->cli, name, &place->usage, &error)) {
        place->tables[0] = place->usage.options;
        place->tables[1] = place->usage.call_options;
        place->tables[2] = COMMON_OPTIONS;
    } else {
        place->tables[0] = COMMON_OPTIONS;
        place->tables[1] = NULL;
    }
    error_clear(&error);
}

/* The project that is meant decides which tools there are, and may be named behind one of them. */
static void find_project(struct cli *cli, const char *const *words, size_t count)
{
    static const char name[] = "--project-path";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], name) == 0 && i + 1 < count)
            cli->common.project_path = words[i + 1];
        else if (begins_with(words[i], name) && words[i][sizeof(name) - 1] == '=')
            cli->common.project_path = words[i] + sizeof(name);
    }
}

static bool has_rest(const struct place *place)
{
    for (const struct option *option = place->tables[0]; option && option->name; option++) {
        if (option_is_rest(option))
            return true;
    }
    return false;
}

static void read_word(struct place *place, const char *word)
{
    const struct option *option = is_option(word) ? find_option(place, word) : NULL;
    bool is_value = place->pending && !is_option(word);
    place->pending = NULL;
    if (place->rest || is_value)
        return;
    if (strcmp(word, "--") == 0)
        place->rest = has_rest(place);
    else if (option && takes_value(option) && !strchr(word, '='))
        place->pending = option;
    else if (is_option(word))
        return;
    else if (!place->command)
        enter_command(place, word);
    else
        place->operands++;
}

static void offer(struct place *place, const char *typed)
{
    const char *equals = begins_with(typed, "--") ? strchr(typed, '=') : NULL;
    const struct option *valued = place->pending ? place->pending : next_operand(place);
    if (place->rest) {
        put_files(place);
    } else if (equals) {
        const struct option *option = find_option(place, typed);
        char *before = memory_copy_bytes(typed, (size_t)(equals + 1 - typed));
        if (option && takes_value(option))
            offer_values(place, option, before, equals + 1);
        free(before);
    } else if (*typed != '-' && valued) {
        offer_values(place, valued, "", typed);
    } else if (*typed != '-' && !place->command) {
        offer_names(place, "", typed);
    } else if (*typed == '-' || *typed == '\0') {
        offer_options(place, typed);
    }
}

void candidates_find(struct cli *cli, const char *const *words, size_t count, struct buffer *out)
{
    struct place place = {
        .cli = cli,
        .before = words,
        .before_count = count > 0 ? count - 1 : 0,
        .tables = {COMMON_OPTIONS, PROGRAM_OPTIONS},
        .out = out,
    };
    const char *typed = count > 0 ? words[count - 1] : "";
    find_project(cli, words, place.before_count);
    for (size_t i = 0; i < place.before_count; i++)
        read_word(&place, words[i]);
    offer(&place, strcmp(typed, "\"\"") == 0 ? "" : typed);
    tool_usage_clear(&place.usage);
}
