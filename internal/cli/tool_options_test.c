#include "cli/tool_options.h"

#include "base/buffer.h"
#include "base/file.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What reading a tool's arguments gave. */
struct outcome {
    bool done;
    char *params; /* JSON */
    struct error error;
};

static struct outcome parse_for(const struct tool *tool, char **arguments, size_t count)
{
    struct outcome outcome = {0};
    struct option *options = tool_options_new(tool, "here", &outcome.error);
    cr_assert(options, "%s", outcome.error.message);
    cJSON *params = cJSON_CreateObject();
    const struct option_set set = {.options = options, .params = params};
    outcome.done = option_parse(&set, 1, arguments, count, NULL, &outcome.error) &&
                   tool_options_check_required(options, params, &outcome.error);
    outcome.params = json_print(params);
    cJSON_Delete(params);
    free(options);
    return outcome;
}

static void clear(struct outcome *outcome)
{
    free(outcome->params);
    error_clear(&outcome->error);
}

static struct tool tool_of(const cJSON *definition)
{
    struct tool tool;
    struct error error = {0};
    cr_assert(tool_read(definition, "here", &tool, &error), "%s", error.message);
    return tool;
}

static const char SCHEMA[] =
    "{\"name\":\"probe\",\"inputSchema\":{\"properties\":{"
    "\"Mode\":{\"type\":\"string\",\"enum\":[\"Fast\",\"VerySlow\"],\"default\":\"Fast\"},"
    "\"Count\":{\"type\":\"integer\"},\"Ratio\":{\"type\":\"number\"},"
    "\"Level\":{\"type\":\"integer\",\"enum\":[1,2]},"
    "\"Ids\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
    "\"Names\":{\"type\":\"array\"},\"Extra\":{\"type\":\"object\"},"
    "\"Where\":{\"type\":\"Vector3\"},\"Flag\":{\"type\":\"boolean\"}}}}";

static struct outcome parse(char **arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    cJSON *definition = json_parse(slice_of(SCHEMA), NULL);
    struct tool tool = tool_of(definition);
    struct outcome outcome = parse_for(&tool, arguments, count);
    tool_clear(&tool);
    cJSON_Delete(definition);
    return outcome;
}

#define ARGUMENTS(...) ((char *[]){__VA_ARGS__, NULL})

static void expect_params(char **arguments, const char *params)
{
    struct outcome outcome = parse(arguments);
    cr_expect(outcome.done, "%s", outcome.error.message);
    cr_expect_str_eq(outcome.params, params);
    clear(&outcome);
}

static void expect_refusal(char **arguments, const char *message)
{
    struct outcome outcome = parse(arguments);
    cr_expect_not(outcome.done, "%s was taken", arguments[0]);
    cr_expect_eq(outcome.error.code, E_INVALID_ARGUMENT);
    cr_expect_str_eq(outcome.error.message, message);
    clear(&outcome);
}

/* The arguments of a conformance case on one line, for messages. */
static char *describe(const cJSON *conformance)
{
    return json_print(json_get(conformance, "args"));
}

static void check_case(const struct tool *tool, const cJSON *conformance)
{
    char *arguments[8];
    size_t count = 0;
    const cJSON *argument;
    cJSON_ArrayForEach(argument, json_get(conformance, "args"))
    {
        cr_assert(count < sizeof(arguments) / sizeof(arguments[0]));
        arguments[count++] = argument->valuestring;
    }
    char *name = describe(conformance);
    struct outcome outcome = parse_for(tool, arguments, count);
    const cJSON *expected = json_get(conformance, "params");
    const char *raw = json_string(conformance, "params_raw");
    if (json_string(conformance, "error")) {
        cr_expect_not(outcome.done, "%s gave %s", name, outcome.params);
        cr_expect_str_eq(error_info(outcome.error.code)->wire_code,
                         json_string(conformance, "error"), "%s", name);
    } else if (raw) {
        cr_expect_str_eq(outcome.params, raw, "%s", name);
    } else {
        cJSON *actual = json_parse(slice_of(outcome.params), NULL);
        cr_expect(cJSON_Compare(actual, expected, true), "%s gave %s", name, outcome.params);
        cJSON_Delete(actual);
    }
    free(name);
    clear(&outcome);
}

static cJSON *conformance_file(void)
{
    struct buffer text = {0};
    struct error error = {0};
    enum file_outcome outcome =
        file_read(ULOOP_TESTDATA "/conformance/options.json", 1 << 20, &text, &error);
    cr_assert_eq(outcome, FILE_READ);
    cJSON *file = json_parse(buffer_slice(&text), NULL);
    cr_assert(file);
    buffer_clear(&text);
    return file;
}

Test(tool_options, give_what_the_conformance_cases_expect)
{
    cJSON *file = conformance_file();
    struct tool tool = tool_of(json_get(file, "schema"));
    const cJSON *conformance;
    int count = 0;
    cJSON_ArrayForEach(conformance, json_get(file, "cases"))
    {
        check_case(&tool, conformance);
        count++;
    }
    cr_assert(count >= 26, "only %d cases", count);
    tool_clear(&tool);
    cJSON_Delete(file);
}

Test(tool_options, have_the_names_of_the_conformance_table)
{
    cJSON *file = conformance_file();
    const cJSON *pair;
    cJSON_ArrayForEach(pair, json_get(file, "names"))
    {
        char *name = tool_option_name(pair->string);
        cr_expect_str_eq(name, pair->valuestring);
        free(name);
    }
    cJSON_Delete(file);
}

