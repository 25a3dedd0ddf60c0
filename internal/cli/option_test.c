#include "cli/option.h"

#include "base/buffer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* One option of each kind that a command that is built in can have. */
struct sample {
    bool force;
    bool wait;
    const char *path;
    const char *mode;
    uint64_t timeout_ms;
    struct option_list references;
    const char *first;
    const char *second;
};

static const char *const MODES[] = {"ready", "settled", "stopped", NULL};

static const struct option OPTIONS[] = {
    OPTION_FLAG(sample, force, "force", 'f', "do it anyway"),
    OPTION_SWITCH(sample, wait, "wait", '\0', "true", "wait for the end"),
    OPTION_STRING(sample, path, "path", 'p', "path", "where"),
    OPTION_CHOICE(sample, mode, "for", '\0', MODES, "ready", "what to wait for"),
    OPTION_SECONDS(sample, timeout_ms, "timeout", 't', "180", "how long"),
    OPTION_LIST(sample, references, "reference", 'r', "dll", "what else"),
    OPTION_OPERAND(sample, first, "first", "the first argument"),
    OPTION_OPERAND(sample, second, "second", "the second argument"),
    OPTION_END,
};

struct outcome {
    bool done;
    struct sample *sample;
    struct error error;
    size_t taken;
};

static struct outcome parse_up_to(size_t *taken, char **arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    struct outcome outcome = {.sample = option_values_new(OPTIONS, sizeof(struct sample))};
    const struct option_set set = {.options = OPTIONS, .values = outcome.sample};
    outcome.done = option_parse(&set, 1, arguments, count, taken, &outcome.error);
    return outcome;
}

static void clear(struct outcome *outcome)
{
    option_values_free(OPTIONS, outcome->sample);
    error_clear(&outcome->error);
}

#define ARGUMENTS(...) ((char *[]){__VA_ARGS__, NULL})

static struct outcome parse(char **arguments)
{
    struct outcome outcome = parse_up_to(NULL, arguments);
    cr_assert(outcome.done, "%s", outcome.error.message);
    return outcome;
}

static void expect_refusal(char **arguments, const char *message)
{
    struct outcome outcome = parse_up_to(NULL, arguments);
    cr_assert_not(outcome.done, "%s was taken", arguments[0]);
    cr_expect_eq(outcome.error.code, E_INVALID_ARGUMENT);
    cr_expect_str_eq(outcome.error.message, message);
    clear(&outcome);
}

Test(option, has_its_default_when_it_is_not_given)
{
    struct outcome outcome = parse_up_to(NULL, (char *[]){NULL});
    cr_assert(outcome.done);
    cr_expect_not(outcome.sample->force);
    cr_expect(outcome.sample->wait);
    cr_expect_null(outcome.sample->path);
    cr_expect_str_eq(outcome.sample->mode, "ready");
    cr_expect_eq(outcome.sample->timeout_ms, 180000);
    cr_expect_eq(outcome.sample->references.count, 0);
    cr_expect_null(outcome.sample->first);
    clear(&outcome);
}

Test(option, takes_values_in_every_form)
{
    struct outcome outcome = parse(ARGUMENTS("-f", "--path=a=b", "-t", "1.5", "--no-wait"));
    cr_expect(outcome.sample->force);
    cr_expect_not(outcome.sample->wait);
    cr_expect_str_eq(outcome.sample->path, "a=b");
    cr_expect_eq(outcome.sample->timeout_ms, 1500);
    clear(&outcome);
    outcome = parse(ARGUMENTS("--force", "--path", "x y", "-t=2", "--wait"));
    cr_expect_str_eq(outcome.sample->path, "x y");
    cr_expect_eq(outcome.sample->timeout_ms, 2000);
    cr_expect(outcome.sample->wait);
    clear(&outcome);
}

Test(option, counts_as_given_last)
{
    struct outcome outcome =
        parse(ARGUMENTS("-p", "one", "--no-wait", "--path=two", "--wait", "-t", "1", "-t", "2"));
    cr_expect_str_eq(outcome.sample->path, "two");
    cr_expect(outcome.sample->wait);
    cr_expect_eq(outcome.sample->timeout_ms, 2000);
    clear(&outcome);
}

