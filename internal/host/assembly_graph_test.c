#include "host/assembly_graph.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *const DEFINES[] = {"UNITY_EDITOR", "DEBUG", NULL};

/* A tree as source_tree_scan() would give it, but out of thin air. Add in the order of paths. */
struct made {
    struct source_tree tree;
    struct assembly_graph graph;
    struct diagnostics faults;
};

static void add_script(struct made *made, const char *path)
{
    struct source_tree *tree = &made->tree;
    tree->scripts = memory_resize(tree->scripts, (tree->script_count + 1) * sizeof(*tree->scripts));
    tree->scripts[tree->script_count++] = (struct script){.path = memory_copy_string(path)};
}

static void add_definition(struct made *made, const char *folder, const char *text,
                           const char *guid)
{
    struct source_tree *tree = &made->tree;
    tree->definitions =
        memory_resize(tree->definitions, (tree->definition_count + 1) * sizeof(*tree->definitions));
    struct definition_file *added = &tree->definitions[tree->definition_count++];
    *added = (struct definition_file){
        .path = memory_format("%s/%zu.asmdef", folder, tree->definition_count),
        .folder = memory_copy_string(folder),
        .guid = memory_copy_string(guid)};
    buffer_append_string(&added->text, text);
}

/* An assembly in Assets/<name> with one script. `members` are further ones, as ",\"a\":1". */
static void add_assembly(struct made *made, const char *name, const char *members)
{
    char *folder = memory_format("Assets/%s", name);
    char *script = memory_format("%s/%s.cs", folder, name);
    char *text = memory_format("{\"name\":\"%s\"%s}", name, members);
    add_definition(made, folder, text, NULL);
    add_script(made, script);
    free(text);
    free(script);
    free(folder);
}

static void make(struct made *made)
{
    assembly_graph_make(&made->tree, DEFINES, &made->graph, &made->faults);
}

static void release(struct made *made)
{
    assembly_graph_clear(&made->graph);
    source_tree_clear(&made->tree);
    diagnostics_clear(&made->faults);
}

/* The graph as one line: "B(A):2" is B, which refers to A and has two scripts. */
static void expect_graph(struct made *made, const char *expected)
{
    struct buffer text = {0};
    make(made);
    cr_expect_eq(made->faults.count, 0);
    for (size_t at = 0; at < made->graph.count; at++) {
        const struct assembly *assembly = &made->graph.items[at];
        buffer_append_format(&text, "%s%s(", at > 0 ? " " : "", assembly->name);
        for (size_t seen = 0; seen < assembly->reference_count; seen++) {
            cr_expect_lt(assembly->references[seen], at);
            buffer_append_format(&text, "%s%s", seen > 0 ? "," : "",
                                 made->graph.items[assembly->references[seen]].name);
        }
        buffer_append_format(&text, "):%zu", assembly->script_count);
    }
    cr_expect_str_eq(text.data ? text.data : "", expected);
    buffer_clear(&text);
    release(made);
}

/* One fault, about that file, with that in its message, and no graph. */
static void expect_fault(struct made *made, const char *file, const char *message)
{
    make(made);
    cr_expect_eq(made->graph.count, 0);
    cr_assert_eq(made->faults.count, 1);
    cr_expect_eq(made->faults.items[0].kind, DIAGNOSTIC_ERROR);
    cr_expect_str_eq(made->faults.items[0].file, file);
    cr_expect(strstr(made->faults.items[0].message, message), "%s", made->faults.items[0].message);
    release(made);
}

Test(assembly_graph, is_empty_without_scripts)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", "{\"name\":\"A\"}", NULL);
    expect_graph(&made, "");
}

Test(assembly_graph, orders_assemblies_by_their_references)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"references\":[\"C\",\"B\"],\"autoReferenced\":false");
    add_assembly(&made, "B", ",\"references\":[\"C\"]");
    add_assembly(&made, "C", "");
    expect_graph(&made, "C():1 B(C):1 A(B,C):1");
}

Test(assembly_graph, finds_references_by_guid_in_any_case)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"references\":[\"GUID:00FF00ff00ff00ff00ff00ff00ff00ff\"]");
    add_definition(&made, "Assets/B", "{\"name\":\"B\"}", "00ff00ff00ff00ff00ff00ff00ff00ff");
    add_script(&made, "Assets/B/B.cs");
    expect_graph(&made, "B():1 A(B):1");
}

Test(assembly_graph, leaves_references_to_nothing_to_the_compiler)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"references\":[\"Unity.UI\",\"GUID:0011\",\"\"]");
    expect_graph(&made, "A():1");
}

Test(assembly_graph, gives_a_script_to_the_nearest_definition_above_it)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", "{\"name\":\"A\"}", NULL);
    add_definition(&made, "Assets/A/Deep/B", "{\"name\":\"B\"}", NULL);
    add_script(&made, "Assets/A/Deep/B/Deeper/Editor/b.cs");
    add_script(&made, "Assets/A/Deep/B/b.cs");
    add_script(&made, "Assets/A/Deep/a.cs");
    add_script(&made, "Assets/AB/c.cs");
    expect_graph(&made, "A():1 B():2 Assembly-CSharp(A,B):1");
}

Test(assembly_graph, gives_the_rest_to_the_predefined_assemblies)
{
    struct made made = {0};
    add_assembly(&made, "A", "");
    add_assembly(&made, "Manual", ",\"autoReferenced\":false");
    add_assembly(&made, "Tools", ",\"includePlatforms\":[\"Editor\"]");
    add_script(&made, "Assets/Editor/e.cs");
    add_script(&made, "Assets/Some/Editor/Deep/e.cs");
    add_script(&made, "Assets/Some/Editors/r.cs");
    add_script(&made, "Assets/r.cs");
    add_script(&made, "Packages/loose/Runtime/p.cs");
    expect_graph(&made, "A():1 Manual():1 Tools():1 Assembly-CSharp(A):2 "
                        "Assembly-CSharp-Editor(A,Tools,Assembly-CSharp):2");
}

