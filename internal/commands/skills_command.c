#include "base/home.h"
#include "cli/output.h"
#include "cli/text.h"
#include "commands/commands.h"
#include "json/layout.h"
#include "skills/shelf.h"

#include <stdlib.h>
#include <string.h>

struct skills_options {
    const char *action;
    bool targets[SKILL_TARGET_COUNT];
    bool global;
    bool flat;
    bool json;
};

/* Installs what teaches agents to use uloop where they look for it. */
static int skills_run(struct cli *cli, const void *options);

static const char *const ACTIONS[] = {"list", "install", "uninstall", NULL};

enum {
    NAME_COLUMN = 28, /* where a skill's status begins */
    EXIT_KEPT = 1
};

const struct command skills_command = {
    .name = "skills",
    .summary = "list, install or uninstall skills for agents",
    .description =
        "Skills teach an agent to use uloop. They are collected from the project's Assets and "
        "packages, and some come with uloop. A folder that uloop did not install, or that was "
        "changed since, is left as it is; the exit code is 1 then. docs/skills.md has the folders.",
    .group = GROUP_PROGRAM,
    .needs = NEEDS_NOTHING, /* of --global, whose skills need not come from a project */
    .options =
        (const struct option[]){
            {.name = "action",
             .operand = true,
             .type = OPTION_TYPE_STRING,
             .choices = ACTIONS,
             .help = "what to do",
             .offset = OPTION_PLACE(skills_options, action, const char **)},
            OPTION_FLAG(skills_options, targets[SKILL_FOR_CLAUDE], "claude", '\0',
                        "for Claude Code"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_CODEX], "codex", '\0', "for Codex"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_CURSOR], "cursor", '\0', "for Cursor"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_GEMINI], "gemini", '\0',
                        "for Gemini CLI"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_AGENTS], "agents", '\0',
                        "for agents that read .agents/skills"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_WINDSURF], "windsurf", '\0',
                        "for Windsurf"),
            OPTION_FLAG(skills_options, targets[SKILL_FOR_ANTIGRAVITY], "antigravity", '\0',
                        "for Antigravity"),
            OPTION_FLAG(skills_options, global, "global", 'g',
                        "for all projects: below the home folder instead of the project"),
            OPTION_FLAG(skills_options, flat, "flat", '\0',
                        "put them directly in the agent's folder, without a subfolder of uloop's"),
            OPTION_FLAG(skills_options, json, "json", '\0', "print JSON, also on a terminal"),
            OPTION_END,
        },
    .options_size = sizeof(struct skills_options),
    .run = skills_run,
};

enum action {
    ACTION_LIST,
    ACTION_INSTALL,
    ACTION_UNINSTALL,
};

/* One run of the command. */
struct run {
    enum action action;
    struct skills skills;
    struct shelf shelves[SKILL_TARGET_COUNT];
    struct shelf_report reports[SKILL_TARGET_COUNT];
    size_t count;
};

/* ACTIONS is in the order of the enum. */
static bool read_action(const char *word, enum action *action, struct error *error)
{
    int index = ACTION_LIST;
    if (!word)
        return error_set(error, E_INVALID_ARGUMENT,
                         "The action is missing: list, install or "
                         "uninstall.");
    while (ACTIONS[index + 1] && strcmp(ACTIONS[index], word) != 0)
        index++;
    *action = (enum action)index;
    return true;
}

static const char *reason_of(const struct shelf_entry *entry)
{
    switch (entry->status) {
    case SKILL_CHANGED:
        return "its files were changed since uloop installed it";
    case SKILL_FOREIGN:
        return "there is something of that name that uloop did not install";
    case SKILL_ORPHANED:
        return "uloop installed it, and it is no longer among the skills found here";
    case SKILL_MISSING:
    case SKILL_INSTALLED:
    case SKILL_OUTDATED:
    default:
        return NULL;
    }
}

static void put_member(struct buffer *out, const char *name, const char *value)
{
    buffer_append_format(out, ",\"%s\":", name);
    if (value)
        json_quote(out, value);
    else
        buffer_append_string(out, "null");
}

static void put_entry_json(struct buffer *out, const struct run *run, const struct shelf *shelf,
                           const struct shelf_entry *entry)
{
    buffer_append_string(out, "{\"name\":");
    json_quote(out, entry->name);
    put_member(out, "target", shelf->target->name);
    if (run->action == ACTION_LIST)
        put_member(out, "status", skill_status_name(entry->status));
    else
        put_member(out, "outcome", skill_outcome_name(entry->outcome));
    put_member(out, "reason", reason_of(entry));
    put_member(out, "source", entry->source);
    put_member(out, "path", entry->path);
    buffer_append_char(out, '}');
}

