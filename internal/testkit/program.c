#include "testkit/program.h"

#include "base/buffer.h"
#include "testkit/cleanup.h"
#include "testkit/program_system.h"
#include "testkit/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* One of a program's outputs, and what came of it so far. */
struct stream {
    struct watch watch; /* its descriptor is -1 once the stream has ended */
    struct buffer text;
};

struct program {
    char *command;
    pid_t pid;
    int input;
    struct stream out;
    struct stream err;
    struct watch exit; /* its descriptor is -1 once the program has ended */
    int status;        /* of waitpid(), once it has ended */
    struct rusage usage;
    struct program *next;
};

static struct program *programs;

static void stream_close(struct stream *stream)
{
    if (stream->watch.descriptor < 0)
        return;
    watch_stop(&stream->watch);
    (void)close(stream->watch.descriptor);
    stream->watch.descriptor = -1;
}

/* Takes what is there; a terminal's end shows as an error. */
static void stream_read(void *context, short events)
{
    enum {
        CHUNK = 65536
    };
    struct stream *stream = context;
    (void)events;
    while (stream->watch.descriptor >= 0) {
        if (!buffer_reserve(&stream->text, CHUNK))
            memory_exhausted();
        ssize_t got =
            read(stream->watch.descriptor, stream->text.data + stream->text.length, CHUNK);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            stream_close(stream);
            return;
        }
        stream->text.length += (size_t)got;
        stream->text.data[stream->text.length] = '\0';
    }
}

static void stream_start(struct stream *stream, int descriptor)
{
    stream->watch = (struct watch){
        .descriptor = descriptor, .events = POLLIN, .ready = stream_read, .context = stream};
    buffer_append_string(&stream->text, "");
    watch_start(&stream->watch);
}

/* The program has ended: takes its status and what it printed last. */
static void reap(void *context, short events)
{
    struct program *program = context;
    (void)events;
    if (program->exit.descriptor < 0)
        return;
    if (wait4(program->pid, &program->status, 0, &program->usage) != program->pid)
        testkit_fail("Lost %s: %s.", program->command, strerror(errno));
    /* The watch stays, for what it describes: poll() passes over a negative descriptor. */
    (void)close(program->exit.descriptor);
    program->exit.descriptor = -1;
    stream_read(&program->out, 0);
    stream_read(&program->err, 0);
}

static bool is_ended(void *context)
{
    const struct program *program = context;
    return program->exit.descriptor < 0;
}

/* Enough to see what it was about: Criterion takes minutes over many megabytes. */
#define MOST_DESCRIBED "16384"

static void describe(void *context, struct buffer *text)
{
    const struct program *program = context;
    int status = program->status;
    buffer_append_format(text, "\n`%s` (pid %d) ", program->command, (int)program->pid);
    if (!is_ended(context))
        buffer_append_string(text, "is running");
    else if (WIFEXITED(status))
        buffer_append_format(text, "ended with exit code %d", WEXITSTATUS(status));
    else
        buffer_append_format(text, "was ended by signal %d", WTERMSIG(status));
    buffer_append_format(
        text, ". Standard output:\n%." MOST_DESCRIBED "s\nStandard error:\n%." MOST_DESCRIBED "s",
        program->out.text.data, program->err.text.data);
}

static char *command_line(const char *const *arguments)
{
    struct buffer line = {0};
    for (; *arguments; arguments++)
        buffer_append_format(&line, "%s%s", line.length ? " " : "", *arguments);
    return buffer_take(&line);
}

static void release(void *thing)
{
    struct program *program = thing;
    /* The group too: what the program started goes with it. */
    (void)kill(-program->pid, SIGKILL);
    reap(program, 0);
    stream_close(&program->out);
    stream_close(&program->err);
    watch_stop(&program->exit);
    program_close_input(program);
    struct program **link = &programs;
    while (*link != program)
        link = &(*link)->next;
    *link = program->next;
    buffer_clear(&program->out.text);
    buffer_clear(&program->err.text);
    free(program->command);
    free(program);
}

