#include "testkit/wait.h"

#include "base/clock.h"
#include "testkit/cleanup.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

static struct watch *watches;
static void (*failure_handler)(const char *message);

void watch_start(struct watch *watch)
{
    watch->next = watches;
    watches = watch;
}

static struct watch **link_to(const struct watch *watch)
{
    struct watch **link = &watches;
    while (*link && *link != watch)
        link = &(*link)->next;
    return link;
}

void watch_stop(struct watch *watch)
{
    struct watch **link = link_to(watch);
    if (*link)
        *link = watch->next;
}

static _Noreturn void fail(char *message)
{
    struct buffer text = {0};
    buffer_append_string(&text, message);
    free(message);
    for (const struct watch *watch = watches; watch; watch = watch->next) {
        if (watch->describe)
            watch->describe(watch->context, &text);
    }
    /* A failed wait may have had a watch on its stack, which is about to go. */
    watches = NULL;
    cleanup_register(free, text.data);
    if (failure_handler)
        failure_handler(text.data);
    cr_assert_fail("%s", text.data);
    abort(); /* not reached: the line above ends the test */
}

void testkit_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    fail(message);
}

void testkit_on_failure(void (*handler)(const char *message))
{
    failure_handler = handler;
}

/* Handles one round of events; the number of them, 0 when the time ran out. */
static int handle_events(int timeout_ms)
{
    size_t count = 0;
    for (const struct watch *watch = watches; watch; watch = watch->next)
        count++;
    struct pollfd *polled = memory_new(count * sizeof(*polled));
    struct watch **owners = memory_new(count * sizeof(struct watch *));
    size_t at = 0;
    for (struct watch *watch = watches; watch; watch = watch->next, at++) {
        polled[at] = (struct pollfd){.fd = watch->descriptor, .events = watch->events};
        owners[at] = watch;
    }
    int events = poll(polled, (nfds_t)count, timeout_ms);
    if (events < 0 && errno != EINTR)
        testkit_fail("poll() failed: %s.", strerror(errno));
    for (at = 0; at < count && events > 0; at++) {
        /* One event's handler may have stopped the watch of another. */
        if (polled[at].revents != 0 && *link_to(owners[at]))
            owners[at]->ready(owners[at]->context, polled[at].revents);
    }
    free(owners);
    free(polled);
    return events;
}

void wait_until(const struct awaited *awaited, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *what = memory_format_list(format, arguments);
    va_end(arguments);
    cleanup_register(free, what); /* a failure does not come back here */
    uint64_t deadline_ms = clock_after(clock_now_ms(), TESTKIT_LIMIT_MS);
    while (!awaited->done(awaited->context)) {
        if (handle_events(0) != 0)
            continue;
        if (awaited->hopeless && awaited->hopeless(awaited->context))
            testkit_fail("Waited for %s, which cannot come any more.", what);
        uint64_t now_ms = clock_now_ms();
        if (now_ms >= deadline_ms)
            testkit_fail("Waited %d ms for %s.", TESTKIT_LIMIT_MS, what);
        (void)handle_events((int)(deadline_ms - now_ms));
    }
    cleanup_forget(what);
    free(what);
}

void watch_handle_pending(void)
{
    while (handle_events(0) != 0)
        continue;
}

static void note_event(void *context, short events)
{
    (void)events;
    *(bool *)context = true;
}

static bool is_noted(void *context)
{
    return *(bool *)context;
}

void wait_writable(int descriptor, const char *what)
{
    bool is_writable = false;
    struct watch watch = {
        .descriptor = descriptor, .events = POLLOUT, .ready = note_event, .context = &is_writable};
    watch_start(&watch);
    wait_until(&(struct awaited){.done = is_noted, .context = &is_writable}, "%s", what);
    watch_stop(&watch);
}