Test(option, collects_a_list)
{
    struct outcome outcome = parse(ARGUMENTS("-r", "a,b.dll", "--reference=c.dll"));
    cr_assert_eq(outcome.sample->references.count, 2);
    cr_expect_str_eq(outcome.sample->references.items[0], "a,b.dll");
    cr_expect_str_eq(outcome.sample->references.items[1], "c.dll");
    clear(&outcome);
}

Test(option, corrects_a_choice_to_the_tables_spelling)
{
    struct outcome outcome = parse(ARGUMENTS("--for", "SETTLED"));
    cr_expect_eq(outcome.sample->mode, MODES[1]);
    clear(&outcome);
    expect_refusal(ARGUMENTS("--for", "settle"),
                   "--for takes one of ready, settled, stopped, not settle.");
}

Test(option, fills_operands_in_their_order_between_options)
{
    struct outcome outcome = parse(ARGUMENTS("one", "--force", "-2"));
    cr_expect_str_eq(outcome.sample->first, "one");
    cr_expect_str_eq(outcome.sample->second, "-2");
    clear(&outcome);
    expect_refusal(ARGUMENTS("one", "two", "three"), "Unexpected argument 'three'.");
}

Test(option, takes_a_number_with_a_dash_for_a_value)
{
    struct outcome outcome = parse(ARGUMENTS("--path", "-7"));
    cr_expect_str_eq(outcome.sample->path, "-7");
    clear(&outcome);
    outcome = parse(ARGUMENTS("--path=-x"));
    cr_expect_str_eq(outcome.sample->path, "-x");
    clear(&outcome);
    expect_refusal(ARGUMENTS("--path", "-x"), "--path needs a value.");
    expect_refusal(ARGUMENTS("--path", "-"), "--path needs a value.");
    expect_refusal(ARGUMENTS("--path", "-0x7"), "--path needs a value.");
}

Test(option, refuses_a_missing_value)
{
    expect_refusal(ARGUMENTS("--path"), "--path needs a value.");
    expect_refusal(ARGUMENTS("-p"), "-p needs a value.");
    expect_refusal(ARGUMENTS("--path", "--force"), "--path needs a value.");
    expect_refusal(ARGUMENTS("--path="), "--path needs a value that is not empty.");
    expect_refusal(ARGUMENTS("--path", ""), "--path needs a value that is not empty.");
}

Test(option, refuses_a_value_for_a_flag)
{
    expect_refusal(ARGUMENTS("--force=true"), "--force takes no value.");
    expect_refusal(ARGUMENTS("--no-wait=1"), "--no-wait takes no value.");
    expect_refusal(ARGUMENTS("a", "b", "--force", "true"),
                   "Unexpected argument 'true'. A flag takes no value: write --name "
                   "for true, --no-name for false.");
    expect_refusal(ARGUMENTS("--no-force"), "There is no option --no-force.");
}

Test(option, refuses_what_is_no_option_and_suggests_the_nearest)
{
    expect_refusal(ARGUMENTS("--pth", "x"), "There is no option --pth. Did you mean --path?");
    expect_refusal(ARGUMENTS("--Timeout=3"),
                   "There is no option --Timeout. Did you mean --timeout?");
    expect_refusal(ARGUMENTS("--time"), "There is no option --time. Did you mean --timeout?");
    expect_refusal(ARGUMENTS("--no-wiat"), "There is no option --no-wiat. Did you mean --no-wait?");
    expect_refusal(ARGUMENTS("--colour"), "There is no option --colour.");
    expect_refusal(ARGUMENTS("-z"), "There is no option -z.");
    expect_refusal(ARGUMENTS("-ff"), "There is no option -ff.");
    expect_refusal(ARGUMENTS("--"), "There is no option --.");
    expect_refusal(ARGUMENTS("-"), "There is no option -.");
    expect_refusal(ARGUMENTS("--=x"), "There is no option --.");
    expect_refusal(ARGUMENTS("--first=x"), "There is no option --first.");
}

