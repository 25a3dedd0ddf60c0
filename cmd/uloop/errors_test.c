/* How errors look, from every source there is: testdata/golden/errors_*.txt. Where a command of its
 * own can fail is told by the tests of that command. */

#include "editor_scene.h"
#include "transcript.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS(...) ((const char *const[]){ULOOP_PROGRAM, __VA_ARGS__, NULL})

/* The commands that are built in, one a line: the beginning of the list. The caller frees. */
static char *built_in_commands(void)
{
    struct program_end end = program_run(ARGUMENTS("--list-commands"), "/", NULL);
    char *names = memory_copy_string(end.out);
    char *first_tool = strstr(names, "get-logs\n");
    cr_assert(first_tool, "%s", names);
    *first_tool = '\0';
    program_end_clear(&end);
    return names;
}

/* Runs `take` for every command that is built in. */
static void each_command(void (*take)(struct buffer *transcript, const char *folder,
                                      const char *name),
                         const char *golden)
{
    struct temp_project *folder = temp_folder_new();
    struct buffer transcript = {0};
    char *names = built_in_commands();
    char *rest = names;
    for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
        take(&transcript, folder->root, name);
    expect_golden(golden, &transcript);
    free(names);
    temp_project_free(folder);
}

static void take_help(struct buffer *transcript, const char *folder, const char *name)
{
    transcribe(transcript, folder, ARGUMENTS(name, "--help"));
}

Test(commands, explain_themselves)
{
    each_command(take_help, "help_of_commands");
}

static void take_misuse(struct buffer *transcript, const char *folder, const char *name)
{
    transcribe(transcript, folder, ARGUMENTS("--compact", name, "--no-such-option"));
}

Test(commands, refuse_an_option_that_they_do_not_have)
{
    each_command(take_misuse, "errors_options");
}

static void take_no_project(struct buffer *transcript, const char *folder, const char *name)
{
    static const char *const WITHOUT[] = {"help", "skills", "completion", "launch"};
    for (size_t i = 0; i < sizeof(WITHOUT) / sizeof(WITHOUT[0]); i++) {
        if (strcmp(name, WITHOUT[i]) == 0)
            return; /* it needs none, or says it in its own way */
    }
    transcribe(transcript, folder, ARGUMENTS("--compact", name));
}

Test(commands, say_where_they_looked_for_a_project)
{
    each_command(take_no_project, "errors_no_project");
}

Test(errors, of_the_state_name_what_was_observed)
{
    static const char BUSY[] = "{\"phase\":\"reloading\",\"reason\":\"domain-reload-before\"}";
    static const struct {
        const char *state; /* NULL: none */
        const char *command;
    } STATES[] = {
        {NULL, "get-hierarchy"},
        {NULL, "compile"},
        {NULL, "wait"},
        {BUSY, "get-hierarchy"},
        {BUSY, "compile"},
        {BUSY, "wait"},
        {"{\"phase\":\"failed\",\"lastError\":\"Address \\\"in use\\\"\"}", "compile"},
        {"{\"phase\":\"stopped\",\"reason\":\"manual-stop\"}", "get-hierarchy"},
        {"{\"phase\":\"ready\",\"reason\":\"server-recovery\"}", "get-hierarchy"},
        {"{\"phase\":", "get-hierarchy"},
    };
    struct editor_scene scene = editor_scene_new_without_owner();
    struct buffer transcript = {0};
    for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++) {
        if (STATES[i].state)
            test_editor_publish_text(scene.editor, STATES[i].state);
        transcribe(&transcript, scene.project->root, ARGUMENTS(STATES[i].command));
    }
    expect_golden("errors_state", &transcript);
    editor_scene_free(&scene);
}

/* Runs a command and does something to its request. */
static void answer_with(struct buffer *transcript, struct editor_scene *scene, const char *command,
                        const char *message, const char *data)
{
    const char *const *arguments = ARGUMENTS(command);
    struct program *uloop = program_start(arguments, scene->project->root, NULL);
    struct test_request *request = test_editor_accept(scene->editor);
    if (message)
        test_request_error(request, -32603, message, data);
    else
        test_request_close(request);
    struct program_end end = program_wait(uloop);
    transcribe_end(transcript, scene->project->root, arguments, &end);
}

Test(errors, of_the_editor_carry_what_it_said)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer transcript = {0};
    answer_with(&transcript, &scene, "get-hierarchy", "No scene is open.", NULL);
    answer_with(&transcript, &scene, "get-hierarchy", "Internal error",
                "{\"type\":\"internal_error\",\"message\":\"No scene.\",\"n\":1.50}");
    answer_with(&transcript, &scene, "clear-console", "Internal error",
                "{\"type\":\"server_busy\",\"message\":\"A tool is running.\","
                "\"runningToolName\":\"run-tests\",\"requestedToolName\":\"clear-console\"}");
    answer_with(&transcript, &scene, "compile", "Internal error",
                "{\"type\":\"cli_update_required\",\"message\":\"Too old.\","
                "\"updateCommand\":\"uloop update\"}");
    answer_with(&transcript, &scene, "execute-dynamic-code", "Internal error",
                "{\"type\":\"security_blocked\",\"message\":\"Blocked.\",\"command\":"
                "\"execute-dynamic-code\",\"reason\":\"It is switched off.\"}");
    answer_with(&transcript, &scene, "clear-console", NULL, NULL);
    expect_golden("errors_editor", &transcript);
    editor_scene_free(&scene);
}
