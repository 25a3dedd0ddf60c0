#include "observe.h"

#include "stopwatch.h"
#include "testkit/wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TEXT_SIZE = 8192, /* more than /proc/<pid>/status and smaps_rollup ever are */
    MOMENT_MS = 2,
};

static void read_proc(pid_t pid, const char *name, char text[TEXT_SIZE])
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, TEXT_SIZE - 1, file) : 0;
    if (length == 0)
        testkit_fail("Cannot read %s: %s.", path, strerror(errno));
    text[length] = '\0';
    (void)fclose(file);
}

/* What stands behind a label, which is the first thing of its line. */
static const char *find(const char *text, const char *label)
{
    const char *line = strstr(text, label);
    if (!line)
        testkit_fail("The system does not tell \"%s\" of a process.", label + 1);
    return line + strlen(label);
}

static uint64_t find_number(const char *text, const char *label)
{
    return strtoull(find(text, label), NULL, 10);
}

void observe_until_asleep(pid_t pid)
{
    char status[TEXT_SIZE];
    double deadline = stopwatch_now_ms() + TESTKIT_LIMIT_MS;
    uint64_t before = UINT64_MAX; /* how often it had gone to sleep, when it last slept */
    while (stopwatch_now_ms() < deadline) {
        watch_handle_pending();
        read_proc(pid, "status", status);
        bool sleeps = *find(status, "\nState:\t") == 'S';
        uint64_t count = find_number(status, "\nvoluntary_ctxt_switches:");
        if (sleeps && count == before)
            return;
        before = sleeps ? count : UINT64_MAX;
        stopwatch_pause_ms(MOMENT_MS);
    }
    testkit_fail("Process %d does not go to sleep.", (int)pid);
}

uint64_t observe_sleeps(pid_t pid)
{
    char status[TEXT_SIZE];
    read_proc(pid, "status", status);
    return find_number(status, "\nvoluntary_ctxt_switches:");
}

uint64_t observe_private_kib(pid_t pid)
{
    char memory[TEXT_SIZE];
    read_proc(pid, "smaps_rollup", memory);
    return find_number(memory, "\nPrivate_Clean:") + find_number(memory, "\nPrivate_Dirty:");
}
