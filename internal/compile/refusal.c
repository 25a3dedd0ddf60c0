#include "compile/refusal.h"

#include "base/clock.h"
#include "compile/completion.h"
#include "json/scan.h"

#include <string.h>

bool refused_for_compile(const struct error *error)
{
    if (error->code != E_SERVER_BUSY)
        return false;
    for (const struct error_detail *detail = error->details; detail; detail = detail->next) {
        if (strcmp(detail->key, "data") == 0)
            return slice_equals(json_member(slice_of(detail->value), "runningToolName"),
                                "\"compile\"");
    }
    return false;
}

bool refusal_is_over(struct wait *wait, uint64_t deadline_ms, struct error *error)
{
    if (!refused_for_compile(error) || clock_now_ms() >= deadline_ms)
        return false;
    uint64_t until = clock_earlier(deadline_ms, clock_after(clock_now_ms(), COMPLETION_QUIET_MS));
    (void)watch_arm(&wait->watch);
    while (wait_is_where_it_dispatched(wait)) {
        struct error interrupted = {0};
        if (clock_now_ms() >= until)
            return false;
        if (!wait_sleep(wait, until, &interrupted)) {
            error_clear(error);
            *error = interrupted;
            return false;
        }
        (void)watch_arm(&wait->watch);
    }
    log_debug(wait->log, "refused for a compile, and the state is another by now: once more");
    error_clear(error);
    return true;
}
