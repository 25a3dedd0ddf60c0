#include "readiness/owner.h"

#include "base/memory.h"
#include "process/process.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSTANCE_FILE "Library/EditorInstance.json"

/* Starts a program that lives until it is killed, with the arguments behind its path, and waits
 * until it runs. */
static struct program *start_as(const char *path, const char *folder, const char *first,
                                const char *second, const char *third)
{
    const char *arguments[] = {path, first, second, third, NULL};
    struct program *program = program_start_with(&(struct program_setup){
        .arguments = arguments, .folder = folder, .input = PROGRAM_INPUT_OPEN});
    program_await_output_text(program, "ready");
    return program;
}

/* The same, with nothing but its arguments to tell its project by. */
static pid_t start_unity(const char *first, const char *second, const char *third)
{
    return program_pid(start_as(TESTKIT_FAKE_UNITY, "/", first, second, third));
}

static pid_t start_unity_in(const char *folder, const char *first, const char *second)
{
    return program_pid(start_as(TESTKIT_FAKE_UNITY, folder, first, second, NULL));
}

/* Ends the program, and leaves its exit status where it is. */
static pid_t make_zombie(pid_t pid)
{
    siginfo_t ignored;
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitid(P_PID, (id_t)pid, &ignored, WEXITED | WNOWAIT), 0);
    return pid;
}

static pid_t make_dead(void)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        _exit(0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

static void write_instance(struct temp_project *project, int64_t pid)
{
    char *content =
        memory_format("{\"process_id\":%lld,\"version\":\"2022.3.62f1\"}", (long long)pid);
    (void)temp_project_write(project, INSTANCE_FILE, content);
    free(content);
}

static void expect_owner(struct owner owner, enum owner_kind kind, enum owner_source source,
                         int64_t pid)
{
    cr_expect(owner.kind == kind && owner.source == source && owner.pid == pid,
              "%s from %s, pid %lld; expected %s from %s, pid %lld", owner_kind_name(owner.kind),
              owner_source_name(owner.source), (long long)owner.pid, owner_kind_name(kind),
              owner_source_name(source), (long long)pid);
}

/* The owner of a state that does not name one. */
static struct owner find_unnamed(struct temp_project *project)
{
    struct server_state state = {.kind = STATE_BUSY};
    return owner_find(project->root, &state);
}

static void expect_instance(struct temp_project *project, int64_t pid)
{
    expect_owner(find_unnamed(project), OWNER_ALIVE, OWNER_FROM_EDITOR_INSTANCE, pid);
}

static void expect_in_table(struct temp_project *project, int64_t pid)
{
    expect_owner(find_unnamed(project), OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE, pid);
}

static void expect_gone(struct temp_project *project)
{
    expect_owner(find_unnamed(project), OWNER_GONE, OWNER_FROM_PROCESS_TABLE, 0);
}

static void expect_named(int64_t pid, const char *started_at, enum owner_kind kind)
{
    struct temp_project *project = temp_project_new();
    struct server_state state = {
        .kind = STATE_BUSY, .owner_pid = pid, .owner_started_at = (char *)started_at};
    expect_owner(owner_find(project->root, &state), kind, OWNER_FROM_STATE, pid);
    temp_project_free(project);
}

Test(owner, named_by_the_state_is_alive_while_its_start_is_the_same)
{
    char *token = process_start_token(getpid());
    expect_named(getpid(), token, OWNER_ALIVE);
    expect_named(getpid(), NULL, OWNER_ALIVE);
    free(token);
}

Test(owner, named_by_the_state_is_gone_when_its_pid_has_another_start)
{
    char *token = process_start_token(1);
    expect_named(getpid(), token, OWNER_GONE);
    expect_named(getpid(), "", OWNER_GONE);
    free(token);
}

Test(owner, named_by_the_state_is_gone_when_it_is_dead)
{
    expect_named(make_dead(), NULL, OWNER_GONE);
    expect_named(make_zombie(start_unity(NULL, NULL, NULL)), NULL, OWNER_GONE);
    expect_named(INT64_C(1) << 40, NULL, OWNER_GONE);
}

Test(owner, named_by_the_state_counts_before_everything_else)
{
    struct temp_project *project = temp_project_new();
    write_instance(project, start_unity("-projectPath", project->root, NULL));
    struct server_state state = {.kind = STATE_BUSY, .owner_pid = make_dead()};
    expect_owner(owner_find(project->root, &state), OWNER_GONE, OWNER_FROM_STATE, state.owner_pid);
}

Test(owner, of_a_ready_state_whose_writer_is_dead_may_be_an_editor_that_came_since)
{
    struct temp_project *project = temp_project_new();
    pid_t pid = start_unity("-projectPath", project->root, NULL);
    struct server_state state = {.kind = STATE_READY, .owner_pid = make_dead()};
    expect_owner(owner_find(project->root, &state), OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE, pid);
    state.kind = STATE_BUSY;
    cr_expect_eq(owner_find(project->root, &state).kind, OWNER_GONE);
    temp_project_free(project);
}

Test(owner, named_by_editor_instance_is_alive)
{
    struct temp_project *project = temp_project_new();
    pid_t unity = start_unity("-projectPath", project->root, NULL);
    write_instance(project, unity);
    expect_instance(project, unity);
}

Test(owner, named_by_editor_instance_may_be_a_batch_run)
{
    struct temp_project *project = temp_project_new();
    pid_t unity = start_unity("-batchmode", "-projectPath", project->root);
    write_instance(project, unity);
    expect_instance(project, unity);
}

Test(owner, named_by_editor_instance_need_not_say_its_project)
{
    struct temp_project *project = temp_project_new();
    pid_t unity = start_unity(NULL, NULL, NULL);
    write_instance(project, unity);
    expect_instance(project, unity);
}

Test(owner, named_by_editor_instance_does_not_count_for_another_project)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *other = temp_project_new();
    write_instance(project, start_unity("-projectPath", other->root, NULL));
    expect_gone(project);
}