Test(tool_options, correct_a_choice_to_the_schemas_spelling)
{
    expect_params(ARGUMENTS("--mode", "veryslow"), "{\"Mode\":\"VerySlow\"}");
    expect_params(ARGUMENTS("--level", "2"), "{\"Level\":2}");
    expect_refusal(ARGUMENTS("--mode", "slow"), "--mode takes one of Fast, VerySlow, not slow.");
    expect_refusal(ARGUMENTS("--level", "3"), "--level takes one of 1, 2, not 3.");
}

Test(tool_options, send_numbers_and_json_byte_for_byte)
{
    expect_params(ARGUMENTS("--ratio", "1.50", "--count=9223372036854775807"),
                  "{\"Ratio\":1.50,\"Count\":9223372036854775807}");
    expect_params(ARGUMENTS("--extra", "{\"k\": 1e400, \"u\":\"\\u00e9\"}"),
                  "{\"Extra\":{\"k\": 1e400, \"u\":\"\\u00e9\"}}");
    expect_params(ARGUMENTS("--names=[1.0, \"a\"]"), "{\"Names\":[1.0, \"a\"]}");
}

Test(tool_options, refuse_numbers_that_json_does_not_have)
{
    static char *const values[] = {"nan", "inf", "-inf", "0x10",  "+1",  "1_000", "01",
                                   ".5",  "5.",  "1e",   "1e400", "1,5", "٣"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char *argument = memory_format("--ratio=%s", values[i]);
        char *message = memory_format("--ratio takes a number, not %s.", values[i]);
        expect_refusal(ARGUMENTS(argument), message);
        free(argument);
        free(message);
    }
    expect_refusal(ARGUMENTS("--count", "1e3"), "--count takes an integer, not 1e3.");
    expect_refusal(ARGUMENTS("--count", "9223372036854775808"),
                   "--count takes an integer of 64 bits, not 9223372036854775808.");
}

Test(tool_options, refuse_an_over_long_number)
{
    char digits[101];
    memset(digits, '1', sizeof(digits) - 1);
    digits[sizeof(digits) - 1] = '\0';
    struct outcome outcome = parse(ARGUMENTS("--ratio", digits));
    cr_expect_not(outcome.done);
    clear(&outcome);
    outcome = parse(ARGUMENTS("--count", digits));
    cr_expect_not(outcome.done);
    clear(&outcome);
}

Test(tool_options, convert_elements_to_the_type_of_items)
{
    expect_params(ARGUMENTS("--ids", "1, -2,3"), "{\"Ids\":[1,-2,3]}");
    expect_params(ARGUMENTS("--names", "1,a \"b\""), "{\"Names\":[\"1\",\"a \\\"b\\\"\"]}");
    expect_refusal(ARGUMENTS("--ids", "1,x"), "--ids takes an integer, not x.");
    expect_refusal(ARGUMENTS("--ids", "1,,2"), "--ids has an empty element in its list.");
    expect_refusal(ARGUMENTS("--names", "a,"), "--names has an empty element in its list.");
}

Test(tool_options, let_an_array_grow_and_a_scalar_be_replaced)
{
    expect_params(ARGUMENTS("--names", "a", "--count", "1", "--names", "[\"b\", 2]", "--names=[]",
                            "--count", "2", "--names", "c"),
                  "{\"Names\":[\"a\",\"b\", 2,\"c\"],\"Count\":2}");
    expect_params(ARGUMENTS("--names= [ ] "), "{\"Names\":[]}");
    expect_params(ARGUMENTS("--flag", "--no-flag"), "{\"Flag\":false}");
}

Test(tool_options, take_json_for_a_type_they_do_not_know_and_else_a_string)
{
    expect_params(ARGUMENTS("--where", "{\"x\":1.0}"), "{\"Where\":{\"x\":1.0}}");
    expect_params(ARGUMENTS("--where", "7"), "{\"Where\":7}");
    expect_params(ARGUMENTS("--where", "true"), "{\"Where\":true}");
    expect_params(ARGUMENTS("--where", "up {"), "{\"Where\":\"up {\"}");
}

Test(tool_options, refuse_an_object_that_is_none)
{
    expect_refusal(ARGUMENTS("--extra", "[1]"),
                   "--extra takes a JSON object (this is another value), not [1].");
    expect_refusal(ARGUMENTS("--extra", "{\"a\":}"),
                   "--extra takes a JSON object (not a JSON value), not {\"a\":}.");
}

Test(tool_options, name_every_required_one_that_is_missing)
{
    cJSON *definition = json_parse(
        slice_of("{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"A\":{\"type\":\"string\"},"
                 "\"BigB\":{\"type\":\"integer\"},\"C\":{}},\"required\":[\"A\",\"BigB\"]}}"),
        NULL);
    struct tool tool = tool_of(definition);
    struct outcome outcome = parse_for(&tool, ARGUMENTS("--c", "1"), 2);
    cr_assert_not(outcome.done);
    cr_expect_eq(outcome.error.code, E_INVALID_ARGUMENT);
    cr_expect_str_eq(outcome.error.message, "Missing: --a, --big-b.");
    clear(&outcome);
    outcome = parse_for(&tool, ARGUMENTS("--a", "1", "--big-b", "2"), 4);
    cr_expect(outcome.done);
    clear(&outcome);
    tool_clear(&tool);
    cJSON_Delete(definition);
}

Test(tool_options, refuse_a_parameter_whose_option_is_uloops_own)
{
    cJSON *definition = json_parse(
        slice_of("{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"ProjectPath\":{}}}}"), NULL);
    struct tool tool = tool_of(definition);
    struct error error = {0};
    cr_expect_null(tool_options_new(&tool, "here", &error));
    cr_expect_eq(error.code, E_CATALOG_BROKEN);
    cr_expect(strstr(error.message, "ProjectPath"), "%s", error.message);
    error_clear(&error);
    tool_clear(&tool);
    cJSON_Delete(definition);
}