Test(option, takes_seconds_above_zero_only)
{
    static char *const values[] = {"0",    "0.0", "nan",   "inf",  "1e3",   "+1",  ".5", "1.",
                                   "0x10", "1,5", "1 000", "five", "1e400", "--5", "1s", "'1'"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char *argument = memory_format("--timeout=%s", values[i]);
        char *message =
            memory_format("--timeout takes a number of seconds above 0, not %s.", values[i]);
        expect_refusal(ARGUMENTS(argument), message);
        free(argument);
        free(message);
    }
    expect_refusal(ARGUMENTS("--timeout", "-1"),
                   "--timeout takes a number of seconds above 0, not -1.");
    expect_refusal(ARGUMENTS("--timeout", "1000000001"),
                   "--timeout takes at most 1000000000 seconds, not 1000000001.");
}

Test(option, rounds_seconds_up_to_a_millisecond)
{
    struct outcome outcome = parse(ARGUMENTS("--timeout", "0.0001"));
    cr_expect_eq(outcome.sample->timeout_ms, 1);
    clear(&outcome);
    outcome = parse(ARGUMENTS("--timeout", "1000000000"));
    cr_expect_eq(outcome.sample->timeout_ms, 1000000000000);
    clear(&outcome);
}

Test(option, refuses_a_number_longer_than_any_number_is)
{
    struct buffer value = {0};
    struct buffer message = {0};
    buffer_append_string(&value, "--timeout=1.");
    for (int i = 0; i < 200; i++)
        buffer_append_char(&value, '0');
    buffer_append_string(&message, "--timeout takes a number of seconds above 0, not 1.");
    for (int i = 0; i < 78; i++)
        buffer_append_char(&message, '0');
    buffer_append_string(&message, "….");
    expect_refusal(ARGUMENTS(value.data), message.data);
    buffer_clear(&value);
    buffer_clear(&message);
}

Test(option, refuses_a_value_of_1_mib)
{
    struct buffer value = {0};
    for (size_t i = 0; i < OPTION_MOST_BYTES - 1; i++)
        buffer_append_char(&value, 'x');
    struct outcome outcome = parse(ARGUMENTS("--path", value.data));
    cr_expect_eq(outcome.sample->path, value.data);
    clear(&outcome);
    buffer_append_char(&value, 'x');
    expect_refusal(ARGUMENTS("--path", value.data),
                   "--path has a value of 1 MiB or more, which the Editor would not take.");
    buffer_clear(&value);
}

Test(option, quotes_only_the_beginning_of_a_huge_argument)
{
    struct buffer name = {0};
    buffer_append_string(&name, "--");
    for (int i = 0; i < 1 << 20; i++)
        buffer_append_char(&name, 'x');
    struct outcome outcome = parse_up_to(NULL, ARGUMENTS(name.data));
    cr_assert_not(outcome.done);
    cr_expect(strlen(outcome.error.message) < 200, "%zu", strlen(outcome.error.message));
    clear(&outcome);
    buffer_clear(&name);
}

Test(option, refuses_a_value_that_is_not_utf8)
{
    expect_refusal(ARGUMENTS("--path", "a\xFFz"), "--path has a value that is not UTF-8.");
    expect_refusal(ARGUMENTS("--path=\xED\xA0\x80"), "--path has a value that is not UTF-8.");
    expect_refusal(ARGUMENTS("--path=\xE6\x97"), "--path has a value that is not UTF-8.");
}

Test(option, stops_before_the_first_operand_when_asked_to)
{
    size_t taken;
    struct outcome outcome = parse_up_to(&taken, ARGUMENTS("-f", "--path", "x", "compile", "--no"));
    cr_assert(outcome.done);
    cr_expect_eq(taken, 3);
    clear(&outcome);
    outcome = parse_up_to(&taken, ARGUMENTS("-f"));
    cr_assert(outcome.done);
    cr_expect_eq(taken, 1);
    clear(&outcome);
}

