#include "testkit/cleanup.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct cleanup {
    void (*release)(void *thing);
    void *thing;
    pid_t owner; /* a test may fork, and its child must not tear down what the test still uses */
    struct cleanup *next;
};

static struct cleanup *cleanups;

static void release_all(void)
{
    while (cleanups) {
        struct cleanup *cleanup = cleanups;
        cleanups = cleanup->next;
        if (cleanup->owner == getpid())
            cleanup->release(cleanup->thing);
        free(cleanup);
    }
}

void cleanup_register(void (*release)(void *thing), void *thing)
{
    static bool is_registered;
    if (!is_registered && atexit(release_all) != 0)
        memory_exhausted();
    is_registered = true;
    struct cleanup *cleanup = memory_new(sizeof(*cleanup));
    *cleanup =
        (struct cleanup){.release = release, .thing = thing, .owner = getpid(), .next = cleanups};
    cleanups = cleanup;
}

void cleanup_forget(void *thing)
{
    struct cleanup **link = &cleanups;
    while (*link && (*link)->thing != thing)
        link = &(*link)->next;
    struct cleanup *found = *link;
    if (found) {
        *link = found->next;
        free(found);
    }
}
