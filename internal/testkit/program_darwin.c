#include "testkit/program_system.h"

#include <fcntl.h>
#include <sys/event.h>
#include <unistd.h>

void program_die_with_parent(pid_t parent)
{
    /* macOS has no such request; what a crashed test leaves behind ends with its closed pipes. */
    (void)parent;
}

void program_close_all_on_exec(void)
{
    int most = getdtablesize();
    for (int descriptor = 3; descriptor < most; descriptor++)
        (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

bool program_take_limit(const struct program_limit *limit)
{
    struct rlimit value = {.rlim_cur = limit->value, .rlim_max = limit->value};
    return setrlimit(limit->resource, &value) == 0;
}

int program_exit_descriptor(pid_t pid)
{
    int queue = kqueue();
    if (queue < 0)
        return -1;
    struct kevent exit_note;
    EV_SET(&exit_note, pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
    if (kevent(queue, &exit_note, 1, NULL, 0, NULL) == 0)
        return queue;
    /* It has ended already, which kqueue reports as a failure: make the queue readable for good. */
    struct kevent notes[2];
    EV_SET(&notes[0], 0, EVFILT_USER, EV_ADD, 0, 0, NULL);
    EV_SET(&notes[1], 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
    if (kevent(queue, notes, 2, NULL, 0, NULL) == 0)
        return queue;
    (void)close(queue);
    return -1;
}