Test(assembly_graph, makes_the_editors_assembly_alone)
{
    struct made made = {0};
    add_script(&made, "Assets/Editor/e.cs");
    expect_graph(&made, "Assembly-CSharp-Editor():1");
}

Test(assembly_graph, leaves_out_what_is_not_for_the_editor)
{
    struct made made = {0};
    add_assembly(&made, "Phone", ",\"includePlatforms\":[\"Android\",\"iOS\"]");
    add_assembly(&made, "Player", ",\"excludePlatforms\":[\"Editor\"]");
    add_assembly(&made, "Tests", ",\"defineConstraints\":[\"UNITY_INCLUDE_TESTS\"]");
    add_assembly(&made, "User", ",\"references\":[\"Phone\",\"Player\",\"Tests\"]");
    expect_graph(&made, "User():1");
}

Test(assembly_graph, evaluates_define_constraints)
{
    struct made made = {0};
    add_assembly(&made, "A",
                 ",\"defineConstraints\":[\"DEBUG\",\" ! NO \",\"NO || UNITY_EDITOR\"]");
    add_assembly(&made, "B", ",\"defineConstraints\":[\"DEBUG\",\"NO\"]");
    add_assembly(&made, "C", ",\"defineConstraints\":[\"!DEBUG\"]");
    add_assembly(&made, "D", ",\"defineConstraints\":[\"NO||!NO\"]");
    expect_graph(&made, "A():1 D():1");
}

Test(assembly_graph, refuses_a_cycle_and_names_only_who_is_in_it)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"references\":[\"B\"]");
    add_assembly(&made, "B", ",\"references\":[\"C\"]");
    add_assembly(&made, "C", ",\"references\":[\"B\"]");
    add_assembly(&made, "D", "");
    add_assembly(&made, "E", ",\"references\":[\"C\"]");
    add_assembly(&made, "F", ",\"references\":[\"E\"]");
    expect_fault(&made, "Assets/B/2.asmdef", "in a cycle: B, C.");
}

Test(assembly_graph, refuses_a_reference_to_itself)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"references\":[\"A\"]");
    expect_fault(&made, "Assets/A/1.asmdef", "in a cycle: A.");
}

Test(assembly_graph, refuses_a_name_that_is_used_twice)
{
    struct made made = {0};
    add_assembly(&made, "Core", "");
    add_definition(&made, "Assets/Other", "{\"name\":\"core\"}", NULL);
    expect_fault(&made, "Assets/Other/2.asmdef", "also defined by Assets/Core/1.asmdef");
}

Test(assembly_graph, refuses_two_definitions_in_one_folder)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", "{\"name\":\"A\"}", NULL);
    add_definition(&made, "Assets/A", "{\"name\":\"B\"}", NULL);
    expect_fault(&made, "Assets/A/2.asmdef", "holds another assembly definition");
}

Test(assembly_graph, refuses_the_name_of_a_predefined_assembly)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", "{\"name\":\"assembly-csharp\"}", NULL);
    expect_fault(&made, "Assets/A/1.asmdef", "predefined");
}

static void expect_malformed(const char *text, const char *message)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", text, NULL);
    add_script(&made, "Assets/A/a.cs");
    expect_fault(&made, "Assets/A/1.asmdef", message);
}

Test(assembly_graph, refuses_malformed_definitions)
{
    expect_malformed("", "malformed");
    expect_malformed("{\"name\":\"A\"", "malformed");
    expect_malformed("[]", "no JSON object");
    expect_malformed("{}", "name is missing");
    expect_malformed("{\"name\":7}", "name is missing");
    expect_malformed("{\"name\":\"\"}", "name is missing");
    expect_malformed("{\"name\":\"A\",\"references\":\"B\"}", "references");
    expect_malformed("{\"name\":\"A\",\"references\":[1]}", "references");
    expect_malformed("{\"name\":\"A\",\"includePlatforms\":{}}", "includePlatforms");
    expect_malformed("{\"name\":\"A\",\"defineConstraints\":[null]}", "defineConstraints");
    expect_malformed("{\"name\":\"A\",\"autoReferenced\":\"yes\"}", "autoReferenced");
}

Test(assembly_graph, refuses_names_that_lead_out_of_the_output_folder_or_into_the_command_line)
{
    expect_malformed("{\"name\":\"../../evil\"}", "name");
    expect_malformed("{\"name\":\"a/b\"}", "name");
    expect_malformed("{\"name\":\"a\\\\b\"}", "name");
    expect_malformed("{\"name\":\"-out\"}", "name");
    expect_malformed("{\"name\":\"a,b\"}", "name");
    expect_malformed("{\"name\":\"a\\nb\"}", "name");
    expect_malformed("{\"name\":\"../\\u0000\"}", "name");
}

Test(assembly_graph, reports_every_malformed_definition)
{
    struct made made = {0};
    add_definition(&made, "Assets/A", "{", NULL);
    add_definition(&made, "Assets/B", "[", NULL);
    make(&made);
    cr_expect_eq(made.faults.count, 2);
    release(&made);
}

Test(assembly_graph, allows_unsafe_code_where_the_definition_does)
{
    struct made made = {0};
    add_assembly(&made, "A", ",\"allowUnsafeCode\":true");
    add_assembly(&made, "B", ",\"allowUnsafeCode\":false");
    make(&made);
    cr_assert_eq(made.graph.count, 2);
    cr_expect(made.graph.items[0].allow_unsafe);
    cr_expect_not(made.graph.items[1].allow_unsafe);
    release(&made);
}
