#include "catalog/tool.h"

#include "base/buffer.h"
#include "json/json.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

/* The tool that the text defines; fails the test when it cannot be read. */
static struct tool tool_of(const char *definition)
{
    struct tool tool;
    struct error error = {0};
    cJSON *tree = json_parse(slice_of(definition), NULL);
    cr_assert(tree, "%s is no JSON", definition);
    cr_assert(tool_read(tree, "here", &tool, &error), "%s", error.message);
    cJSON_Delete(tree);
    return tool;
}

/* What is wrong with the tool that the text defines; the caller frees. */
static char *fault_of(const char *definition)
{
    struct tool tool;
    struct error error = {0};
    cJSON *tree = json_parse(slice_of(definition), NULL);
    cr_assert(tree, "%s is no JSON", definition);
    cr_assert_not(tool_read(tree, "here", &tool, &error));
    cr_assert_eq(error.code, E_CATALOG_BROKEN);
    char *message = memory_copy_string(error.message);
    error_clear(&error);
    cJSON_Delete(tree);
    return message;
}

Test(tool, names_options_as_the_conformance_table_does)
{
    static const char *const pairs[][2] = {
        {"ForceRecompile", "force-recompile"},
        {"WaitForDomainReload", "wait-for-domain-reload"},
        {"FromX", "from-x"},
        {"UseComponentsLut", "use-components-lut"},
        {"Code", "code"},
        {"MaxCount", "max-count"},
        {"X", "x"},
        {"RequestID", "request-i-d"},
        {"camelCase", "camel-case"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char *name = tool_option_name(pairs[i][0]);
        cr_expect_str_eq(name, pairs[i][1]);
        free(name);
    }
}

/* Both shapes below describe this tool. */
static void expect_probe(struct tool tool)
{
    cr_assert_str_eq(tool.name, "probe");
    cr_assert_str_eq(tool.description, "look");
    cr_assert_eq(tool.parameter_count, 2);
    const struct tool_parameter *mode = &tool.parameters[0];
    const struct tool_parameter *count = &tool.parameters[1];
    cr_expect_str_eq(mode->name, "ScanMode");
    cr_expect_str_eq(mode->option_name, "scan-mode");
    cr_expect_eq(mode->type, TOOL_STRING);
    cr_expect_str_eq(mode->description, "how");
    cr_expect_str_eq(mode->default_text, "Fast");
    cr_expect_str_eq(mode->choices[0], "Fast");
    cr_expect_str_eq(mode->choices[1], "Slow");
    cr_expect_null(mode->choices[2]);
    cr_expect_not(mode->required);
    cr_expect_eq(count->type, TOOL_INTEGER);
    cr_expect_str_eq(count->default_text, "100");
    cr_expect_null(count->choices);
    cr_expect(count->required);
    tool_clear(&tool);
}

Test(tool, reads_the_shape_of_get_tool_details)
{
    expect_probe(
        tool_of("{\"name\":\"probe\",\"description\":\"look\",\"parameterSchema\":{"
                "\"Properties\":{\"ScanMode\":{\"Type\":\"string\",\"Description\":\"how\","
                "\"DefaultValue\":\"Fast\",\"Enum\":[\"Fast\",\"Slow\"]},"
                "\"Count\":{\"Type\":\"integer\",\"Description\":null,"
                "\"DefaultValue\":100,\"Enum\":null}},\"Required\":[\"Count\"]}}"));
}

Test(tool, reads_the_shape_of_json_schema)
{
    expect_probe(tool_of("{\"name\":\"probe\",\"description\":\"look\",\"inputSchema\":{"
                         "\"type\":\"object\",\"properties\":{\"ScanMode\":{\"type\":\"string\","
                         "\"description\":\"how\",\"default\":\"Fast\",\"enum\":[\"Fast\",\"Slow\"]"
                         "},\"Count\":{\"type\":\"integer\",\"default\":100}},"
                         "\"required\":[\"Count\"]}}"));
}

Test(tool, matches_keys_in_either_case)
{
    expect_probe(
        tool_of("{\"Name\":\"probe\",\"Description\":\"look\",\"ParameterSchema\":{"
                "\"properties\":{\"ScanMode\":{\"type\":\"String\",\"description\":\"how\","
                "\"defaultValue\":\"Fast\",\"enum\":[\"Fast\",\"Slow\"]},"
                "\"Count\":{\"TYPE\":\"Integer\",\"DEFAULTVALUE\":100}},"
                "\"required\":[\"Count\"]}}"));
}

Test(tool, takes_a_type_it_does_not_know_for_any)
{
    struct tool tool = tool_of("{\"name\":\"t\",\"inputSchema\":{\"properties\":{"
                               "\"A\":{\"type\":\"Vector3\"},\"B\":{},\"C\":{\"type\":7},"
                               "\"D\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}}");
    cr_expect_eq(tool.parameters[0].type, TOOL_ANY);
    cr_expect_eq(tool.parameters[1].type, TOOL_ANY);
    cr_expect_eq(tool.parameters[2].type, TOOL_ANY);
    cr_expect_eq(tool.parameters[3].type, TOOL_ARRAY);
    cr_expect_eq(tool.parameters[3].item_type, TOOL_INTEGER);
    tool_clear(&tool);
}

Test(tool, needs_no_schema_to_have_no_parameters)
{
    static const char *const definitions[] = {
        "{\"name\":\"t\"}",
        "{\"name\":\"t\",\"parameterSchema\":null}",
        "{\"name\":\"t\",\"inputSchema\":{\"properties\":{}}}",
        "{\"name\":\"t\",\"inputSchema\":{\"properties\":null}}",
    };
    for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
        struct tool tool = tool_of(definitions[i]);
        cr_expect_eq(tool.parameter_count, 0);
        tool_clear(&tool);
    }
}

Test(tool, refuses_two_parameters_of_one_option_name)
{
    char *fault = fault_of("{\"name\":\"t\",\"inputSchema\":{\"properties\":{"
                           "\"MaxCount\":{\"type\":\"integer\"},"
                           "\"maxCount\":{\"type\":\"integer\"}}}}");
    cr_expect_str_eq(fault, "The tool t in here has two parameters for the one option --max-count: "
                            "MaxCount and maxCount.");
    free(fault);
}

Test(tool, refuses_a_parameter_that_cannot_be_an_option)
{
    static const char *const names[] = {"", "a b", "a\\nb", "a=b", "-a", "a\\u001bb", "a\\u009bb"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *definition = memory_format(
            "{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"%s\":{}}}}", names[i]);
        char *fault = fault_of(definition);
        cr_expect(strstr(fault, "whose name cannot be an option"), "%s: %s", names[i], fault);
        free(fault);
        free(definition);
    }
}

Test(tool, refuses_parameters_that_are_no_object)
{
    char *fault = fault_of("{\"name\":\"t\",\"inputSchema\":{\"properties\":[1]}}");
    cr_expect(strstr(fault, "parameters that are no object"), "%s", fault);
    free(fault);
}

Test(tool, refuses_a_thousand_and_one_parameters)
{
    struct buffer definition = {0};
    buffer_append_string(&definition, "{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"x\":{}");
    for (int i = 0; i < TOOL_MOST_PARAMETERS; i++)
        buffer_append_format(&definition, ",\"p%d\":{}", i);
    buffer_append_string(&definition, "}}}");
    char *fault = fault_of(definition.data);
    cr_expect(strstr(fault, "more than 1000 parameters"), "%s", fault);
    free(fault);
    buffer_clear(&definition);
}