struct program *program_start_with(const struct program_setup *setup)
{
    struct program *program = memory_new(sizeof(*program));
    struct program_streams streams;
    program->pid = program_spawn(setup, &streams);
    program->command = command_line(setup->arguments);
    program->input = streams.input;
    stream_start(&program->out, streams.out);
    stream_start(&program->err, streams.err);
    program->exit = (struct watch){.descriptor = program_exit_descriptor(program->pid),
                                   .events = POLLIN,
                                   .ready = reap,
                                   .describe = describe,
                                   .context = program};
    program->next = programs;
    programs = program;
    cleanup_register(release, program);
    if (program->exit.descriptor < 0)
        testkit_fail("Cannot watch %s: %s.", program->command, strerror(errno));
    watch_start(&program->exit);
    return program;
}

struct program *program_start(const char *const *arguments, const char *folder,
                              const char *const *environment)
{
    return program_start_with(&(struct program_setup){
        .arguments = arguments, .folder = folder, .environment = environment});
}

struct program *program_start_fake_unity(const char *project_root)
{
    const char *arguments[] = {TESTKIT_FAKE_UNITY, "-projectPath", project_root, NULL};
    struct program *unity = program_start_with(&(struct program_setup){
        .arguments = arguments, .folder = project_root, .input = PROGRAM_INPUT_OPEN});
    program_await_output_text(unity, "ready\n");
    return unity;
}

pid_t program_pid(const struct program *program)
{
    return program->pid;
}

bool program_has_ended(struct program *program)
{
    watch_handle_pending();
    return is_ended(program);
}

struct awaited_text {
    const struct program *program;
    const struct stream *stream;
    const char *text;
};

static bool is_printed(void *context)
{
    const struct awaited_text *awaited = context;
    return strstr(awaited->stream->text.data, awaited->text) != NULL;
}

/* What a process it left behind may still print does not count. */
static bool is_over(void *context)
{
    const struct awaited_text *awaited = context;
    return awaited->program->exit.descriptor < 0;
}

static void await_text(struct program *program, const struct stream *stream, const char *text)
{
    struct awaited_text awaited = {.program = program, .stream = stream, .text = text};
    wait_until(&(struct awaited){.done = is_printed, .hopeless = is_over, .context = &awaited},
               "\"%s\" from `%s`", text, program->command);
}

void program_await_output_text(struct program *program, const char *text)
{
    await_text(program, &program->out, text);
}

void program_await_error_text(struct program *program, const char *text)
{
    await_text(program, &program->err, text);
}

void program_signal(struct program *program, int number)
{
    if (program->exit.descriptor >= 0 && kill(program->pid, number) != 0)
        testkit_fail("Cannot signal %s: %s.", program->command, strerror(errno));
}

void program_stop(struct program *program)
{
    siginfo_t info;
    program_signal(program, SIGSTOP);
    if (waitid(P_PID, (id_t)program->pid, &info, WSTOPPED | WEXITED | WNOWAIT) != 0 ||
        info.si_code != CLD_STOPPED)
        testkit_fail("%s did not stop.", program->command);
}

void program_close_input(struct program *program)
{
    if (program->input >= 0)
        (void)close(program->input);
    program->input = -1;
}

struct program_end program_wait(struct program *program)
{
    wait_until(&(struct awaited){.done = is_ended, .context = program}, "the end of `%s`",
               program->command);
    int status = program->status;
    struct program_end end = {
        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .out_length = program->out.text.length,
        .err_length = program->err.text.length,
        .usage = program->usage,
    };
    end.out = buffer_take(&program->out.text);
    end.err = buffer_take(&program->err.text);
    program_free(program);
    return end;
}

struct program_end program_run_with(const struct program_setup *setup)
{
    return program_wait(program_start_with(setup));
}

struct program_end program_run(const char *const *arguments, const char *folder,
                               const char *const *environment)
{
    return program_wait(program_start(arguments, folder, environment));
}

void program_free(struct program *program)
{
    if (!program)
        return;
    cleanup_forget(program);
    release(program);
}

void program_end_clear(struct program_end *end)
{
    free(end->out);
    free(end->err);
    *end = (struct program_end){.exit_code = -1};
}

bool program_all_ended(void)
{
    for (const struct program *program = programs; program; program = program->next) {
        if (program->exit.descriptor >= 0)
            return false;
    }
    return programs != NULL;
}
