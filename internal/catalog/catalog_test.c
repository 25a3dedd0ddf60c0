#include "catalog/catalog.h"

#include "base/buffer.h"
#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct catalog load(const char *root)
{
    struct catalog catalog;
    struct error error = {0};
    cr_assert(catalog_load(root, &catalog, &error), "%s", error.message);
    return catalog;
}

/* Loading must fail, and the message must hold both texts. */
static void expect_broken(const char *root, const char *file, const char *reason)
{
    struct catalog catalog;
    struct error error = {0};
    cr_assert_not(catalog_load(root, &catalog, &error));
    cr_expect_eq(error.code, E_CATALOG_BROKEN);
    cr_expect(strstr(error.message, file), "%s is not named: %s", file, error.message);
    cr_expect(strstr(error.message, reason), "not \"%s\": %s", reason, error.message);
    error_clear(&error);
}

static struct tool read_tool(const struct catalog *catalog, const char *name)
{
    struct tool tool;
    struct error error = {0};
    const struct catalog_entry *entry = catalog_find(catalog, name);
    cr_assert(entry, "no tool %s", name);
    cr_assert(tool_read(entry->definition, catalog->source, &tool, &error), "%s", error.message);
    return tool;
}

Test(catalog, has_every_first_party_tool_built_in)
{
    static const char *const names[] = {
        "compile",           "get-logs",          "run-tests",
        "clear-console",     "focus-window",      "get-hierarchy",
        "find-game-objects", "screenshot",        "execute-dynamic-code",
        "control-play-mode", "simulate-mouse-ui", "simulate-mouse-input",
        "simulate-keyboard", "record-input",      "replay-input",
    };
    struct catalog catalog = load(NULL);
    cr_assert_eq(catalog.count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < catalog.count; i++)
        cr_expect_str_eq(catalog.entries[i].name, names[i]);
    cr_expect_str_eq(catalog.source, "the built-in catalog");
    catalog_clear(&catalog);
}

Test(catalog, describes_every_built_in_tool_and_parameter)
{
    struct catalog catalog = load(NULL);
    for (size_t i = 0; i < catalog.count; i++) {
        struct tool tool = read_tool(&catalog, catalog.entries[i].name);
        cr_expect(strlen(tool.description) > 10, "%s", tool.name);
        for (size_t j = 0; j < tool.parameter_count; j++) {
            const struct tool_parameter *parameter = &tool.parameters[j];
            cr_expect(strlen(parameter->description) > 10, "%s %s", tool.name, parameter->name);
            cr_expect_neq(parameter->type, TOOL_ANY, "%s %s", tool.name, parameter->name);
        }
        tool_clear(&tool);
    }
    catalog_clear(&catalog);
}

Test(catalog, knows_types_defaults_and_choices_of_the_built_in_tools)
{
    struct catalog catalog = load(NULL);
    struct tool tool = read_tool(&catalog, "get-logs");
    cr_assert_eq(tool.parameter_count, 6);
    cr_expect_str_eq(tool.parameters[0].option_name, "log-type");
    cr_expect_str_eq(tool.parameters[0].default_text, "All");
    cr_expect_str_eq(tool.parameters[0].choices[0], "Error");
    cr_expect_eq(tool.parameters[1].type, TOOL_INTEGER);
    cr_expect_str_eq(tool.parameters[1].default_text, "100");
    tool_clear(&tool);
    tool = read_tool(&catalog, "find-game-objects");
    cr_expect_eq(tool.parameters[2].type, TOOL_ARRAY);
    cr_expect_eq(tool.parameters[2].item_type, TOOL_STRING);
    tool_clear(&tool);
    catalog_clear(&catalog);
}

Test(catalog, is_the_built_in_one_where_the_project_has_none)
{
    struct temp_project *project = temp_project_new();
    struct catalog catalog = load(project->root);
    cr_expect(catalog_find(&catalog, "get-logs"));
    catalog_clear(&catalog);
    temp_project_free(project);
}

Test(catalog, is_the_projects_own_where_it_has_one)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_write(project, ".uloop/tools.json",
                                          "\xEF\xBB\xBF{\"Tools\":[{\"name\":\"my-tool\","
                                          "\"description\":\"first\",\"parameterSchema\":{}},"
                                          "{\"Name\":\"my-tool\",\"Description\":\"second\"}]}");
    struct catalog catalog = load(project->root);
    cr_assert_eq(catalog.count, 2);
    cr_expect_str_eq(catalog_find(&catalog, "my-tool")->description, "first");
    cr_expect_null(catalog_find(&catalog, "get-logs"));
    cr_expect_null(catalog_find(&catalog, "My-Tool"));
    cr_expect_str_eq(catalog.source, path);
    catalog_clear(&catalog);
    temp_project_free(project);
}

