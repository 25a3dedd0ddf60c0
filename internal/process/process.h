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

/* False when the process is gone, is a kernel thread, or may not be looked at. */
bool process_arguments_read(int64_t pid, struct process_arguments *arguments);
void process_arguments_clear(struct process_arguments *arguments);

/* The process's working directory, or NULL when it cannot be had. The caller frees. */
char *process_working_folder(int64_t pid);

/* Shown one process; returns true to go on to the next. */
typedef bool (*process_visitor)(void *context, int64_t pid);

/* Shows every process of the table. PROCESS_ALIVE semantics do not apply: false means that the
 * table could not be read as a whole (no /proc, or processes hidden from us), so that "not found"
 * proves nothing. */
bool process_each(process_visitor visit, void *context);

/*
 * Tells of a process's exit as an event on a loop (pidfd on Linux, kqueue on macOS, a wait on
 * Windows), so that nobody polls for it. One watch is started at most once, and closed before its
 * memory is reused.
 */
struct process_watch {
    uv_poll_t poll;
    int descriptor; /* -1 while there is none */
    bool active;
    void (*on_exit)(void *context);
    void *context;
};

/* Returns 0; UV_ESRCH when the process is already gone; another libuv error when this system cannot
 * tell. */
int process_watch_start(struct process_watch *watch, uv_loop_t *loop, int64_t pid,
                        void (*on_exit)(void *context), void *context);

/* Stops and closes; harmless on a watch that was never started. `*watch` must live until the loop
 * has run once more. */
void process_watch_stop(struct process_watch *watch);

#endif