Test(owner, named_by_editor_instance_does_not_count_when_dead)
{
    struct temp_project *project = temp_project_new();
    write_instance(project, make_dead());
    expect_gone(project);
    write_instance(project, make_zombie(start_unity("-projectPath", project->root, NULL)));
    expect_gone(project);
}

Test(owner, named_by_editor_instance_does_not_count_when_its_pid_is_another_programs)
{
    struct temp_project *project = temp_project_new();
    write_instance(project, getpid());
    expect_gone(project);
    pid_t unity = start_unity("-projectPath", project->root, NULL);
    expect_in_table(project, unity);
}

Test(owner, named_by_editor_instance_does_not_count_as_an_import_worker)
{
    struct temp_project *project = temp_project_new();
    write_instance(project, start_unity("-adb2", "-projectPath", project->root));
    expect_gone(project);
}

Test(owner, survives_an_editor_instance_that_lies)
{
    static const char *const LIES[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"process_id\":null}",
        "{\"process_id\":\"1\"}",
        "{\"process_id\":0}",
        "{\"process_id\":-1}",
        "{\"process_id\":1}",
        "{\"process_id\":1.5}",
        "{\"process_id\":1e400}",
        "{\"process_id\":1099511627776}",
    };
    struct temp_project *project = temp_project_new();
    for (size_t i = 0; i < sizeof LIES / sizeof *LIES; i++) {
        (void)temp_project_write(project, INSTANCE_FILE, LIES[i]);
        expect_gone(project);
    }
}