Test(catalog, refuses_content_that_is_no_catalog)
{
    static const char *const cases[][2] = {
        {"", "the text ends too early"},
        {"nonsense", "not a JSON value"},
        {"{\"tools\":[", "the text ends too early"},
        {"[]", "it has no list of tools"},
        {"{}", "it has no list of tools"},
        {"{\"tools\":{}}", "it has no list of tools"},
        {"{\"tools\":[{}]}", "a tool in it has no name that could be a command"},
        {"{\"tools\":[7]}", "a tool in it has no name that could be a command"},
        {"{\"tools\":[{\"name\":\"\"}]}", "a tool in it has no name that could be a command"},
        {"{\"tools\":[{\"name\":\"a\\nb\"}]}", "a tool in it has no name that could be a command"},
        {"{\"tools\":[{\"name\":\"--x\"}]}", "a tool in it has no name that could be a command"},
        {"{\"tools\":[{\"name\":\"-\\u0000\"}]}",
         "a tool in it has no name that could be a command"},
        {"{\"tools\":[{\"name\":\"\xFF\"}]}", "invalid UTF-8"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct temp_project *project = temp_project_new();
        const char *path = temp_project_write(project, ".uloop/tools.json", cases[i][0]);
        expect_broken(project->root, path, cases[i][1]);
        temp_project_free(project);
    }
}

Test(catalog, refuses_what_is_no_regular_file)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_make_folder(project, ".uloop/tools.json");
    expect_broken(project->root, path, "regular file");
    cr_assert_eq(rmdir(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_broken(project->root, path, "regular file");
    temp_project_free(project);
}

Test(catalog, refuses_a_file_of_more_than_16_mib)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_write(project, ".uloop/tools.json", "{\"tools\":[]}");
    cr_assert_eq(truncate(path, (off_t)CATALOG_MOST_BYTES + 1), 0);
    expect_broken(project->root, path, "larger than");
    temp_project_free(project);
}

Test(catalog, takes_a_file_of_10_mb)
{
    struct temp_project *project = temp_project_new();
    struct buffer text = {0};
    buffer_append_string(&text, "{\"Tools\":[");
    for (int i = 0; text.length < 10000000; i++)
        buffer_append_format(&text,
                             "%s{\"name\":\"tool-%d\",\"description\":\"a tool\","
                             "\"parameterSchema\":{\"Properties\":{\"A\":{\"Type\":\"string\"},"
                             "\"B\":{\"Type\":\"integer\"}},\"Required\":[\"A\"]}}",
                             i > 0 ? "," : "", i);
    buffer_append_string(&text, "]}");
    temp_project_write_bytes(project, ".uloop/tools.json", text.data, text.length);
    struct catalog catalog = load(project->root);
    struct tool tool = read_tool(&catalog, "tool-50000");
    cr_expect_eq(tool.parameter_count, 2);
    tool_clear(&tool);
    catalog_clear(&catalog);
    buffer_clear(&text);
    temp_project_free(project);
}

Test(catalog, marks_tools_that_the_settings_disable)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_write(project, ".uloop/settings.tools.json",
                                          "{\"disabledTools\":[\"get-logs\",\"no-such\",7]}");
    struct catalog catalog = load(project->root);
    cr_expect(catalog_find(&catalog, "get-logs")->disabled);
    cr_expect_not(catalog_find(&catalog, "compile")->disabled);
    cr_expect_str_eq(catalog.settings_path, path);
    catalog_clear(&catalog);
    temp_project_free(project);
}

Test(catalog, applies_settings_to_tools_from_elsewhere)
{
    struct temp_project *project = temp_project_new();
    struct catalog catalog;
    struct error error = {0};
    temp_project_write(project, ".uloop/settings.tools.json",
                       "{\"disabledTools\":[\"two\",\"three\"]}");
    cr_assert(catalog_parse(slice_of("{\"tools\":[{\"name\":\"one\"},{\"name\":\"two\"}]}"), "here",
                            &catalog, &error));
    cr_expect_null(catalog.disabled_names);
    cr_assert(catalog_apply_settings(&catalog, project->root, &error), "%s", error.message);
    cr_expect_not(catalog_find(&catalog, "one")->disabled);
    cr_expect(catalog_find(&catalog, "two")->disabled);
    cr_expect_eq(cJSON_GetArraySize(catalog.disabled_names), 2);
    catalog_clear(&catalog);
    temp_project_free(project);
}

Test(catalog, takes_settings_that_disable_nothing)
{
    static const char *const texts[] = {"{}", "{\"disabledTools\":null}", "{\"disabledTools\":[]}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct temp_project *project = temp_project_new();
        temp_project_write(project, ".uloop/settings.tools.json", texts[i]);
        struct catalog catalog = load(project->root);
        cr_expect_not(catalog_find(&catalog, "get-logs")->disabled);
        catalog_clear(&catalog);
        temp_project_free(project);
    }
}

Test(catalog, refuses_settings_that_cannot_be_understood)
{
    static const char *const cases[][2] = {
        {"{", "without a name"},
        {"[]", "it is no object"},
        {"{\"disabledTools\":\"x\"}", "disabledTools is no list"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct temp_project *project = temp_project_new();
        const char *path = temp_project_write(project, ".uloop/settings.tools.json", cases[i][0]);
        expect_broken(project->root, path, cases[i][1]);
        temp_project_free(project);
    }
}