static int print_json(struct cli *cli, const struct run *run)
{
    struct buffer text = {0};
    const char *between = "";
    buffer_append_string(&text, "{\"skills\":[");
    for (size_t i = 0; i < run->count; i++) {
        for (size_t j = 0; j < run->reports[i].count; j++) {
            buffer_append_string(&text, between);
            put_entry_json(&text, run, &run->shelves[i], &run->reports[i].items[j]);
            between = ",";
        }
    }
    buffer_append_string(&text, "],\"leftOut\":[");
    for (size_t i = 0; i < run->skills.left_out_count; i++) {
        buffer_append_string(&text, i ? ",{\"path\":" : "{\"path\":");
        json_quote(&text, run->skills.left_out[i].path);
        put_member(&text, "reason", run->skills.left_out[i].reason);
        buffer_append_char(&text, '}');
    }
    buffer_append_string(&text, "]}");
    int exit_code = output_result(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

static void put_entry(struct buffer *out, const struct run *run, const struct shelf_entry *entry,
                      size_t columns)
{
    const char *reason = reason_of(entry);
    char *words = memory_format("%s%s%s",
                                run->action == ACTION_LIST ? skill_status_name(entry->status)
                                                           : skill_outcome_name(entry->outcome),
                                reason ? ": " : "", reason ? reason : "");
    buffer_append_format(out, "  %s", entry->name);
    text_explain(out, words, 2 + strlen(entry->name), NAME_COLUMN, columns);
    free(words);
}

/* The table that people read. */
static int print_table(struct cli *cli, const struct run *run)
{
    struct buffer text = {0};
    size_t columns = output_columns(cli);
    for (size_t i = 0; i < run->count; i++) {
        const struct shelf *shelf = &run->shelves[i];
        char *title = memory_format("%s, %s:", shelf->target->agent, shelf->wanted.path);
        buffer_append_string(&text, i ? "\n" : "");
        text_wrap(&text, title, 0, 0, columns);
        for (size_t j = 0; j < run->reports[i].count; j++)
            put_entry(&text, run, &run->reports[i].items[j], columns);
        if (run->reports[i].count == 0)
            buffer_append_string(&text, "  nothing that uloop installed\n");
        free(title);
    }
    if (run->skills.left_out_count > 0)
        buffer_append_string(&text, "\nLeft out:\n");
    for (size_t i = 0; i < run->skills.left_out_count; i++) {
        const struct left_out *left_out = &run->skills.left_out[i];
        char *words = memory_format("%s: %s", left_out->path, left_out->reason);
        text_wrap(&text, words, 0, 2, columns);
        free(words);
    }
    int exit_code = output_text(cli, buffer_slice(&text));
    buffer_clear(&text);
    return exit_code;
}

/* Where the skills go: below the project, or below the home folder. The caller frees. */
static char *find_base(struct cli *cli, bool global, struct error *error)
{
    if (!cli_open_project(cli, error)) {
        if (!global || cli->common.project_path)
            return NULL;
        error_clear(error); /* the skills that come with uloop need no project */
    }
    return global ? home_folder(error) : memory_copy_string(cli->project.root);
}

/* Opens a shelf for each target that was named; of a list for all of them when none was. */
static bool open_shelves(struct run *run, const struct skills_options *options, const char *base,
                         struct error *error)
{
    size_t named = 0;
    for (size_t i = 0; i < SKILL_TARGET_COUNT; i++)
        named += options->targets[i];
    if (named == 0 && run->action != ACTION_LIST)
        return error_set(error, E_INVALID_ARGUMENT,
                         "No agent is named: use --claude, --codex, --cursor, "
                         "--gemini, --agents, --windsurf or --antigravity.");
    for (size_t i = 0; i < SKILL_TARGET_COUNT; i++) {
        if (named > 0 && !options->targets[i])
            continue;
        if (!shelf_open(&run->shelves[run->count], &SKILL_TARGETS[i], base, options->global,
                        options->flat, error))
            return false;
        run->count++;
    }
    return true;
}

static bool act(struct run *run, struct error *error)
{
    bool done = true;
    for (size_t i = 0; i < run->count && done; i++) {
        const struct shelf *shelf = &run->shelves[i];
        struct shelf_report *report = &run->reports[i];
        if (run->action == ACTION_LIST)
            done = shelf_look(shelf, &run->skills, report, error);
        else if (run->action == ACTION_INSTALL)
            done = shelf_install(shelf, &run->skills, report, error);
        else
            done = shelf_uninstall(shelf, report, error);
    }
    /* Only when all shelves are done: one may lie in a folder that was made for another. */
    for (size_t i = 0; i < run->count && run->action != ACTION_LIST; i++)
        shelf_tidy(&run->shelves[i]);
    return done;
}

static int report(struct cli *cli, const struct run *run, bool json)
{
    bool kept = false;
    for (size_t i = 0; i < run->count; i++) {
        for (size_t j = 0; j < run->reports[i].count; j++)
            kept = kept || run->reports[i].items[j].outcome == SKILL_KEPT;
    }
    int exit_code = json || !cli->out_is_terminal ? print_json(cli, run) : print_table(cli, run);
    return exit_code == 0 && kept ? EXIT_KEPT : exit_code;
}

static int skills_run(struct cli *cli, const void *options)
{
    const struct skills_options *given = options;
    struct run run = {0};
    struct error error = {0};
    char *base = NULL;
    bool done = read_action(given->action, &run.action, &error);
    if (done)
        base = find_base(cli, given->global, &error);
    done = base && open_shelves(&run, given, base, &error);
    /* What is installed is known from its markers. */
    if (done && run.action != ACTION_UNINSTALL)
        done = skills_collect(cli->project.root, &run.skills, &error);
    done = done && act(&run, &error);
    int exit_code = done ? report(cli, &run, given->json) : cli_fail(cli, &error);
    for (size_t i = 0; i < run.count; i++) {
        shelf_report_clear(&run.reports[i]);
        shelf_close(&run.shelves[i]);
    }
    skills_clear(&run.skills);
    free(base);
    return exit_code;
}