Test(owner, survives_what_is_no_file_in_editor_instances_place)
{
    struct temp_project *project = temp_project_new();
    const char *path = temp_project_make_folder(project, INSTANCE_FILE);
    expect_gone(project);
    cr_assert_eq(rmdir(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_gone(project);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(symlink("/dev/zero", path), 0);
    expect_gone(project);
}

Test(owner, is_found_by_the_project_of_its_command_line)
{
    struct temp_project *project = temp_project_new();
    pid_t unity = start_unity("-useHub", "-projectPath", project->root);
    expect_in_table(project, unity);
    (void)make_zombie(unity);
    expect_gone(project);
}

Test(owner, is_found_by_every_spelling_of_its_path)
{
    struct temp_project *project = temp_project_new();
    char *spelling = memory_format("-PROJECTPATH='%s//'", project->root);
    pid_t unity = start_unity(spelling, NULL, NULL);
    expect_in_table(project, unity);
    (void)make_zombie(unity);
    free(spelling);
    spelling = memory_format("%s/Temp/../Assets/..", project->root);
    unity = start_unity("-projectpath", spelling, NULL);
    expect_in_table(project, unity);
    free(spelling);
}

Test(owner, is_found_through_a_symbolic_link)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *folder = temp_folder_new();
    const char *link = temp_project_path(folder, "link");
    cr_assert_eq(symlink(project->root, link), 0);
    pid_t unity = start_unity("-projectPath", link, NULL);
    expect_in_table(project, unity);
}

Test(owner, is_found_by_its_working_folder_where_its_command_line_names_no_project)
{
    struct temp_project *project = temp_project_new();
    (void)start_unity_in(temp_project_path(project, "Assets"), NULL, NULL);
    expect_gone(project);
    pid_t unity = start_unity_in(project->root, NULL, NULL);
    expect_in_table(project, unity);
}

Test(owner, is_not_found_by_its_working_folder_when_its_command_line_names_another)
{
    struct temp_project *project = temp_project_new();
    struct temp_project *other = temp_project_new();
    (void)start_unity_in(project->root, "-projectPath", other->root);
    (void)start_unity_in(project->root, "-projectPath", "/nowhere");
    expect_gone(project);
}

Test(owner, is_found_by_a_relative_path_before_and_after_it_went_into_its_project)
{
    struct temp_project *folder = temp_folder_new();
    struct temp_project game = {.root = (char *)temp_project_make_folder(folder, "Game")};
    (void)temp_project_make_folder(folder, "Other");
    pid_t unity = start_unity_in(folder->root, "-projectPath", "./Game");
    expect_in_table(&game, unity);
    (void)make_zombie(unity);
    unity = start_unity_in(game.root, "-projectPath", "Game");
    expect_in_table(&game, unity);
    (void)make_zombie(unity);
    (void)start_unity_in(game.root, "-projectPath", "../Other");
    expect_gone(&game);
}

Test(owner, is_no_import_worker_and_no_batch_run)
{
    struct temp_project *project = temp_project_new();
    (void)start_unity("-adb2", "-projectPath", project->root);
    (void)start_unity_in(project->root, "-name", "AssetImportWorker0");
    (void)start_unity("-batchMode", "-projectPath", project->root);
    (void)start_unity_in(project->root, "-batchmode", NULL);
    expect_gone(project);
}

Test(owner, counts_a_batch_run_where_it_matters_who_has_the_project_open)
{
    struct temp_project *project = temp_project_new();
    struct server_state state = {.kind = STATE_ABSENT};
    (void)start_unity("-adb2", "-projectPath", project->root);
    expect_owner(owner_find_user(project->root, &state), OWNER_GONE, OWNER_FROM_PROCESS_TABLE, 0);
    pid_t pid = start_unity("-batchmode", "-projectPath", project->root);
    expect_owner(owner_find_user(project->root, &state), OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE,
                 pid);
}

Test(owner, is_not_hidden_by_the_state_of_a_dead_one_where_it_matters_who_has_the_project_open)
{
    struct temp_project *project = temp_project_new();
    struct server_state state = {.kind = STATE_BUSY, .owner_pid = make_dead()};
    pid_t pid = start_unity_in(project->root, NULL, NULL);
    expect_owner(owner_find_user(project->root, &state), OWNER_ALIVE, OWNER_FROM_PROCESS_TABLE,
                 pid);
    state.owner_pid = getpid();
    expect_owner(owner_find_user(project->root, &state), OWNER_ALIVE, OWNER_FROM_STATE, getpid());
}

Test(owner, is_no_program_of_another_name)
{
    struct temp_project *project = temp_project_new();
    const char *editor = temp_project_path(project, "editor");
    cr_assert_eq(symlink(TESTKIT_FAKE_UNITY, editor), 0);
    (void)start_as(editor, project->root, "-projectPath", project->root, NULL);
    expect_gone(project);
}

/* Looks while this process may open so many descriptors at a time. */
static struct owner find_with(rlim_t descriptors, struct temp_project *project,
                              const struct server_state *state)
{
    struct rlimit limit;
    int next = dup(STDERR_FILENO);
    cr_assert_geq(next, 0);
    cr_assert_eq(close(next), 0);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit few = {.rlim_cur = (rlim_t)next + descriptors, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    struct owner owner = owner_find(project->root, state);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return owner;
}

Test(owner, is_unknown_when_the_process_table_cannot_be_read)
{
    struct server_state state = {.kind = STATE_BUSY};
    expect_owner(find_with(0, temp_project_new(), &state), OWNER_UNKNOWN, OWNER_FROM_PROCESS_TABLE,
                 0);
}

Test(owner, is_unknown_when_the_processes_of_the_table_cannot_be_looked_at)
{
    struct temp_project *project = temp_project_new();
    struct server_state state = {.kind = STATE_BUSY};
    pid_t unity = start_unity("-projectPath", project->root, NULL);
    expect_owner(find_with(1, project, &state), OWNER_UNKNOWN, OWNER_FROM_PROCESS_TABLE, 0);
    expect_in_table(project, unity);
    temp_project_free(project);
}

Test(owner, named_by_the_state_is_unknown_when_its_start_cannot_be_read)
{
    struct server_state state = {
        .kind = STATE_BUSY, .owner_pid = getpid(), .owner_started_at = (char *)"boot:1"};
    expect_owner(find_with(0, temp_project_new(), &state), OWNER_UNKNOWN, OWNER_FROM_STATE,
                 getpid());
}
