#ifndef ULOOP_PROCESS_PROCESS_H
#define ULOOP_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* What a look at a process found. */
enum process_presence {
    PROCESS_ALIVE,
    PROCESS_GONE,    /* sure: there is none, or only its exit status is left (a zombie) */
    PROCESS_UNKNOWN, /* the system did not let us look */
};

/* pid <= 0 is gone. */
enum process_presence process_look(int64_t pid);

/*
 * A text that names this life of the process: equal for the same process, different after its pid
 * was used again, and independent of the wall clock (on Linux the boot's id and the start in clock
 * ticks since the boot). NULL when it cannot be had. The caller frees.
 */
char *process_start_token(int64_t pid);

/* A process's arguments, argv[0] first. Release with process_arguments_clear(). */
struct process_arguments {
    char **items; /* `count` strings, then NULL */
    size_t count;
    char *block; /* owns the bytes */
};

/* What came of reading something of a process. */
enum process_reading {
    PROCESS_READ,
    PROCESS_HAS_NONE, /* sure: nobody is there, or it is a zombie or one of the system's own */
    PROCESS_NOT_READ, /* the system did not let us look, or had no descriptor or memory for it */
};

/* *arguments is empty unless PROCESS_READ is returned. It is PROCESS_NOT_READ too when there are
 * more than a process can be started with. */
enum process_reading process_arguments_read(int64_t pid, struct process_arguments *arguments);
void process_arguments_clear(struct process_arguments *arguments);

/*
 * The process's program as its arguments (on Unix) or the system (elsewhere) name it, cheaply and
 * without memory: a search asks this of every process, and reads the arguments of few. What does
 * not fit into PROCESS_PROGRAM_SIZE is no path, and PROCESS_HAS_NONE.
 */
enum process_reading process_program(int64_t pid, char *program, size_t size);
#define PROCESS_PROGRAM_SIZE 4096

/* The process's working directory, or NULL when it cannot be had. The caller frees. */
char *process_working_folder(int64_t pid);

/* Shown one process; returns true to go on to the next. */
typedef bool (*process_visitor)(void *context, int64_t pid);

/*
 * Shows every process of the table, zombies too. False when the table could not be read as a whole
 * (no /proc, or processes hidden from us), so that "not found" proves nothing; what could be seen
 * was shown.
 */
bool process_each(process_visitor visit, void *context);

/*
 * Tells of a process's exit as an event on a loop (pidfd on Linux, kqueue on macOS, a wait on
 * Windows), so that nobody polls for it. Zero-initialised is a watch that was never started. One
 * watch is started at most once, and closed before its memory is reused.
 */
struct process_watch {
    union {
        uv_handle_t any;
        uv_poll_t poll;   /* Unix */
        uv_async_t async; /* Windows, where the wait ends on a thread of the system's */
    } handle;
    intptr_t process; /* pidfd, kqueue or process handle */
    void *wait;       /* Windows: the registered wait */
    bool active;      /* started, and not stopped yet */
    void (*on_exit)(void *context);
    void *context;
};

/*
 * Returns 0, and on_exit is called once, also when the process ends before the loop runs; UV_ESRCH
 * when the process is already gone; another libuv error (UV_ENOSYS, UV_EMFILE) when this system
 * cannot tell. After an error there is nothing to stop.
 */
int process_watch_start(struct process_watch *watch, uv_loop_t *loop, int64_t pid,
                        void (*on_exit)(void *context), void *context);

/* Stops and closes, also from within on_exit; harmless on a watch that was never started. `*watch`
 * must live until the loop has run once more. */
void process_watch_stop(struct process_watch *watch);

#endif
