/*
 * A writer of the state that is killed between any two of its system calls, which are more places
 * than there are steps of the rotation; and the order of its calls, on which it depends what a
 * power failure leaves.
 */

#include "host/state_store.h"
#include "readiness/state.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_CALLS = 1000
};

static void write_phase(const char *root, enum phase phase)
{
    struct state_store store = {.project_root = root, .endpoint = "/tmp/x.sock", .owner_pid = 1};
    struct published published = {.phase = phase, .reason = "test"};
    struct error error = {0};
    memset(published.generation, phase == PHASE_READY ? 'a' : 'b', GENERATION_SIZE - 1);
    if (!state_store_write(&store, &published, NULL, &error))
        abort();
}

/* Starts a process that writes a state, and stands before its first step. */
static pid_t start_writer(const char *root)
{
    pid_t writer = fork();
    cr_assert_geq(writer, 0);
    if (writer == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(1);
        (void)raise(SIGSTOP);
        write_phase(root, PHASE_COMPILING);
        _exit(0);
    }
    int status = 0;
    cr_assert_eq(waitpid(writer, &status, 0), writer);
    if (WIFEXITED(status))
        cr_skip_test("this system lets no process be traced");
    cr_assert(WIFSTOPPED(status));
    cr_assert_eq(ptrace(PTRACE_SETOPTIONS, writer, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL),
                 0);
    return writer;
}

/* Lets it go on to the next beginning or end of a system call; false when it has ended. */
static bool step(pid_t writer)
{
    int status = 0;
    cr_assert_eq(ptrace(PTRACE_SYSCALL, writer, NULL, NULL), 0);
    cr_assert_eq(waitpid(writer, &status, 0), writer);
    cr_assert(WIFSTOPPED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFSTOPPED(status);
}

static void kill_writer(pid_t writer)
{
    int status = 0;
    cr_assert_eq(kill(writer, SIGKILL), 0);
    cr_assert_eq(waitpid(writer, &status, 0), writer);
    cr_assert(WIFSIGNALED(status));
}

/* What a reader finds must be the old state or the new one, whole. */
static bool reads_new_state(const char *root, int calls)
{
    struct server_state state = {0};
    struct error error = {0};
    state_read(root, &state, &error);
    bool is_new = state.kind == STATE_BUSY;
    cr_assert(is_new || state.kind == STATE_READY, "killed after %d stops a reader finds: %s",
              calls, error.message ? error.message : state_kind_name(state.kind));
    cr_assert_eq(state.generation[0], is_new ? 'b' : 'a');
    cr_assert_eq(strlen(state.generation), GENERATION_SIZE - 1);
    state_clear(&state);
    return is_new;
}

Test(state_crash, leaves_the_old_or_the_new_state_whichever_call_the_writer_dies_at)
{
    bool ended = false;
    int calls = 0;
    int found_new = 0;
    for (; !ended; calls++) {
        struct temp_project *project = temp_project_new();
        struct error error = {0};
        write_phase(project->root, PHASE_READY);
        pid_t writer = start_writer(project->root);
        for (int i = 0; i < calls && !ended; i++)
            ended = !step(writer);
        if (!ended)
            kill_writer(writer);
        bool is_new = reads_new_state(project->root, calls);
        cr_assert(state_store_recover(project->root, &error), "%s", error.message);
        cr_assert_eq(reads_new_state(project->root, calls), is_new, "recovery changed the state");
        write_phase(project->root, PHASE_COMPILING);
        cr_assert(reads_new_state(project->root, calls));
        found_new += is_new;
        temp_project_free(project);
        cr_assert_lt(calls, MOST_CALLS);
    }
    cr_assert_gt(found_new, 1, "the writer was never killed behind its last step");
    cr_assert_gt(calls - found_new, 10, "the writer was hardly ever killed before it");
}

/* The calls that matter for what is on disk. Newer systems have only the second of some pairs. */
static const struct {
    long number;
    char letter;
} CALLS[] = {
    {SYS_fsync, 'F'},     {SYS_fdatasync, 'F'}, {SYS_renameat, 'R'},
    {SYS_renameat2, 'R'}, {SYS_unlinkat, 'U'},
#ifdef SYS_rename
    {SYS_rename, 'R'},
#endif
#ifdef SYS_unlink
    {SYS_unlink, 'U'},
#endif
};

/* Flush, rename, remove; NUL for any other call. */
static char letter_of(long number)
{
    for (size_t at = 0; at < sizeof(CALLS) / sizeof(CALLS[0]); at++) {
        if (CALLS[at].number == number)
            return CALLS[at].letter;
    }
    return '\0';
}

/* The letters of the calls that a writing makes. */
static void record_calls(const char *root, char *letters, size_t size)
{
    size_t length = 0;
    bool entering = true;
    pid_t writer = start_writer(root);
    for (; step(writer); entering = !entering) {
        struct __ptrace_syscall_info call;
        long got = ptrace(PTRACE_GET_SYSCALL_INFO, writer, sizeof(call), &call);
        cr_assert_gt(got, 0);
        char letter = call.op == PTRACE_SYSCALL_INFO_ENTRY ? letter_of((long)call.entry.nr) : '\0';
        if (letter && length + 1 < size)
            letters[length++] = letter;
    }
    letters[length] = '\0';
}

Test(state_crash, flushes_the_content_before_its_first_rename_and_the_folder_before_the_last)
{
    struct temp_project *project = temp_project_new();
    char letters[32];
    write_phase(project->root, PHASE_READY);
    write_phase(project->root, PHASE_READY);
    record_calls(project->root, letters, sizeof(letters));
    /* Content flushed; to .tmp; folder flushed; old .bak gone; target to .bak; .tmp to target. */
    cr_assert_str_eq(letters, "FRFURR");
    temp_project_free(project);
}
