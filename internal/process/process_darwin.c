#include "base/memory.h"
#include "process/arguments.h"
#include "process/process_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <unistd.h>

enum {
    BOOT_ID_SIZE = 64,
    TABLE_SLACK = 64, /* processes that may start between asking for the size and for the table */
};

static bool basic_info(int64_t pid, struct proc_bsdinfo *info)
{
    return process_pid_is_possible(pid) &&
           proc_pidinfo((int)pid, PROC_PIDTBSDINFO, 0, info, sizeof *info) == (int)sizeof *info;
}

enum process_presence process_look(int64_t pid)
{
    struct kinfo_proc process;
    size_t size = sizeof process;
    if (!process_pid_is_possible(pid))
        return PROCESS_GONE;
    int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, (int)pid};
    if (sysctl(name, 4, &process, &size, NULL, 0) != 0)
        return process_look_by_signal(pid);
    return size == 0 || process.kp_proc.p_stat == SZOMB ? PROCESS_GONE : PROCESS_ALIVE;
}

char *process_start_token(int64_t pid)
{
    struct proc_bsdinfo info;
    char boot[BOOT_ID_SIZE] = "";
    size_t size = sizeof boot - 1;
    if (!basic_info(pid, &info) || sysctlbyname("kern.bootsessionuuid", boot, &size, NULL, 0) != 0)
        return NULL;
    return memory_format("%s:%llu.%06llu", boot, (unsigned long long)info.pbi_start_tvsec,
                         (unsigned long long)info.pbi_start_tvusec);
}

/* KERN_PROCARGS2: argc, the executable's path, padding NULs, argc strings, then the environment. */
static bool cut_arguments(const char *area, size_t size, struct buffer *block)
{
    int count;
    if (size <= sizeof count)
        return false;
    memcpy(&count, area, sizeof count);
    size_t at = sizeof count;
    at += strnlen(area + at, size - at);
    while (at < size && area[at] == '\0')
        at++;
    size_t begin = at;
    for (int i = 0; i < count && at < size; i++)
        at += strnlen(area + at, size - at) + 1;
    size_t end = at < size ? at : size;
    if (!buffer_reserve(block, end - begin + 1))
        return false;
    buffer_append(block, area + begin, end - begin);
    return true;
}

/* What the error of a call that failed says. EINVAL is said of zombies and of other users'
 * processes, EPERM of the latter: neither is an Editor of this user. */
static enum process_reading why_not_read(void)
{
    bool has_none = errno == ESRCH || errno == ENOENT || errno == EINVAL || errno == EPERM;
    return has_none ? PROCESS_HAS_NONE : PROCESS_NOT_READ;
}

enum process_reading process_arguments_read(int64_t pid, struct process_arguments *arguments)
{
    *arguments = (struct process_arguments){0};
    size_t size = 0;
    int name[] = {CTL_KERN, KERN_PROCARGS2, (int)pid};
    if (!process_pid_is_possible(pid))
        return PROCESS_HAS_NONE;
    if (sysctl(name, 3, NULL, &size, NULL, 0) != 0)
        return why_not_read();
    char *area = size <= PROCESS_MOST_ARGUMENT_BYTES ? malloc(size + 1) : NULL;
    if (!area)
        return PROCESS_NOT_READ;
    struct buffer block = {0};
    enum process_reading reading =
        sysctl(name, 3, area, &size, NULL, 0) == 0 ? PROCESS_READ : why_not_read();
    if (reading == PROCESS_READ && !cut_arguments(area, size, &block))
        reading = PROCESS_NOT_READ;
    free(area);
    if (reading == PROCESS_READ)
        return process_arguments_take(&block, arguments);
    buffer_clear(&block);
    return reading;
}

enum process_reading process_program(int64_t pid, char *program, size_t size)
{
    if (!process_pid_is_possible(pid))
        return PROCESS_HAS_NONE;
    return proc_pidpath((int)pid, program, (uint32_t)size) > 0 ? PROCESS_READ : why_not_read();
}

char *process_working_folder(int64_t pid)
{
    struct proc_vnodepathinfo info;
    if (!process_pid_is_possible(pid) ||
        proc_pidinfo((int)pid, PROC_PIDVNODEPATHINFO, 0, &info, sizeof info) != (int)sizeof info)
        return NULL;
    return memory_copy_string(info.pvi_cdir.vip_path);
}

bool process_each(process_visitor visit, void *context)
{
    int room = proc_listallpids(NULL, 0) + TABLE_SLACK;
    if (room <= TABLE_SLACK)
        return false;
    pid_t *pids = memory_new((size_t)room * sizeof *pids);
    int count = proc_listallpids(pids, room * (int)sizeof *pids);
    bool wants_more = true;
    for (int i = 0; i < count && wants_more; i++)
        wants_more = pids[i] <= 0 || visit(context, pids[i]);
    free(pids);
    return count > 0 && count < room;
}

int process_exit_descriptor(int64_t pid)
{
    int queue = kqueue();
    if (queue < 0)
        return uv_translate_sys_error(errno);
    struct kevent exit_event;
    EV_SET(&exit_event, (uintptr_t)pid, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT, 0, NULL);
    if (fcntl(queue, F_SETFD, FD_CLOEXEC) < 0 || kevent(queue, &exit_event, 1, NULL, 0, NULL) < 0) {
        int status = uv_translate_sys_error(errno);
        (void)close(queue);
        return status;
    }
    return queue;
}
