#include "completion/candidates.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct paint_options {
    const char *color;
    bool wet;
    bool dry;
    uint64_t timeout_ms;
    struct option_list layers;
    const char *brush;
    const char *mixer;
    const char *wall;
    const char *room;
    struct option_list rest;
};

static const char *const COLORS[] = {"Red", "Green", "Grey", NULL};

static const struct command PAINT = {
    .name = "paint",
    .summary = "paint a wall",
    .options =
        (const struct option[]){
            OPTION_CHOICE(paint_options, color, "color", 'c', COLORS, "Red", "which color"),
            OPTION_FLAG(paint_options, wet, "wet", 'w', "with water"),
            OPTION_SWITCH(paint_options, dry, "dry", '\0', "true", "let it dry"),
            OPTION_SECONDS(paint_options, timeout_ms, "timeout", 't', NULL, "how long"),
            OPTION_LIST(paint_options, layers, "layer", '\0', NULL, "another layer"),
            OPTION_STRING(paint_options, brush, "brush", '\0', "path", "the brush"),
            OPTION_STRING(paint_options, mixer, "mixer", '\0', "command", "what mixes"),
            OPTION_REST(paint_options, rest, "rest", "for the painter"),
            {.name = "wall",
             .operand = true,
             .type = OPTION_TYPE_STRING,
             .choices = (const char *const[]){"north", "south", NULL},
             .help = "which wall",
             .offset = OPTION_PLACE(paint_options, wall, const char **)},
            OPTION_OPERAND(paint_options, room, "path", "which room"),
            OPTION_END,
        },
};

static const struct command EXPLAIN = {
    .name = "explain",
    .summary = "explain a command",
    .options =
        (const struct option[]){{.name = "command", .operand = true, .help = "which"}, OPTION_END},
};

/* A command that hides a tool of the catalog. */
static const struct command PARK = {.name = "park", .summary = "a command"};

static const struct command *const COMMANDS[] = {&PAINT, &EXPLAIN, &PARK, NULL};
static const struct command_table TABLE = {.commands = COMMANDS};

static const char CATALOG[] =
    "{\"tools\":["
    "{\"name\":\"paste\",\"description\":\"paste\\n\\u001b[2Jit\",\"parameterSchema\":{"
    "\"Properties\":{\"Kind\":{\"Type\":\"string\",\"Description\":\"what kind\","
    "\"Enum\":[\"plain\",\"$(reboot)\",\"a b\",\"`x`\",\"semi;colon\",\"qu'ote\",\"\\u00e9\"]},"
    "\"Where\":{\"Type\":\"string\"}}}},"
    "{\"name\":\"park\",\"description\":\"a tool\"},"
    "{\"name\":\"pa$(reboot)\"},{\"name\":\"pa;reboot\"},"
    "{\"name\":\"pack\",\"description\":\"hidden\"}]}";

/* A project with that catalog. */
static struct temp_project *project_new(void)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, ".uloop/tools.json", CATALOG);
    temp_project_write(project, ".uloop/settings.tools.json", "{\"disabledTools\":[\"pack\"]}");
    return project;
}

/* What is offered in the folder behind the words, without the explanations. The caller frees. */
static char *find_in(const char *folder, const char *const *words)
{
    struct cli cli = {.table = &TABLE};
    struct buffer out = {0};
    size_t count = 0;
    while (words[count])
        count++;
    cr_assert_eq(chdir(folder), 0);
    candidates_find(&cli, words, count, &out);
    project_clear(&cli.project);
    struct buffer names = {0};
    buffer_append_string(&names, "");
    for (char *at = out.data; at && *at; at = strchr(at, '\n') + 1)
        buffer_append_format(&names, "%s%.*s", names.length ? " " : "", (int)strcspn(at, "\t\n"),
                             at);
    buffer_clear(&out);
    return buffer_take(&names);
}

static void expect_in(const char *folder, const char *const *words, const char *expected)
{
    char *found = find_in(folder, words);
    cr_expect_str_eq(found, expected);
    free(found);
}

#define EXPECT(expected, ...) expect_in("/", (const char *const[]){__VA_ARGS__, NULL}, expected)

Test(candidates, are_commands_and_the_projects_tools)
{
    struct temp_project *project = project_new();
    expect_in(project->root, (const char *const[]){"pa", NULL}, "paint park paste");
    expect_in(project->root, (const char *const[]){"", NULL}, "paint explain park paste");
    expect_in("/", (const char *const[]){"pa", NULL}, "paint park");
    expect_in("/", (const char *const[]){"get-l", NULL}, "get-logs");
    expect_in("/", (const char *const[]){"x", NULL}, "");
    temp_project_free(project);
}

Test(candidates, come_from_the_project_that_is_named)
{
    struct temp_project *project = project_new();
    char *glued = memory_format("--project-path=%s", project->root);
    expect_in("/", (const char *const[]){"--project-path", project->root, "pas", NULL}, "paste");
    expect_in("/", (const char *const[]){glued, "pas", NULL}, "paste");
    expect_in("/", (const char *const[]){"paste", "--project-path", project->root, "--k", NULL},
              "--kind");
    expect_in("/", (const char *const[]){"--project-path", "/no/project", "pa", NULL},
              "paint park");
    free(glued);
    temp_project_free(project);
}