Test(option, belongs_to_the_first_table_that_has_it)
{
    struct other {
        const char *path;
        bool extra;
        bool no_wait;
    } other = {0};
    static const struct option others[] = {
        OPTION_STRING(other, path, "path", '\0', "path", "another"),
        OPTION_FLAG(other, extra, "extra", '\0', "more"),
        OPTION_FLAG(other, no_wait, "no-wait", '\0', "the form that a switch has, too"),
        OPTION_END,
    };
    struct sample sample = {.wait = true};
    const struct option_set sets[] = {
        {.options = OPTIONS, .values = &sample},
        {.options = others, .values = &other},
    };
    struct error error = {0};
    cr_assert(
        option_parse(sets, 2, ARGUMENTS("--path", "x", "--extra", "--no-wait"), 4, NULL, &error));
    cr_expect_str_eq(sample.path, "x");
    cr_expect_null(other.path);
    cr_expect(other.extra);
    cr_expect_not(sample.wait);
    cr_expect_not(other.no_wait);
    cr_expect(option_exists(OPTIONS, "no-wait"));
}

Test(option, offers_the_form_of_a_switch_that_changes_its_default)
{
    cr_expect_str_eq(option_prefix(&OPTIONS[0]), "");
    cr_expect_str_eq(option_prefix(&OPTIONS[1]), "no-");
}

/* What a command takes that hands arguments on. */
struct relay {
    const char *path;
    int64_t depth;
    struct option_list rest;
};

static const struct option RELAY_OPTIONS[] = {
    OPTION_REST(relay, rest, "rest", "handed on"),
    OPTION_OPERAND(relay, path, "path", "where"),
    OPTION_INTEGER(relay, depth, "depth", '\0', "3", "how deep"),
    OPTION_END,
};

static bool parse_relay(struct relay **relay, char **arguments, size_t count, struct error *error)
{
    *relay = option_values_new(RELAY_OPTIONS, sizeof(struct relay));
    const struct option_set set = {.options = RELAY_OPTIONS, .values = *relay};
    return option_parse(&set, 1, arguments, count, NULL, error);
}

Test(option, hands_everything_behind_two_dashes_on_as_it_is)
{
    struct error error = {0};
    struct relay *relay;
    cr_assert(parse_relay(&relay, ARGUMENTS("here", "--", "--depth", "", "\xFF", "--"), 6, &error));
    cr_expect_str_eq(relay->path, "here");
    cr_expect_eq(relay->depth, 3);
    cr_assert_eq(relay->rest.count, 4);
    cr_expect_str_eq(relay->rest.items[0], "--depth");
    cr_expect_str_eq(relay->rest.items[1], "");
    cr_expect_str_eq(relay->rest.items[2], "\xFF");
    cr_expect_str_eq(relay->rest.items[3], "--");
    option_values_free(RELAY_OPTIONS, relay);
}

Test(option, fills_no_rest_without_two_dashes)
{
    struct error error = {0};
    struct relay *relay;
    cr_expect_not(parse_relay(&relay, ARGUMENTS("here", "there"), 2, &error));
    cr_expect_eq(relay->rest.count, 0);
    error_clear(&error);
    option_values_free(RELAY_OPTIONS, relay);
}

Test(option, refuses_two_dashes_where_nothing_takes_the_rest)
{
    expect_refusal(ARGUMENTS("--", "x"), "There is no option --.");
}

Test(option, reads_integers_below_zero_and_refuses_what_is_none)
{
    struct error error = {0};
    struct relay *relay;
    cr_assert(parse_relay(&relay, ARGUMENTS("--depth", "-1"), 2, &error));
    cr_expect_eq(relay->depth, -1);
    option_values_free(RELAY_OPTIONS, relay);
    static const char *const NONE[] = {"1.5", "x", "99999999999999999999", "1e3"};
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++) {
        cr_expect_not(parse_relay(&relay, ARGUMENTS("--depth", (char *)NONE[i]), 2, &error));
        cr_expect_eq(error.code, E_INVALID_ARGUMENT);
        error_clear(&error);
        option_values_free(RELAY_OPTIONS, relay);
    }
}
