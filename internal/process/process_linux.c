#include "base/memory.h"
#include "process/arguments.h"
#include "process/process_unix.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PROC_PATH_SIZE = 64,   /* of "/proc/<pid>/<name>" */
    PROC_TEXT_SIZE = 1024, /* enough of every file read below, stat's 22nd field included */
    READ_CHUNK = 16384,
};

/* What the error of a call that failed says. */
static enum process_reading why_not_read(void)
{
    return errno == ENOENT || errno == ESRCH ? PROCESS_HAS_NONE : PROCESS_NOT_READ;
}

/* Reads at most size - 1 bytes, as one look: these files are made when they are read. */
static enum process_reading read_text(const char *path, char *text, size_t size, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return why_not_read();
    ssize_t got;
    do
        got = read(file, text, size - 1);
    while (got < 0 && errno == EINTR);
    enum process_reading reading = got > 0    ? PROCESS_READ
                                   : got == 0 ? PROCESS_HAS_NONE
                                              : why_not_read();
    (void)close(file);
    *length = got > 0 ? (size_t)got : 0;
    text[*length] = '\0';
    return reading;
}

static void proc_path(char path[PROC_PATH_SIZE], int64_t pid, const char *name)
{
    (void)snprintf(path, PROC_PATH_SIZE, "/proc/%lld/%s", (long long)pid, name);
}

static enum process_reading read_proc(int64_t pid, const char *name, char *text, size_t size,
                                      size_t *length)
{
    char path[PROC_PATH_SIZE];
    proc_path(path, pid, name);
    return read_text(path, text, size, length);
}

/* A line's value in /proc/<pid>/status; the name's own line escapes line ends. */
static const char *status_value(const char *status, const char *label)
{
    const char *line = strstr(status, label);
    return line ? line + strlen(label) : "";
}

enum process_presence process_look(int64_t pid)
{
    if (!process_pid_is_possible(pid))
        return PROCESS_GONE;
    char status[PROC_TEXT_SIZE];
    size_t length;
    if (read_proc(pid, "status", status, sizeof status, &length) != PROCESS_READ)
        return process_look_by_signal(pid);
    char state = *status_value(status, "\nState:\t");
    /* A pid that was used again may now be a thread's id: /proc answers for it, but it is nobody's
     * process. */
    bool is_thread = strtoll(status_value(status, "\nTgid:\t"), NULL, 10) != pid;
    return state == 'Z' || state == 'X' || is_thread ? PROCESS_GONE : PROCESS_ALIVE;
}

/* The process's start in clock ticks since the boot: field 22 of /proc/<pid>/stat. The second, the
 * program's name, can hold blanks and parentheses, so one counts from the last parenthesis on. */
static bool start_ticks(const char *stat, unsigned long long *ticks)
{
    const char *at = strrchr(stat, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at && sscanf(at, " %llu", ticks) == 1;
}

char *process_start_token(int64_t pid)
{
    char boot[PROC_TEXT_SIZE];
    char stat[PROC_TEXT_SIZE];
    size_t length;
    unsigned long long ticks;
    if (!process_pid_is_possible(pid) ||
        read_text("/proc/sys/kernel/random/boot_id", boot, sizeof boot, &length) != PROCESS_READ ||
        read_proc(pid, "stat", stat, sizeof stat, &length) != PROCESS_READ ||
        !start_ticks(stat, &ticks))
        return NULL;
    boot[strcspn(boot, "\n")] = '\0';
    return memory_format("%s:%llu", boot, ticks);
}

static enum process_reading read_whole(int file, struct buffer *content)
{
    for (;;) {
        if (content->length > PROCESS_MOST_ARGUMENT_BYTES || !buffer_reserve(content, READ_CHUNK))
            return PROCESS_NOT_READ;
        ssize_t got = read(file, content->data + content->length, READ_CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return why_not_read();
        if (got == 0)
            return PROCESS_READ;
        content->length += (size_t)got;
        content->data[content->length] = '\0';
    }
}

enum process_reading process_arguments_read(int64_t pid, struct process_arguments *arguments)
{
    *arguments = (struct process_arguments){0};
    if (!process_pid_is_possible(pid))
        return PROCESS_HAS_NONE;
    char path[PROC_PATH_SIZE];
    proc_path(path, pid, "cmdline");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return why_not_read();
    struct buffer block = {0};
    enum process_reading reading = read_whole(file, &block);
    (void)close(file);
    if (reading == PROCESS_READ)
        return process_arguments_take(&block, arguments);
    buffer_clear(&block);
    return reading;
}

enum process_reading process_program(int64_t pid, char *program, size_t size)
{
    size_t length;
    enum process_reading reading = read_proc(pid, "cmdline", program, size, &length);
    /* Filled up without a NUL: the rest of the path is missing. */
    bool is_cut = reading == PROCESS_READ && strlen(program) >= size - 1;
    return is_cut ? PROCESS_HAS_NONE : reading;
}

char *process_working_folder(int64_t pid)
{
    char path[PROC_PATH_SIZE];
    proc_path(path, pid, "cwd");
    uv_fs_t request;
    int status = uv_fs_readlink(NULL, &request, path, NULL);
    char *folder = status == 0 ? memory_copy_string(request.ptr) : NULL;
    uv_fs_req_cleanup(&request);
    return folder;
}

bool process_each(process_visitor visit, void *context)
{
    DIR *table = opendir("/proc");
    if (!table)
        return false;
    const struct dirent *entry;
    bool wants_more = true;
    errno = 0;
    while (wants_more && (entry = readdir(table)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]))
            wants_more = visit(context, strtoll(entry->d_name, NULL, 10));
        errno = 0; /* the visitor's own is not readdir's */
    }
    bool complete = errno == 0;
    (void)closedir(table);
    /* The first process is there for everybody unless the mount hides others' (hidepid). */
    return complete && access("/proc/1/cmdline", R_OK) == 0;
}

int process_exit_descriptor(int64_t pid)
{
    long descriptor = syscall(SYS_pidfd_open, (pid_t)pid, 0);
    return descriptor < 0 ? uv_translate_sys_error(errno) : (int)descriptor;
}
