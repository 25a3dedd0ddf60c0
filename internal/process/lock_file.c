#include "process/lock_file.h"

#include "base/clock.h"

enum {
    PAUSE_MS = 10 /* between two tries: no system tells when a lock is let go of */
};

static void on_closed(uv_handle_t *timer)
{
    bool *is_over = timer->data;
    *is_over = true;
}

static void on_timer(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, on_closed);
}

static void pause_briefly(uv_loop_t *loop)
{
    uv_timer_t timer;
    bool is_over = false;
    (void)uv_timer_init(loop, &timer); /* neither this nor the start of a new timer can fail */
    timer.data = &is_over;
    uv_update_time(loop);
    (void)uv_timer_start(&timer, on_timer, PAUSE_MS, 0);
    while (!is_over)
        (void)uv_run(loop, UV_RUN_ONCE);
}

bool lock_file_await(struct lock_file *lock, const char *path, uv_loop_t *loop,
                     uint64_t patience_ms, int64_t *holder, struct error *error)
{
    uint64_t until = clock_after(clock_now_ms(), patience_ms);
    while (!lock_file_take(lock, path, holder, error)) {
        if (error->code != E_PROJECT_IN_USE || clock_now_ms() >= until)
            return false;
        error_clear(error);
        pause_briefly(loop);
    }
    return true;
}