Test(candidates, are_the_options_that_were_not_given)
{
    char *all = find_in("/", (const char *const[]){"paint", "-", NULL});
    static const char own[] = "--color --wet --no-dry --timeout --layer --brush --mixer ";
    cr_expect(strncmp(all, own, sizeof(own) - 1) == 0, "%s", all);
    cr_expect(strstr(all, " --help"), "%s", all);
    free(all);
    EXPECT("--wet", "paint", "--w");
    EXPECT("--no-dry", "paint", "--no-d");
    EXPECT("", "paint", "-w", "--w");
    EXPECT("", "paint", "--color=Red", "--colo");
    EXPECT("", "paint", "-c", "Red", "--colo");
    EXPECT("", "paint", "--dry", "--no-d");
    EXPECT("", "paint", "--no-dry", "--no-d");
    EXPECT("--layer", "paint", "--layer", "1", "--l");
    EXPECT("--list-commands --list-options", "--l");
    EXPECT("", "--list-commands", "--list-c");
    EXPECT("--layer", "paint", "north", "kitchen", "--la");
}

Test(candidates, are_options_where_nothing_else_can_follow)
{
    char *found = find_in("/", (const char *const[]){"paint", "north", "kitchen", "", NULL});
    cr_expect(strncmp(found, "--color --wet ", 14) == 0, "%s", found);
    free(found);
    EXPECT("", "paint", "north", "kitchen", "x");
}

Test(candidates, are_the_values_of_an_enum)
{
    EXPECT("Red Green Grey", "paint", "--color", "");
    EXPECT("Green Grey", "paint", "--color", "G");
    EXPECT("Green Grey", "paint", "-c", "gr");
    EXPECT("--color=Green --color=Grey", "paint", "--color=g");
    EXPECT("north south", "paint", "");
    EXPECT("south", "paint", "--wet", "-t", "3", "--layer=1", "s");
    EXPECT("", "paint", "--timeout", "");
    EXPECT("", "paint", "--timeout=");
    EXPECT("", "paint", "--wet=");
    EXPECT("", "paint", "--nonsense=");
}

Test(candidates, take_a_value_for_a_value)
{
    EXPECT("--wet", "paint", "--timeout", "--we");
    EXPECT("north", "paint", "--timeout", "-3", "n");
    EXPECT("--color", "paint", "--layer", "--wet", "--col");
    EXPECT("", "paint", "--layer", "--wet", "--we");
}

Test(candidates, are_files_where_a_name_says_so)
{
    EXPECT(":files", "paint", "--brush", "");
    EXPECT(":files", "paint", "--brush=x");
    EXPECT(":files", "paint", "north", "k");
    EXPECT(":files", "--project-path", "");
    EXPECT(":files", "paint", "--", "--wet", "-");
}

Test(candidates, are_names_where_a_command_is_to_be_named)
{
    EXPECT("paint park", "explain", "pa");
    EXPECT("paint park", "--list-options", "pa");
    EXPECT("", "paint", "--mixer", "pa");
    EXPECT("--list-options=paint --list-options=park", "--list-options=pa");
}

Test(candidates, have_nothing_that_a_shell_would_act_on)
{
    struct temp_project *project = project_new();
    expect_in(project->root, (const char *const[]){"paste", "--kind", "", NULL}, "plain \xC3\xA9");
    struct cli cli = {.table = &TABLE};
    struct buffer out = {0};
    candidates_find(&cli, (const char *const[]){"past"}, 1, &out);
    cr_expect_str_eq(out.data, "paste\tpaste [2Jit\n");
    project_clear(&cli.project);
    buffer_clear(&out);
    temp_project_free(project);
}

Test(candidates, are_fewer_when_the_catalog_is_broken)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, ".uloop/tools.json", "{");
    expect_in(project->root, (const char *const[]){"pa", NULL}, "paint park");
    expect_in(project->root, (const char *const[]){"paste", "--k", NULL}, "");
    expect_in(project->root, (const char *const[]){"paint", "--w", NULL}, "--wet");
    temp_project_free(project);
}

Test(candidates, take_two_quotes_for_an_empty_word)
{
    EXPECT("north south", "paint", "\"\"");
    EXPECT("", "paint", "\"\"x");
}

Test(candidates, survive_words_of_every_kind)
{
    static const char *const words[] = {
        "",     "-",     "--",     "---",   "=",  "--=", "-=",      "--project-path",
        "\xFF", "--no-", "--no-=", "paint", "-c", "\n",  "--color="};
    enum {
        COUNT = sizeof(words) / sizeof(words[0])
    };
    struct cli cli = {.table = &TABLE};
    struct buffer out = {0};
    candidates_find(&cli, NULL, 0, &out);
    for (size_t i = 0; i < COUNT * COUNT * COUNT; i++) {
        const char *three[] = {words[i % COUNT], words[i / COUNT % COUNT],
                               words[i / COUNT / COUNT]};
        candidates_find(&cli, three, 3, &out);
        buffer_clear(&out);
    }
    project_clear(&cli.project);
}
